/** Where the customer writes, and the answers that are suggested to her. */

import { button } from "./shared/dom.js";

export class Composer {
  #form;
  #field;
  #suggestions;
  #send;
  #photos;

  constructor(form, suggestions, send, photos) {
    this.#form = form;
    this.#field = form.elements.text;
    this.#suggestions = suggestions;
    this.#send = send;
    this.#photos = photos;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#fit());
    this.suggest = this.suggest.bind(this);
  }

  suggest(texts, language = "") {
    const buttons = texts.map((text) => {
      const chip = button(text, () => this.#chosen(text), "chip");
      chip.lang = language;
      return chip;
    });
    this.#suggestions.replaceChildren(...buttons);
    this.#suggestions.hidden = !buttons.length;
  }

  /** Nothing more can be said here. */
  close() {
    this.suggest([]);
    for (const element of this.#form.elements) element.disabled = true;
  }

  /** The chosen button goes away, so the keyboard's place moves to the field. */
  #chosen(text) {
    this.#send(text);
    this.#field.focus({ preventScroll: true });
  }

  /** Enter sends and Shift+Enter breaks the line; while an input method composes, Enter is its own. */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    if (this.#photos.uploading) return;
    const text = this.#field.value.trim();
    const photos = this.#photos.take();
    if (!text && !photos.length) return;
    this.#field.value = "";
    this.#fit();
    this.#send(text, photos);
  }

  #fit() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight + 2}px`;
  }
}
