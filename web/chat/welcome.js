/** What stands on the page before anything is said: a greeting, first questions, the country of delivery. */

import { button, el } from "./shared/dom.js";

const STARTERS = ["starter.order", "starter.return", "starter.shipping", "starter.duties"];

export class Welcome {
  #node;
  #send;
  #words = null;
  #market = "";
  shop = { name: "", markets: [] };

  constructor(node, send) {
    this.#node = node;
    this.#send = send;
  }

  /** `shop.json` says whose page this is. */
  async open() {
    const answer = await fetch("shop.json");
    if (answer.ok) this.shop = { ...this.shop, ...(await answer.json()) };
    this.dress(this.#words);
  }

  set hidden(hidden) {
    this.#node.hidden = hidden;
  }

  /** The country she chose; none unless she did, since her language does not tell it. */
  get market() {
    return this.#market;
  }

  dress(words) {
    this.#words = words;
    const starters = STARTERS.map((id) => button(words.say(id), () => this.#send(words.say(id)), "starter"));
    this.#node.replaceChildren(
      el("h2", { text: words.say("welcome.title") }),
      el("p", { className: "welcome-text", text: words.say("welcome.text") }),
      el("div", { className: "starters" }, ...starters),
      this.shop.markets.length ? this.#selector() : "",
    );
  }

  #selector() {
    const names = new Intl.DisplayNames([this.#words.locale], { type: "region" });
    const sorted = this.shop.markets
      .map((code) => [code, names.of(code)])
      .sort(([, one], [, other]) => one.localeCompare(other, this.#words.locale));
    const options = sorted.map(([code, name]) => el("option", { text: name, attrs: { value: code } }));
    const select = el(
      "select",
      { attrs: { id: "market" }, on: { change: (event) => (this.#market = event.target.value) } },
      el("option", { text: this.#words.say("market.none"), attrs: { value: "" } }),
      ...options,
    );
    select.value = this.#market;
    const label = el("label", { text: this.#words.say("market.label"), attrs: { for: "market" } });
    return el("div", { className: "market" }, label, select);
  }
}
