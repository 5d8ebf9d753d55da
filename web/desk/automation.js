/** Whether answers leave by themselves: seen by everybody at the desk, stopped and resumed by an admin. */

import { button, el } from "/shared/dom.js";
import { timeText } from "./facts.js";

export class Automation {
  #node;
  #acts;
  #words = null;
  #admin = false;
  #seen = "";

  /** `acts`: stop, resume; each tells whether it was done. */
  constructor(node, acts) {
    this.#node = node;
    this.#acts = acts;
  }

  dress(words, me) {
    this.#words = words;
    this.#admin = me.role === "admin";
    this.#seen = "";
    this.#node.hidden = true;
  }

  /** Draw what changed; a decision half made stays as it is. */
  show(found) {
    const seen = JSON.stringify(found);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const { stopped } = found.switch;
    this.#node.classList.toggle("stopped", stopped || Boolean(found.wrong));
    this.#node.replaceChildren(
      el("p", { text: this.#state(found), attrs: { role: "status" } }),
      ...(this.#admin ? [this.#choice(stopped ? "resume" : "stop")] : []),
    );
    this.#node.hidden = false;
  }

  #state({ switch: turned, wrong, default: mode }) {
    if (turned.stopped) return this.#words.say("automation.stopped", { time: timeText(turned.changed_at, this.#words.locale) });
    if (wrong) return this.#words.say("automation.wrong", { reason: wrong });
    return this.#words.name("automation", mode);
  }

  /** Everybody's answers are stopped or let go on a second click only. */
  #choice(act) {
    const word = `automation.${act}`;
    const choices = el("div", { className: "automation-choices" });
    const plain = () =>
      choices.replaceChildren(
        button(this.#words.say(word), () => {
          const sure = button(this.#words.say("task.sure", { act: this.#words.say(word) }), () => this.#acts[act](), "button button-main");
          choices.replaceChildren(sure, button(this.#words.say("task.cancel"), plain));
          sure.focus();
        }),
      );
    plain();
    return choices;
  }
}
