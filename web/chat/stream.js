/** The conversation's event stream over `fetch`, since EventSource cannot send a token. Comes back by itself. */

import { problemOf } from "./shared/api.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** The server sends a comment every 15 s; a silence of three of them is a dead connection. */
const SILENCE_MS = 45_000;

export class Stream {
  #session;
  #on;
  #lastId = 0;
  #wait = FIRST_WAIT_MS;
  #request = null;
  #wake = null;
  #closed = false;

  /** `on.event(event)`, `on.state("open" | "lost")`, `on.refused(problem)`: the last one ends the stream. */
  constructor(session, on) {
    this.#session = session;
    this.#on = on;
  }

  async run() {
    while (!this.#closed) {
      try {
        await this.#listen();
      } catch (problem) {
        if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) {
          if (!this.#closed) this.#on.refused(problem);
          return;
        }
      }
      if (this.#closed) return;
      this.#on.state("lost");
      await this.#pause();
    }
  }

  /** Try again at once: the network is back, or the reader is. */
  hurry() {
    this.#wait = FIRST_WAIT_MS;
    this.#wake?.();
  }

  close() {
    this.#closed = true;
    this.#request?.abort();
    this.#wake?.();
  }

  async #listen() {
    this.#request = new AbortController();
    const { id, token } = this.#session;
    const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token}` };
    if (this.#lastId) headers["Last-Event-ID"] = String(this.#lastId);
    const address = `/v1/conversations/${encodeURIComponent(id)}/events`;
    const guard = new Silence(() => this.#request.abort());
    try {
      const answer = await fetch(address, { headers, signal: this.#request.signal, cache: "no-store" });
      if (!answer.ok) throw await problemOf(answer);
      this.#wait = FIRST_WAIT_MS;
      this.#on.state("open");
      await this.#read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), guard);
    } finally {
      guard.stop();
    }
  }

  async #read(reader, guard) {
    const parser = new Parser((data) => this.#deliver(data));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      guard.heard();
      parser.feed(value);
    }
  }

  #deliver(data) {
    const event = JSON.parse(data);
    if (event.seq <= this.#lastId) return;
    this.#lastId = event.seq;
    this.#on.event(event);
  }

  #pause() {
    const wait = this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Splits a text/event-stream into the data of its events; the rest of the format is not needed here. */
class Parser {
  #left = "";
  #data = [];

  constructor(deliver) {
    this.deliver = deliver;
  }

  feed(text) {
    const lines = (this.#left + text).split("\n");
    this.#left = lines.pop();
    for (const line of lines) this.#line(line.replace(/\r$/, ""));
  }

  #line(line) {
    if (line.startsWith("data:")) {
      this.#data.push(line.slice(5).replace(/^ /, ""));
    } else if (line === "" && this.#data.length) {
      const data = this.#data.join("\n");
      this.#data = [];
      this.deliver(data);
    }
  }
}

class Silence {
  #timer = null;

  constructor(onSilence) {
    this.onSilence = onSilence;
    this.heard();
  }

  heard() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.onSilence, SILENCE_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
