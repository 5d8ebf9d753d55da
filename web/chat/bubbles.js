/** What stands in the conversation: her own words, the assistant's, a person's, and short lines of news. */

import { card } from "./cards.js";
import { evidenceList } from "./evidence.js";
import { picture } from "./photos.js";
import { button, el, linked } from "./shared/dom.js";

/** Languages that write no space between sentences, as the server joins them. */
const UNSPACED = new Set(["ja", "km", "lo", "my", "yue", "zh"]);

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

export function directionOf(language) {
  return RIGHT_TO_LEFT.has(String(language).split("-")[0]) ? "rtl" : "ltr";
}

/** Sending is mentioned only when it takes this long. */
const SLOW_MS = 1_500;

/** The customer's own message with the state of its sending. */
export class OwnBubble {
  #slow = null;

  constructor(text, words, photos = []) {
    this.words = words;
    this.photos = el("div", { className: "own-photos" });
    this.state = el("p", { className: "sent-state", attrs: { "aria-live": "polite" } });
    this.node = el(
      "article",
      { className: "message own" },
      el("h3", { className: "visually-hidden", text: words.say("author.you") }),
      el("div", { className: "bubble", text, attrs: { dir: "auto" } }),
      this.photos,
      this.state,
    );
    for (const source of photos) this.photo(source);
  }

  photo(source) {
    this.photos.append(picture(source, this.words.say("photo.yours")));
  }

  sending() {
    this.node.classList.remove("failed");
    this.node.classList.add("sending");
    this.#tell();
    this.#slow = setTimeout(() => this.#tell(this.words.say("sent.sending")), SLOW_MS);
  }

  waiting() {
    this.#tell(this.words.say("sent.waiting"));
  }

  sent() {
    this.node.classList.remove("sending");
    this.#tell();
  }

  failed(reason, retry) {
    this.node.classList.remove("sending");
    this.node.classList.add("failed");
    const again = button(this.words.say("sent.retry"), () => this.#again(retry), "link-button");
    this.#tell(el("span", { text: reason }), " ", again);
  }

  /** What is said now stands at the end. */
  #again(retry) {
    this.node.parentElement.append(this.node);
    retry();
  }

  #tell(...parts) {
    clearTimeout(this.#slow);
    this.state.replaceChildren(...parts);
  }
}

/** The assistant's answer to one turn: sentences while they come, then the reply with all that belongs to it. */
export class ReplyBubble {
  #text = "";

  constructor(words) {
    this.words = words;
    this.bubble = el("div", { className: "bubble" });
    this.extras = el("div", { className: "extras" });
    this.node = el(
      "article",
      { className: "message theirs" },
      el("h3", { className: "visually-hidden", text: words.say("author.assistant") }),
      this.bubble,
      this.extras,
    );
    this.bubble.hidden = true;
  }

  sentence(text, language) {
    const unspaced = UNSPACED.has(String(language).split("-")[0]);
    const touching = !this.#text || /\s$/.test(this.#text) || /^\s/.test(text);
    const piece = (touching || unspaced ? "" : " ") + text;
    this.#text += piece;
    this.#spoken(language, directionOf(language));
    this.bubble.append(el("span", { className: "sentence" }, ...linked(piece)));
  }

  card(data) {
    const drawn = card(data, [], this.words);
    if (drawn) this.extras.append(drawn);
  }

  /** The stored reply takes the place of its sentences; unchanged words stay, so nothing is read out twice. */
  reply(reply, words) {
    if (reply.text !== this.#text) this.text(reply.text, reply.language, reply.direction);
    this.#spoken(reply.language, reply.direction);
    this.extras.replaceChildren(...shownWith(reply, words));
  }

  text(text, language, direction) {
    this.#text = text;
    this.bubble.replaceChildren(...linked(text));
    this.#spoken(language, direction ?? directionOf(language));
  }

  #spoken(language, direction) {
    this.bubble.hidden = !this.#text;
    this.node.dir = direction;
    if (language) this.node.lang = language;
  }
}

/** What stands below the words of a reply, or of a draft that a person has sent unchanged. */
function shownWith({ cards = [], evidence = [], actions = [] }, words) {
  return [
    ...cards.map((data) => card(data, evidence, words)),
    ...actions.map((action) => actionLine(action, words)),
    evidenceList(evidence, words),
  ].filter(Boolean);
}

function actionLine(action, words) {
  return el(
    "p",
    { className: `action action-${action.state}` },
    el("span", { className: "action-mark", attrs: { "aria-hidden": "true" } }),
    el("strong", { text: words.name("tool", action.tool) }),
    el("span", { text: words.name("action", action.state) }),
  );
}

/** A person of the shop, by name. */
export class StaffBubble {
  constructor(message, words) {
    const name = message.staff_name ?? words.say("author.staff");
    this.extras = el("div", { className: "extras" });
    this.node = el(
      "article",
      { className: "message theirs staff" },
      el(
        "h3",
        { className: "author" },
        el("span", { className: "avatar", text: initials(name), attrs: { "aria-hidden": "true" } }),
        el("span", { text: name }),
      ),
      el("div", { className: "bubble", attrs: { dir: "auto", lang: message.language } }, ...linked(message.text)),
      this.extras,
    );
    this.show(message, words);
  }

  /** The transcript has the words alone; what goes with them comes with the event. */
  show(message, words) {
    this.extras.lang = message.language ?? "";
    this.extras.dir = directionOf(message.language);
    this.extras.replaceChildren(...shownWith(message, words));
  }
}

/** News about the conversation itself. */
export function noticeLine(text) {
  return el("p", { className: "notice", text });
}

export function initials(name) {
  const parts = name.trim().split(/\s+/);
  const chosen = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return chosen.map((part) => Array.from(part)[0] ?? "").join("").toUpperCase();
}
