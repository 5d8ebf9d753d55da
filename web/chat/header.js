/** The top of the page: whose shop this is, who answers, and the way to a new conversation. */

import { initials } from "./bubbles.js";

export class Header {
  #name = document.getElementById("shop-name");
  #mark = document.getElementById("shop-mark");
  #status = document.getElementById("status");
  #dialog = document.getElementById("new-dialog");
  #error = document.getElementById("new-error");
  #words = null;

  constructor({ leave, erase }) {
    document.getElementById("new").addEventListener("click", () => this.#ask(leave));
    document.getElementById("new-cancel").addEventListener("click", () => this.#dialog.close());
    document.getElementById("new-start").addEventListener("click", leave);
    document.getElementById("new-erase").addEventListener("click", () => this.#erase(erase));
  }

  dress(words) {
    this.#words = words;
  }

  shop(shop, words) {
    this.#name.textContent = shop.name;
    this.#mark.textContent = initials(shop.name.replaceAll(/[^\p{L}\p{N}\s]/gu, ""));
    document.title = `${shop.name} – ${words.say("title")}`;
  }

  owner(owner, staffName, words) {
    const text = words.say(`status.${owner}`, { name: staffName ?? words.say("author.staff") });
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.dataset.owner = owner;
    document.getElementById("notice").textContent = words.say(`notice.${owner}`);
    document.getElementById("person").hidden = owner !== "assistant";
  }

  /** Where nothing has been said there is nothing to ask about. */
  #ask(leave) {
    if (!document.getElementById("log").childElementCount) return leave();
    this.#error.textContent = "";
    this.#dialog.showModal();
  }

  async #erase(erase) {
    try {
      await erase();
    } catch {
      this.#error.textContent = this.#words.say("new.erase_failed");
    }
  }
}
