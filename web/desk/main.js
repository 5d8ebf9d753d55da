/** The staff's page: signs in, keeps the list and the open conversation fresh, carries out what is clicked. */

import { call, Problem } from "/shared/api.js";
import { pictureAt } from "/shared/pictures.js";
import { WordBook } from "/shared/words.js";
import { Automation } from "./automation.js";
import { InboxList } from "./inbox.js";
import * as staff from "./staff.js";
import { View } from "./view.js";

const REFRESH_MS = 2_500;
const MOST_LINES = 200;

const byId = (id) => document.getElementById(id);
const words = await new WordBook("/words", "/desk/words").choose(navigator.languages);

let wanted = staff.ledTo();
let token = staff.token();
let round = 0;
let timer = null;
let lost = false;

const inbox = new InboxList(open);
const view = new View(byId("view"), {
  take: (id) => act(() => desk("POST", `conversations/${id}/take`)),
  handBack: (id) => act(() => desk("POST", `conversations/${id}/hand-back`)),
  reply: (id, text, key) => act(() => desk("POST", `conversations/${id}/reply`, { body: { text }, key })),
  sendDraft: (id, draft, text) => act(() => desk("POST", `conversations/${id}/drafts/${draft}/send`, { body: text ? { text } : {} })),
  rejectDraft: (id, draft) => act(() => desk("POST", `conversations/${id}/drafts/${draft}/reject`)),
  picture: (id, picture) => pictureAt(`/v1/desk/conversations/${id}/attachments/${encodeURIComponent(picture)}`, token),
  approve: (id) => act(() => desk("POST", `tasks/${encodeURIComponent(id)}/approve`)),
  decline: (id) => act(() => desk("POST", `tasks/${encodeURIComponent(id)}/decline`)),
  close,
});

const automation = new Automation(byId("automation"), {
  stop: () => act(() => desk("POST", "automation/stop")),
  resume: () => act(() => desk("POST", "automation/resume")),
});

function desk(method, path, options = {}) {
  return call(method, `/v1/desk/${path}`, { ...options, token });
}

/** Do it, show what came of it; true when it was done. */
async function act(doing) {
  try {
    await doing();
    problem("");
    return true;
  } catch (refusal) {
    report(refusal);
    return false;
  } finally {
    refresh();
  }
}

function open(id) {
  wanted = id;
  byId("desk").classList.add("reading");
  inbox.choose(id);
  refresh();
}

function close() {
  wanted = null;
  view.close();
  inbox.choose(null);
  byId("desk").classList.remove("reading");
}

/** The newest round wins: an answer that was overtaken is dropped. */
async function refresh() {
  clearTimeout(timer);
  round += 1;
  const mine = round;
  try {
    const [lines, tasks, leaving, found] = await Promise.all([
      desk("GET", `conversations?limit=${MOST_LINES}`),
      desk("GET", "tasks"),
      desk("GET", "automation"),
      wanted ? desk("GET", `conversations/${wanted}`) : null,
    ]);
    if (mine !== round) return;
    connected(true);
    inbox.update(lines, tasks);
    automation.show(leaving);
    if (found && found.conversation.id === wanted) view.show(found);
  } catch (refusal) {
    if (mine !== round) return;
    if (refusal.code === "unknown_conversation") close();
    if (refusal instanceof Problem) report(refusal);
    else connected(false);
  }
  if (mine === round && token) timer = setTimeout(refresh, REFRESH_MS);
}

function connected(now) {
  if (now && lost) problem("");
  if (!now) problem(words.say("problem.unreachable"));
  lost = !now;
}

function report(refusal) {
  if (refusal.status === 401) return signOut(refusal.message);
  problem(refusal instanceof Problem ? refusal.message : words.say("problem.unreachable"));
}

function problem(text) {
  const line = byId("problem");
  if (line.textContent !== text) line.textContent = text;
  line.hidden = !text;
}

function signOut(reason = "") {
  staff.forget();
  token = null;
  clearTimeout(timer);
  close();
  show();
  problem(reason);
}

function show() {
  const me = token ? staff.claims(token) : { name: "", role: "" };
  byId("sign-in").hidden = Boolean(token);
  byId("desk").hidden = !token;
  byId("leave").hidden = !token;
  byId("me").textContent = token ? `${me.name} · ${words.name("role", me.role)}` : "";
  view.dress(words, me);
  automation.dress(words, me);
  if (token && wanted) open(wanted);
  else if (token) refresh();
  else byId("token").focus();
}

words.apply();
document.title = words.say("title");
inbox.dress(words);
byId("leave").addEventListener("click", () => signOut());
byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.token;
  token = field.value.trim();
  field.value = "";
  staff.keep(token);
  problem("");
  show();
});
addEventListener("online", () => token && refresh());
addEventListener("hashchange", () => {
  wanted = staff.ledTo() ?? wanted;
  token = staff.token();
  problem("");
  show();
});
show();
document.body.classList.add("ready");
