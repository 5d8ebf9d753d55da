/** Sends what the customer writes: once each, with the same key on every try. */

import { call, newKey, Problem } from "./shared/api.js";

const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Outgoing {
  #session;
  #on;
  #underWay = new Set();

  /** `session()` opens the conversation where there is none; `on.answered(reply)`, `on.gone()`, `on.changed()`. */
  constructor(session, on) {
    this.#session = session;
    this.#on = on;
  }

  get pending() {
    return this.#underWay.size;
  }

  /** The server works on so many of them, the oldest first, although their answers are not here yet. */
  accepted(count) {
    for (const message of Array.from(this.#underWay).slice(0, count)) message.bubble.sent();
  }

  send(text, attachments, bubble, explain) {
    return this.#deliver({ text, attachments, bubble, explain, key: newKey() });
  }

  async #deliver(message) {
    this.#underWay.add(message);
    this.#on.changed();
    message.bubble.sending();
    try {
      const answer = await this.#persist(message);
      message.bubble.sent();
      this.#on.answered(answer);
    } catch (problem) {
      message.bubble.failed(message.explain(problem), () => this.#deliver(message));
      if (problem.code === "unknown_conversation") this.#on.gone();
    } finally {
      this.#underWay.delete(message);
      this.#on.changed();
    }
  }

  /** Try again where the shop was not reached or asks for patience; a refusal ends it. */
  async #persist(message) {
    for (let tried = 0; ; tried += 1) {
      try {
        const { id, token } = await this.#session();
        const path = `/v1/conversations/${encodeURIComponent(id)}/messages`;
        return await call("POST", path, { token, key: message.key, body: { text: message.text, attachments: message.attachments } });
      } catch (problem) {
        if (!passing(problem) || tried >= WAITS_MS.length) throw problem;
        message.bubble.waiting();
        await later(Math.max((problem.retryAfter ?? 0) * 1000, WAITS_MS[tried]));
      }
    }
  }

}

function passing(problem) {
  return !(problem instanceof Problem) || [429, 502, 503, 504].includes(problem.status);
}

/** After the time, or as soon as the network is back. */
function later(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
    addEventListener("online", done);
  });
}
