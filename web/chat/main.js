/** The customer's page: joins the conversation, the composer and the connection. */

import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Header } from "./header.js";
import { Log } from "./log.js";
import { Outgoing } from "./outgoing.js";
import { Photos } from "./photos.js";
import * as session from "./session.js";
import { call, newKey, Problem } from "./shared/api.js";
import { button, el } from "./shared/dom.js";
import { WordBook } from "./shared/words.js";
import { Stream } from "./stream.js";
import { Welcome } from "./welcome.js";

/** How the server writes a message that is pictures alone. */
const PHOTO = "📷";

const byId = (id) => document.getElementById(id);
const customerToken = session.customerTokenFromAddress();
const book = new WordBook("words");

let words = await book.choose(navigator.languages);
let current = session.kept();
let opening = null;
let stream = null;
let connected = true;

const log = new Log({
  list: byId("log"),
  typing: byId("typing"),
  scroller: byId("scroller"),
  jump: byId("jump"),
});
const header = new Header({ erase, leave });
const welcome = new Welcome(byId("welcome"), send);
const photos = new Photos(
  { tray: byId("photos"), news: byId("photo-news"), attach: byId("attach"), field: byId("photo") },
  ensureSession,
  explain,
);
const composer = new Composer(byId("composer"), byId("suggestions"), send, photos);
const conversation = new Conversation(log, words, { language: speak, suggest: composer.suggest, changed: refresh });
const outgoing = new Outgoing(ensureSession, {
  answered: (answer) => conversation.answered(answer),
  changed: refresh,
  gone,
});

/** Change to the language of a reply; the page's own words follow it. */
async function speak(language) {
  const chosen = await book.choose([language, ...navigator.languages]);
  if (chosen.language !== words.language) {
    words = chosen;
    dress();
  }
  return words;
}

function dress() {
  words.apply();
  header.dress(words);
  welcome.dress(words);
  photos.dress(words);
  refresh();
}

function refresh() {
  header.owner(conversation.owner, conversation.staffName, words);
  const writing = conversation.working || (outgoing.pending > 0 && connected && conversation.owner !== "human");
  log.typing(writing && !conversation.replaying ? words.say("typing") : "");
  log.busy = conversation.replaying;
  welcome.hidden = !log.empty;
  connection();
}

function connection() {
  const bar = byId("connection");
  const state = navigator.onLine ? (connected ? "" : "connection.lost") : "connection.offline";
  const text = state && words.say(state);
  if (bar.textContent !== text) bar.textContent = text;
  bar.hidden = !state;
}

function send(text, taken = []) {
  composer.suggest([]);
  const sources = taken.map((photo) => photo.source);
  const bubble = conversation.own(`own-${newKey()}`, text || PHOTO, null, sources);
  log.toEnd();
  outgoing.send(text, taken.map((photo) => photo.id), bubble, explain);
}

/** Why a message was not sent, in the server's words where it gave some. */
function explain(problem) {
  return problem instanceof Problem ? problem.message : words.say("sent.failed");
}

async function ensureSession() {
  if (current) return current;
  opening ??= session.open({ market: welcome.market, language: words.language, customerToken });
  try {
    current = await opening;
  } finally {
    opening = null;
  }
  if (!stream) listen();
  return current;
}

function listen() {
  stream = new Stream(current, { event: heard, state: connectionChanged, refused: gone });
  stream.run();
}

async function heard(event) {
  if (event.kind === "turn_started") outgoing.accepted(event.payload.in_reply_to.length);
  if (outgoing.pending === 0 && conversation.strange(event)) {
    await conversation.catchUp(current).catch(() => null);
  }
  await conversation.hear(event);
}

function connectionChanged(state) {
  connected = state === "open";
  refresh();
}

/** The conversation does not exist any more, or the token does not open it. */
function gone() {
  if (log.get("gone")) return;
  stream?.close();
  connectionChanged("open");
  session.forget();
  log.add("gone", el("p", { className: "notice" }, words.say("gone"), " ", leaveButton()));
  composer.close();
}

function leaveButton() {
  return button(words.say("new.start"), leave, "link-button");
}

function leave() {
  session.forget();
  location.reload();
}

async function erase() {
  if (current) {
    await call("DELETE", `/v1/conversations/${encodeURIComponent(current.id)}`, { token: current.token });
  }
  leave();
}

/** Bring back the conversation of this browser; without a connection, keep trying until there is one. */
async function restore() {
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      await conversation.restore(current);
      connectionChanged("open");
      return listen();
    } catch (problem) {
      if (problem.status === 401 || problem.status === 404) return forgotten();
      connectionChanged("lost");
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function forgotten() {
  session.forget();
  current = null;
}

dress();
byId("person").addEventListener("click", () => send(words.say("person.message")));
session.onChangeElsewhere(() => location.reload());
addEventListener("online", () => {
  stream?.hurry();
  refresh();
});
addEventListener("offline", refresh);
await welcome.open();
header.shop(welcome.shop, words);
if (current) await restore();
refresh();
document.body.classList.add("ready");
