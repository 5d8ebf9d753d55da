/** One conversation: what the server tells of it becomes lines of the log. */

import { noticeLine, OwnBubble, ReplyBubble, StaffBubble } from "./bubbles.js";
import { shownAs } from "./photos.js";
import { call } from "./shared/api.js";

export class Conversation {
  #log;
  #on;
  #words = null;
  #replayedTo = 0;
  #at = null;
  #turns = new Set();
  #mine = new Set();
  #answered = new Set();
  #heard = Promise.resolve();
  #session = null;
  owner = "assistant";
  staffName = null;

  /** `on.language(tag)` gives the words for it; `on.suggest(texts, language)`; `on.changed()`. */
  constructor(log, words, on) {
    this.#log = log;
    this.#words = words;
    this.#on = on;
  }

  /** Read what was said before; the stream then replays the rest (cards, sources, news) into its places. */
  async restore(session) {
    const found = await transcript(session);
    this.#replayedTo = found.last_event;
    this.owner = found.owner;
    if (found.language) this.#words = await this.#on.language(found.language);
    this.#session = session;
    for (const message of found.messages) this.#remember(message);
  }

  /** Messages that another tab has sent. */
  async catchUp(session) {
    this.#session = session;
    for (const message of (await transcript(session)).messages) this.#remember(message);
  }

  get working() {
    return this.#turns.size > 0 && this.owner !== "human";
  }

  get replaying() {
    return this.#replayedTo > 0;
  }

  /** Events one after the other: one may have to fetch the words of its language first. */
  hear(event) {
    this.#heard = this.#heard.then(() => this.#hear(event));
    return this.#heard;
  }

  /** What the request itself brought: the reply, or only the message's id where the turn takes longer. */
  answered(answer) {
    for (const id of answer.in_reply_to ?? [answer.message_id]) this.#mine.add(id);
    if (!answer.in_reply_to) return;
    this.#heard = this.#heard.then(() => this.#reply(answer));
  }

  /** The customer's words, on the page before the server has them. */
  own(id, text, at = null, photos = []) {
    return this.#log.add(id, new OwnBubble(text, this.#words, photos), at);
  }

  /** Whether a turn is about messages that this page has not sent and does not show. */
  strange(event) {
    const ids = event.kind === "turn_started" ? event.payload.in_reply_to : [];
    return ids.some((id) => !this.#mine.has(id) && !this.#log.get(id));
  }

  async #hear({ seq, kind, turn_id: turnId, created_at: at, payload }) {
    this.#at = seq <= this.#replayedTo ? at : null;
    if (kind === "turn_started") this.#started(turnId);
    else if (kind === "sentence") await this.#sentence(payload);
    else if (kind === "card") this.#card(turnId, payload.card);
    else if (kind === "reply") await this.#reply(payload);
    else if (kind === "staff_message") await this.#staff(payload);
    else if (kind === "ownership") this.#ownership(payload, seq);
    else if (kind === "notice") this.#notice(payload, seq);
    if (seq >= this.#replayedTo) this.#replayedTo = 0;
    this.#on.changed();
  }

  #started(turnId) {
    this.#turns.add(turnId);
    this.#on.suggest([]);
  }

  async #sentence({ message_id: id, text, language }) {
    if (this.#answered.has(id) || (this.#at && this.#log.get(id))) return;
    this.#words = await this.#on.language(language);
    this.#log.change(() => this.#bubble(id).sentence(text, language));
  }

  #card(turnId, data) {
    this.#log.change(() => this.#bubble(`msg_${turnId.split("_")[1]}`).card(data));
  }

  async #reply(reply) {
    const id = reply.message_id;
    this.#turns.delete(`turn_${id.split("_")[1]}`);
    if (this.#answered.has(id)) return;
    this.#answered.add(id);
    if (reply.text || this.#log.get(id)) {
      this.#words = await this.#on.language(reply.language);
      this.#log.change(() => this.#bubble(id).reply(reply, this.#words));
      this.#on.suggest(reply.quick_replies, reply.language);
    }
    this.#on.changed();
  }

  async #staff(message) {
    const known = this.#log.get(message.message_id);
    if (message.evidence) this.#words = await this.#on.language(message.language);
    if (known && message.evidence) this.#log.change(() => known.show(message, this.#words));
    if (known) return;
    this.#log.add(message.message_id, new StaffBubble(message, this.#words), this.#at);
    this.#on.suggest([]);
  }

  #ownership({ owner, staff_name: name }, seq) {
    const before = this.#at ? null : this.owner;
    this.owner = owner;
    this.staffName = name ?? null;
    if (owner === before) return;
    const news = this.#words.say(`owner.${owner}`, { name: name ?? this.#words.say("author.staff") });
    this.#log.add(`event-${seq}`, noticeLine(news), this.#at);
  }

  #notice({ message_id: id, code, text, language }, seq) {
    if (text && !this.#log.get(id)) {
      this.#bubble(id).text(text, language);
    } else if (!text && this.#words.find(`news.${code}`)) {
      this.#log.add(`event-${seq}`, noticeLine(this.#words.say(`news.${code}`)), this.#at);
    }
  }

  #remember(message) {
    if (this.#log.get(message.id) || this.#mine.has(message.id)) return;
    if (message.author === "customer") {
      const bubble = this.own(message.id, message.text, message.created_at);
      for (const photo of message.attachments) this.#show(bubble, photo);
    } else if (message.author === "staff") {
      this.#log.add(message.id, new StaffBubble(message, this.#words), message.created_at);
    } else {
      const bubble = this.#log.add(message.id, new ReplyBubble(this.#words), message.created_at);
      bubble.text(message.text, message.language);
    }
  }

  /** A picture of an earlier visit; without it, its message still stands. */
  async #show(bubble, photo) {
    const { id, token } = this.#session;
    const source = await shownAs(id, token, photo).catch(() => null);
    if (source) this.#log.change(() => bubble.photo(source));
  }

  #bubble(id) {
    return this.#log.get(id) ?? this.#log.add(id, new ReplyBubble(this.#words), this.#at);
  }
}

function transcript({ id, token }) {
  return call("GET", `/v1/conversations/${encodeURIComponent(id)}`, { token });
}
