/** What the assistant would have said: a person sends it, edits it or rejects it. */

import { card } from "/cards.js";
import { button, el, linked } from "/shared/dom.js";

/** The drafts at the end of a conversation; one that is being edited stays as it is while others come and go. */
export class Drafts {
  #words;
  #acts;
  #cards = new Map();

  /** `acts`: send(id, text), reject(id); each tells whether it was done. */
  constructor(words, acts) {
    this.#words = words;
    this.#acts = acts;
    this.node = el("div", { className: "drafts", attrs: { role: "group", "aria-label": words.say("draft.label") } });
    this.node.hidden = true;
  }

  show(drafts) {
    const wanted = new Set(drafts.map((draft) => draft.id));
    for (const [id, card] of this.#cards) {
      if (wanted.has(id)) continue;
      card.remove();
      this.#cards.delete(id);
    }
    for (const draft of drafts.filter(({ id }) => !this.#cards.has(id))) {
      const card = this.#card(draft);
      this.#cards.set(draft.id, card);
      this.node.append(card);
    }
    this.node.hidden = this.#cards.size === 0;
  }

  #card(draft) {
    const body = el("div");
    const card = el(
      "section",
      { className: "draft" },
      el("h4", { text: this.#words.say("draft.title") }),
      body,
      draft.evidence.length ? this.#sources(draft.evidence) : null,
    );
    this.#read(draft, body);
    return card;
  }

  #read(draft, body) {
    const text = el("div", { className: "bubble", attrs: { dir: "auto", lang: draft.language } }, ...linked(draft.text));
    body.replaceChildren(
      ...[text, this.#cardsOf(draft)].filter(Boolean),
      this.#row(
        this.#act("draft.send", () => this.#acts.send(draft.id), "button button-main"),
        button(this.#words.say("draft.edit"), () => this.#edit(draft, body)),
        this.#act("draft.reject", () => this.#acts.reject(draft.id)),
      ),
    );
  }

  /** What only the unchanged words take along, as the customer will see it. */
  #cardsOf(draft) {
    const drawn = draft.cards.map((data) => card(data, draft.evidence, this.#words)).filter(Boolean);
    if (!drawn.length) return null;
    const hint = el("p", { className: "hint", text: this.#words.say("draft.cards") });
    return el("div", { className: "draft-cards" }, ...drawn, hint);
  }

  #edit(draft, body) {
    const field = el("textarea", {
      attrs: { rows: "6", maxlength: "8000", dir: "auto", lang: draft.language, "aria-label": this.#words.say("draft.edit") },
    });
    field.value = draft.text;
    body.replaceChildren(
      field,
      this.#row(
        this.#act("draft.send", () => field.value.trim() && this.#acts.send(draft.id, field.value.trim()), "button button-main"),
        button(this.#words.say("draft.cancel"), () => this.#read(draft, body)),
      ),
    );
    field.focus();
  }

  #row(...buttons) {
    return el("div", { className: "draft-buttons" }, ...buttons);
  }

  /** Clicked twice it is done once. */
  #act(word, doing, className) {
    const made = button(this.#words.say(word), async () => {
      made.disabled = true;
      await doing();
      made.disabled = false;
    }, className); // prettier-ignore
    return made;
  }

  #sources(evidence) {
    const entries = evidence.map((entry) => {
      const facts = Object.entries(entry.rendered).map(([name, text]) =>
        el("div", {}, el("dt", { text: this.#words.name("fact", name) }), el("dd", { text })),
      );
      const quote = entry.quote ? el("blockquote", { text: entry.quote.text, attrs: { lang: entry.quote.language } }) : null;
      return el("li", {}, el("strong", { text: entry.title }), quote ?? el("dl", { className: "facts" }, ...facts));
    });
    return el(
      "details",
      { className: "draft-sources" },
      el("summary", { text: this.#words.say("draft.sources", { count: evidence.length }) }),
      el("ul", {}, ...entries),
    );
  }
}
