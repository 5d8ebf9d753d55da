/** The pictures that a customer sent: small in the transcript, each in full on a click. */

import { button, el } from "/shared/dom.js";

export class Pictures {
  #words;
  #load;
  #image = el("img");
  #full;
  #inView = new IntersectionObserver((seen) => this.#come(seen));
  #loading = new WeakMap();

  /** `load(id)` fetches a picture, which happens when its place comes into view. */
  constructor(words, load) {
    this.#words = words;
    this.#load = load;
    const leave = button(words.say("picture.close"), () => this.#full.close());
    this.#full = el("dialog", { className: "picture-full", attrs: { "aria-label": words.say("picture.full") } }, leave);
    this.#full.addEventListener("click", ({ target }) => target === this.#full && this.#full.close());
    document.body.append(this.#full);
  }

  /** The places of one message's pictures; null where it has none. */
  row(ids) {
    if (!ids.length) return null;
    const places = ids.map((id, index) =>
      this.#place(id, this.#words.say("picture.alt", { number: index + 1, count: ids.length })),
    );
    return el("div", { className: "pictures" }, ...places);
  }

  close() {
    this.#inView.disconnect();
    this.#full.remove();
  }

  #place(id, name) {
    const image = el("img", { attrs: { alt: name } });
    const place = el("button", { className: "picture", attrs: { type: "button", "aria-haspopup": "dialog" } }, image);
    const state = el("span", { className: "picture-state" });
    this.#loading.set(place, () => this.#fill(id, image, place, state));
    place.append(state);
    place.addEventListener("click", () => (image.src ? this.#show(image) : this.#fill(id, image, place, state)));
    this.#inView.observe(place);
    return place;
  }

  #come(seen) {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      this.#inView.unobserve(target);
      this.#loading.get(target)();
    }
  }

  /** A picture that did not come is asked for again by a click. */
  async #fill(id, image, place, state) {
    place.disabled = true;
    state.textContent = "";
    try {
      image.src = await this.#load(id);
    } catch {
      state.textContent = this.#words.say("picture.missing");
    }
    place.disabled = false;
  }

  #show({ src, alt }) {
    this.#image.src = src;
    this.#image.alt = alt;
    this.#full.prepend(this.#image);
    this.#full.showModal();
  }
}
