/** Where a person answers the customer. */

import { newKey } from "/shared/api.js";
import { el } from "/shared/dom.js";

/** The form; `send(text, key)` tells whether the words have arrived. */
export function replyForm(words, send) {
  const field = el("textarea", {
    attrs: { id: "reply", name: "text", rows: "3", maxlength: "8000", required: "", dir: "auto" },
  });
  const submit = el("button", {
    className: "button button-main",
    text: words.say("reply.send"),
    attrs: { type: "submit" },
  });
  const hint = el("span", { className: "hint", text: words.say("reply.hint") });
  const form = el(
    "form",
    { className: "reply" },
    el("label", { text: words.say("reply.label"), attrs: { for: "reply" } }),
    field,
    el("div", { className: "reply-row" }, hint, submit),
  );
  const answer = once(field, submit, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
  return form;
}

/** The same words keep their key until they have arrived, so that a second try sends them once. */
function once(field, submit, send) {
  let draft = { text: null, key: null };
  return async () => {
    const text = field.value.trim();
    if (!text || submit.disabled) return;
    if (text !== draft.text) draft = { text, key: newKey() };
    submit.disabled = true;
    const arrived = await send(text, draft.key);
    submit.disabled = false;
    if (!arrived) return;
    draft = { text: null, key: null };
    if (field.value.trim() === text) field.value = "";
    field.focus();
  };
}
