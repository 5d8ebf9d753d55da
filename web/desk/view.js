/** One conversation in full: what is known, what was said, and what the person may do. */

import { button, el, linked } from "/shared/dom.js";
import { Drafts } from "./drafts.js";
import { countryName, factText, languageName, timeText } from "./facts.js";
import { due, inStaffLanguage, priority } from "./inbox.js";
import { Pictures } from "./pictures.js";
import { replyForm } from "./reply.js";

const FOLDED_ON_A_PHONE = "(max-width: 1099px)";

export class View {
  #node;
  #acts;
  #me;
  #words = null;
  #seen = {};
  #said = 0;
  #composer = null;
  id = null;

  /** `acts`: take, reply, handBack, sendDraft, rejectDraft, picture, approve, decline, close. */
  constructor(node, acts) {
    this.#node = node;
    this.#acts = acts;
  }

  dress(words, me) {
    this.#words = words;
    this.#me = me;
  }

  close() {
    this.id = null;
    this.#seen = {};
    this.pictures?.close();
    this.#node.replaceChildren(el("p", { className: "nothing", text: this.#words.say("view.nothing") }));
  }

  /** Draw what changed; a draft that is being written, an opened fact and a half-made decision stay as they are. */
  show({ conversation, handoff, tasks, messages, drafts, due_at }) {
    const other = conversation.id !== this.id;
    this.id = conversation.id;
    if (other) this.#begin();
    const late = due_at && Date.parse(due_at) < Date.now();
    if (this.#changed("head", [conversation, handoff, due_at, late])) {
      this.head.replaceChildren(...this.#head(conversation, handoff, due_at));
      this.#bottom(conversation);
    }
    if (this.#changed("side", [handoff?.id, handoff?.summary, handoff?.facts, tasks])) {
      this.side.replaceChildren(...this.#side(handoff, tasks));
    }
    const colleagues = conversation.owner === "human" && conversation.staff_id !== this.#me.id;
    this.#transcript(messages, colleagues ? [] : drafts, other);
    if (other) this.#node.focus();
  }

  #changed(part, data) {
    const text = JSON.stringify(data);
    const changed = text !== this.#seen[part];
    this.#seen[part] = text;
    return changed;
  }

  #begin() {
    this.#composer = null;
    this.#seen = {};
    this.#said = 0;
    this.head = el("header", { className: "view-head" });
    this.side = el("div", { className: "side-parts" });
    this.log = el("div", { className: "transcript", attrs: { role: "log", "aria-label": this.#words.say("view.transcript") } });
    this.bottom = el("footer", { className: "view-bottom" });
    const aside = el(
      "details",
      { className: "side" },
      el("summary", { text: this.#words.say("view.known") }),
      this.side,
    );
    aside.open = !matchMedia(FOLDED_ON_A_PHONE).matches;
    const { id } = this;
    this.pictures?.close();
    this.pictures = new Pictures(this.#words, (picture) => this.#acts.picture(id, picture));
    this.drafts = new Drafts(this.#words, {
      send: (draft, text) => this.#acts.sendDraft(id, draft, text),
      reject: (draft) => this.#acts.rejectDraft(id, draft),
    });
    const scroller = el("div", { className: "talk", attrs: { tabindex: "0" } }, this.log, this.drafts.node);
    this.#node.replaceChildren(this.head, aside, scroller, this.bottom);
  }

  #head(conversation, handoff, dueAt) {
    const { locale } = this.#words;
    const about = [
      conversation.language && languageName(conversation.language, locale),
      conversation.market && countryName(conversation.market, locale),
      conversation.channel !== "chat" && conversation.channel,
      conversation.customer_email,
    ].filter(Boolean);
    const title = handoff ? this.#words.name("reason", handoff.reason) : this.#words.say("inbox.plain");
    return [
      button(this.#words.say("view.back"), this.#acts.close, "button back"),
      el(
        "div",
        { className: "view-title" },
        el("h2", {}, el("span", { text: title }), " ", priority(handoff?.priority, this.#words)),
        el("p", { className: "line-about" }, el("span", { text: about.join(" · ") }), due(dueAt, this.#words)),
      ),
      this.#owner(conversation),
    ];
  }

  #owner(conversation) {
    const mine = conversation.owner === "human" && conversation.staff_id === this.#me.id;
    const text = mine ? this.#words.say("owner.me") : this.#words.name("owner", conversation.owner);
    const act = mine
      ? button(this.#words.say("act.hand_back"), () => this.#acts.handBack(conversation.id), "button")
      : conversation.owner === "human"
        ? this.#handBackForAnother(conversation)
        : button(this.#words.say("act.take"), () => this.#acts.take(conversation.id), "button button-main");
    return el("div", { className: "owner" }, el("span", { className: "pill", text }), act);
  }

  #handBackForAnother(conversation) {
    if (this.#me.role === "agent") return null;
    return button(this.#words.say("act.hand_back"), () => this.#acts.handBack(conversation.id), "button");
  }

  #side(handoff, tasks) {
    return [
      ...tasks.map((task) => this.#task(task)),
      handoff ? this.#summary(handoff) : null,
      handoff?.facts.length ? this.#facts(handoff.facts) : null,
      handoff || tasks.length ? null : el("p", { className: "nothing", text: this.#words.say("view.no_handoff") }),
    ].filter(Boolean);
  }

  #summary(handoff) {
    return el(
      "section",
      { className: "part" },
      el("h3", { text: this.#words.say("view.summary") }),
      el("p", { className: "summary", text: inStaffLanguage(handoff.summary, this.#words) }),
    );
  }

  #facts(facts) {
    const entries = facts.map((entry) => {
      const rows = Object.entries(entry.facts).map(([name, fact]) =>
        el("div", {}, el("dt", { text: this.#words.name("fact", name) }), el("dd", { text: factText(fact, this.#words) })),
      );
      return el(
        "details",
        { className: "entry" },
        el("summary", { text: factText(entry.title, this.#words) }),
        el("dl", { className: "facts" }, ...rows),
      );
    });
    return el("section", { className: "part" }, el("h3", { text: this.#words.say("view.facts") }), ...entries);
  }

  /** Money moves on a second click only. */
  #task(task) {
    const approve = task.kind === "approve" ? "task.yes" : "task.done";
    const buttons = el("div", { className: "task-buttons" });
    const ask = (word, act, className) =>
      button(this.#words.say(word), () => {
        const sure = button(this.#words.say("task.sure", { act: this.#words.say(word) }), act, className);
        buttons.replaceChildren(sure, button(this.#words.say("task.cancel"), plain, "button"));
        sure.focus();
      }, className); // prettier-ignore
    const plain = () =>
      buttons.replaceChildren(
        ask(approve, () => this.#acts.approve(task.id), "button button-main"),
        ask("task.no", () => this.#acts.decline(task.id), "button"),
      );
    plain();
    return el(
      "section",
      { className: "part task" },
      el("h3", { text: this.#words.name("task", task.kind) }),
      el("p", { className: "summary", text: inStaffLanguage(task.summary, this.#words) }),
      buttons,
    );
  }

  #transcript(messages, drafts, first) {
    const { parentElement: scroller } = this.log;
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    this.log.append(...messages.slice(this.#said).map((message) => this.#message(message)));
    this.#said = messages.length;
    this.drafts.show(drafts);
    if (first || atEnd) scroller.scrollTop = scroller.scrollHeight;
  }

  #message(message) {
    const author = message.staff_name ?? this.#words.say(`author.${message.author}`);
    const spoken = message.author === "customer" ? [message.text] : linked(message.text);
    return el(
      "article",
      { className: `said said-${message.author}` },
      el("h4", { text: `${author} · ${timeText(message.created_at, this.#words.locale)}` }),
      el("div", { className: "bubble", attrs: { dir: "auto", lang: message.language } }, ...spoken),
      this.pictures.row(message.attachments),
    );
  }

  #bottom(conversation) {
    const mine = conversation.owner === "human" && conversation.staff_id === this.#me.id;
    if (mine && this.#composer) return;
    const send = (text, key) => this.#acts.reply(conversation.id, text, key);
    this.#composer = mine ? replyForm(this.#words, send) : null;
    const hint = el("p", { className: "hint", text: this.#words.say(`hint.${conversation.owner}`) });
    this.bottom.replaceChildren(this.#composer ?? hint);
  }
}
