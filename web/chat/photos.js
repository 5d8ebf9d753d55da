/** Pictures that go with the next message: chosen, uploaded, shown small, taken away again. */

import { call } from "./shared/api.js";
import { el } from "./shared/dom.js";
import { pictureAt } from "./shared/pictures.js";

/** As many as a message may carry. */
const MOST = 10;

export class Photos {
  #tray;
  #news;
  #session;
  #explain;
  #words = null;
  #chosen = new Map();
  #underWay = 0;

  /** `session()` opens the conversation where there is none; `explain(problem)` words a refusal. */
  constructor({ tray, news, attach, field }, session, explain) {
    this.#tray = tray;
    this.#news = news;
    this.#session = session;
    this.#explain = explain;
    attach.addEventListener("click", () => field.click());
    field.addEventListener("change", () => {
      const file = field.files[0];
      field.value = "";
      if (file) this.add(file);
    });
  }

  dress(words) {
    this.#words = words;
  }

  get uploading() {
    return this.#underWay > 0;
  }

  async add(file) {
    if (this.#chosen.size >= MOST) return;
    this.#underWay += 1;
    this.#tell(this.#words.say("photo.uploading"));
    try {
      const { id, token } = await this.#session();
      const path = `/v1/conversations/${encodeURIComponent(id)}/attachments`;
      const { attachment_id: photo } = await call("POST", path, { token, file });
      this.#chosen.set(photo, await shownAs(id, token, photo));
      this.#tell("");
    } catch (problem) {
      this.#tell(this.#explain(problem));
    } finally {
      this.#underWay -= 1;
      this.#draw();
    }
  }

  /** What is chosen, for a message that takes it along. */
  take() {
    const photos = Array.from(this.#chosen, ([id, source]) => ({ id, source }));
    this.#chosen.clear();
    this.#draw();
    return photos;
  }

  #draw() {
    this.#tray.replaceChildren(
      ...Array.from(this.#chosen, ([id, source]) => {
        const attrs = { type: "button", "aria-label": this.#words.say("photo.remove") };
        const away = () => this.#chosen.delete(id) && this.#draw();
        return el("button", { className: "photo", attrs, on: { click: away } }, picture(source, ""));
      }),
    );
    this.#tray.hidden = !this.#chosen.size;
  }

  #tell(text) {
    this.#news.textContent = text;
    this.#news.hidden = !text;
  }
}

export function picture(source, name) {
  return el("img", { attrs: { src: source, alt: name } });
}

/** The picture as the shop keeps it. */
export function shownAs(conversation, token, photo) {
  const path = `/v1/conversations/${encodeURIComponent(conversation)}/attachments/${encodeURIComponent(photo)}`;
  return pictureAt(path, token);
}
