/** The list of conversations and tasks, refreshed without losing the reader's place. */

import { button, el } from "/shared/dom.js";
import { countryName, languageName, timeText, waitText } from "./facts.js";

const TABS = ["queue", "human", "assistant", "tasks"];

export class InboxList {
  #open;
  #words = null;
  #lines = [];
  #tasks = [];
  #tab = "queue";
  #chosen = null;
  #urgent = null;

  constructor(open) {
    this.#open = open;
  }

  dress(words) {
    this.#words = words;
    this.draw();
  }

  choose(conversationId) {
    this.#chosen = conversationId;
    this.draw();
  }

  update(lines, tasks) {
    this.#lines = lines;
    this.#tasks = tasks;
    this.draw();
    this.#announce();
  }

  draw() {
    this.#drawTabs();
    const shown = this.#tab === "tasks" ? this.#tasks.map((task) => this.#task(task)) : this.#shown();
    const list = document.getElementById("lines");
    const focused = document.activeElement?.dataset?.id;
    list.replaceChildren(...(shown.length ? shown : [el("li", { className: "nothing", text: this.#nothing() })]));
    if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #nothing() {
    return this.#words.say(`inbox.empty.${this.#tab}`);
  }

  #of(tab) {
    return tab === "tasks" ? this.#tasks : this.#lines.filter((line) => line.owner === tab);
  }

  #shown() {
    return this.#of(this.#tab).map((line) => this.#line(line));
  }

  #drawTabs() {
    const tabs = document.getElementById("tabs");
    const focused = tabs.contains(document.activeElement) ? document.activeElement.dataset.tab : null;
    const buttons = TABS.map((tab) => {
      const chosen = button("", () => this.#turnTo(tab), "tab");
      chosen.append(
        el("span", { text: this.#words.say(`tab.${tab}`) }),
        el("span", { className: "count", text: String(this.#of(tab).length) }),
      );
      chosen.dataset.tab = tab;
      chosen.setAttribute("aria-pressed", String(tab === this.#tab));
      return chosen;
    });
    tabs.replaceChildren(...buttons);
    if (focused) tabs.querySelector(`[data-tab="${focused}"]`).focus();
  }

  #turnTo(tab) {
    this.#tab = tab;
    this.draw();
  }

  #line(line) {
    const { locale } = this.#words;
    const about = [
      line.language && languageName(line.language, locale),
      line.market && countryName(line.market, locale),
      line.channel !== "chat" && line.channel,
      line.staff_name,
    ].filter(Boolean);
    const title = line.reason ? this.#words.name("reason", line.reason) : this.#words.say("inbox.plain");
    const open = button("", () => this.#open(line.conversation_id), "line");
    open.dataset.id = line.conversation_id;
    if (line.conversation_id === this.#chosen) open.setAttribute("aria-current", "true");
    open.append(
      el("span", { className: "line-head" }, el("strong", { text: title }), priority(line.priority, this.#words)),
      el("span", { className: "line-about", text: about.join(" · ") }),
      el("span", { className: "line-wait" }, el("span", { text: this.#since(line) }), due(line.due_at, this.#words)),
    );
    return el("li", {}, open);
  }

  #since(line) {
    const time = waitText(line.waiting_seconds, this.#words.locale);
    if (!time) return this.#words.say("inbox.now");
    return this.#words.say(line.owner === "queue" ? "inbox.waiting" : "inbox.since", { time });
  }

  #task(task) {
    const open = button("", () => this.#open(task.conversation_id), "line");
    open.dataset.id = task.id;
    if (task.conversation_id === this.#chosen) open.setAttribute("aria-current", "true");
    open.append(
      el("span", { className: "line-head" }, el("strong", { text: this.#words.name("task", task.kind) })),
      el("span", { className: "line-about", text: inStaffLanguage(task.summary, this.#words) }),
    );
    return el("li", {}, open);
  }

  /** Say it once when somebody new waits, also in the title of a tab that nobody looks at. */
  #announce() {
    const waiting = this.#of("queue").length;
    document.title = (waiting ? `(${waiting}) ` : "") + this.#words.say("title");
    if (this.#urgent !== null && waiting > this.#urgent) {
      document.getElementById("news").textContent = this.#words.say("inbox.news", { count: waiting });
    }
    this.#urgent = waiting;
  }
}

export function priority(value, words) {
  if (!value) return null;
  const moods = { urgent: "pill-bad", high: "pill-troubled", normal: "pill-calm" };
  return el("span", { className: `pill ${moods[value] ?? ""}`, text: words.name("priority", value) });
}

/** Until when the channel wants an answer, with a colour once it is late. */
export function due(moment, words) {
  if (!moment) return null;
  const late = Date.parse(moment) < Date.now();
  const text = words.say(late ? "inbox.overdue" : "inbox.due", { time: timeText(moment, words.locale) });
  return el("span", { className: `due ${late ? "due-late" : ""}`, text });
}

/** A text that the server keeps in several languages of the staff. */
export function inStaffLanguage(texts, words) {
  return texts[words.language] ?? texts.en ?? Object.values(texts)[0] ?? "";
}
