/** The conversation on the page: keeps its lines in order, says when somebody is writing, follows the end. */

import { el } from "./shared/dom.js";

const NEAR_END_PX = 120;
const MARGIN_PX = 12;

export class Log {
  #list;
  #typing;
  #scroller;
  #jump;
  #known = new Map();
  #following = true;
  #put = 0;

  constructor({ list, typing, scroller, jump }) {
    this.#list = list;
    this.#typing = typing;
    this.#scroller = scroller;
    this.#jump = jump;
    jump.addEventListener("click", () => this.toEnd());
    scroller.addEventListener("scroll", () => this.#scrolled());
    // Suggested answers and the phone's keyboard take room from below.
    new ResizeObserver(() => this.#following && this.#follow()).observe(scroller);
  }

  /** What is kept under this id. */
  get(id) {
    return this.#known.get(id);
  }

  get empty() {
    return this.#list.childElementCount === 0;
  }

  /** Put a line in; `at` is when it was said, without it the line goes to the end. */
  add(id, item, at = null) {
    const node = item.node ?? item;
    this.#known.set(id, item);
    if (at) node.dataset.at = at;
    this.change(() => this.#list.insertBefore(node, at ? this.#after(Date.parse(at)) : null));
    return item;
  }

  /** Run something that makes lines longer, and follow it if the reader was at the end. */
  change(act) {
    act();
    if (this.#following) this.#follow();
    else this.#jump.hidden = false;
  }

  /** While an old conversation is read in, nothing is announced. */
  set busy(busy) {
    this.#list.setAttribute("aria-busy", String(busy));
    this.#list.setAttribute("aria-live", busy ? "off" : "polite");
  }

  typing(words) {
    if (this.#typing.textContent === words) return;
    this.#typing.hidden = !words;
    const dots = el("span", { className: "dots", attrs: { "aria-hidden": "true" } }, el("i"), el("i"), el("i"));
    this.#typing.replaceChildren(...(words ? [dots, el("span", { text: words })] : []));
    if (words && this.#following) this.#follow();
  }

  toEnd() {
    this.#following = true;
    this.#move(this.#scroller.scrollHeight);
    this.#jump.hidden = true;
  }

  /** To the end, but not past the beginning of a long answer. */
  #follow() {
    const { scrollHeight, clientHeight } = this.#scroller;
    const last = Array.from(this.#list.children).findLast((node) => !node.classList.contains("notice"));
    const start = last?.classList.contains("theirs") ? last.offsetTop - MARGIN_PX : Infinity;
    this.#move(Math.min(scrollHeight - clientHeight, start));
  }

  #move(top) {
    this.#scroller.scrollTop = top;
    this.#put = this.#scroller.scrollTop;
  }

  /** Where the page itself has scrolled to tells nothing about where the reader wants to be. */
  #scrolled() {
    if (Math.abs(this.#scroller.scrollTop - this.#put) < 2) return;
    this.#put = -1;
    this.#following = this.#nearEnd();
    if (this.#following) this.#jump.hidden = true;
  }

  #nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  /** The first line that was said later. */
  #after(moment) {
    return Array.from(this.#list.children).find((node) => Date.parse(node.dataset.at) > moment) ?? null;
  }
}
