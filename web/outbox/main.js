/** The mails that the demo shop would have sent, newest first. */

import { call } from "/shared/api.js";
import { el, linked } from "/shared/dom.js";
import { WordBook } from "/shared/words.js";

const REFRESH_MS = 4_000;

const words = await new WordBook("/demo/outbox/words").choose(navigator.languages);
const list = document.getElementById("mails");
const shown = new Set();

function mail(data) {
  const moment = new Intl.DateTimeFormat(words.locale, { dateStyle: "medium", timeStyle: "short" });
  return el(
    "li",
    { className: "mail" },
    el("h2", { text: data.subject, attrs: { lang: data.language } }),
    el(
      "p",
      { className: "mail-about" },
      el("span", { text: words.say("to", { recipient: data.recipient }) }),
      el("time", { text: moment.format(new Date(data.created_at)), attrs: { datetime: data.created_at } }),
    ),
    el("div", { className: "mail-text", attrs: { lang: data.language, dir: "auto" } }, ...linked(data.text)),
  );
}

async function refresh() {
  const problem = document.getElementById("problem");
  try {
    const mails = await call("GET", "/demo/mails");
    const fresh = mails.filter((each) => !shown.has(each.id));
    if (fresh.length) {
      list.querySelector(".nothing")?.remove();
      list.prepend(...fresh.map(mail));
      fresh.forEach((each) => shown.add(each.id));
    } else if (!shown.size) {
      list.replaceChildren(el("li", { className: "nothing", text: words.say("nothing") }));
    }
    problem.hidden = true;
  } catch {
    problem.textContent = words.say("problem");
    problem.hidden = false;
  }
}

words.apply();
document.title = words.say("title");
document.getElementById("refresh").addEventListener("click", refresh);
setInterval(() => document.hidden || refresh(), REFRESH_MS);
await refresh();
document.body.classList.add("ready");
