/** Order, tracking and product cards: what the shop's data says, laid out. */

import { button, el } from "./shared/dom.js";

const SHOWN_SCANS = 3;

/** How far along a parcel is, of four; and which statuses are bad news. */
const STAGES = {
  pending: 1, picked_up: 2, in_transit: 2, customs: 2, delivery_delayed: 2, on_hold: 2,
  out_for_delivery: 3, delivery_failed: 3, ready_for_pickup: 3, delivered: 4,
}; // prettier-ignore
const TROUBLED = new Set([
  "delivery_delayed", "on_hold", "delivery_failed", "return_to_sender", "cancelled", "pending_payment",
]); // prettier-ignore
const DONE = new Set(["delivered"]);

/** The card as an element; null for a kind that this page does not know. */
export function card(data, evidence, words) {
  const draw = { order, tracking, product }[data.type];
  return draw ? draw(data, statusOf(data, evidence), words) : null;
}

/** The status as the vocabulary names it, whatever language the card is in. */
function statusOf(data, evidence) {
  const entry = evidence.find((each) => each.id === data.evidence);
  return entry?.facts?.status?.id?.split(".").pop() ?? "";
}

function order(data, status, words) {
  const title = words.say("card.order", { number: data.order_number ?? "" });
  return frame("order", title, head(title, data.order_number, data.status, status), [
    facts([
      [words.say("fact.items"), data.items],
      [words.say("fact.total"), data.total],
      [words.say("fact.placed_at"), data.placed_at],
      [words.say("fact.payment"), data.payment],
    ]),
  ]);
}

function tracking(data, status, words) {
  const title = data.carrier ?? words.say("card.tracking");
  return frame("tracking", words.say("card.tracking"), head(title, data.tracking_number, data.status, status), [
    expected(data, words),
    steps(status),
    timeline(data.timeline ?? [], words),
  ]);
}

function product(data, status) {
  const picture = data.image
    ? el("img", { className: "card-picture", attrs: { src: data.image, alt: "", loading: "lazy" } })
    : null;
  const options = data.options ? el("p", { className: "card-expected", text: data.options }) : null;
  return frame("product", data.item, head(data.item, null, data.price, status), [picture, options]);
}

function frame(kind, label, header, parts) {
  return el("section", { className: `card card-${kind}`, attrs: { "aria-label": label } }, header, ...parts);
}

function head(title, code, words, status) {
  const mood = TROUBLED.has(status) ? "troubled" : DONE.has(status) ? "done" : "calm";
  return el(
    "header",
    { className: "card-head" },
    el(
      "div",
      { className: "card-title" },
      el("strong", { text: title }),
      code && !title.includes(code) ? el("span", { className: "code", text: code, attrs: { dir: "ltr" } }) : null,
    ),
    words ? el("span", { className: `pill pill-${mood}`, text: words }) : null,
  );
}

function expected(data, words) {
  if (data.delivered_at) return fact(words.say("fact.delivered_at"), data.delivered_at);
  if (!data.eta_from && !data.eta_to) return null;
  const [from, to] = [data.eta_from ?? data.eta_to, data.eta_to ?? data.eta_from];
  const value = from === to ? to : words.say("card.between", { from, to });
  return fact(words.say("card.expected"), value);
}

function fact(label, value) {
  return el(
    "p",
    { className: "card-expected" },
    el("span", { className: "label", text: label }),
    " ",
    el("strong", { text: value }),
  );
}

/** A picture of what the status says in words, so it is kept from screen readers. */
function steps(status) {
  const stage = STAGES[status];
  if (!stage) return null;
  const bars = [1, 2, 3, 4].map((step) => el("span", { className: step <= stage ? "step reached" : "step" }));
  const className = `steps ${TROUBLED.has(status) ? "steps-troubled" : ""}`;
  return el("div", { className, attrs: { "aria-hidden": "true" } }, ...bars);
}

function facts(rows) {
  const told = rows.filter(([, value]) => value);
  const pairs = told.map(([label, value]) =>
    el("div", {}, el("dt", { text: label }), el("dd", { text: value })),
  );
  return el("dl", { className: "facts" }, ...pairs);
}

/** Newest scan first; the older ones on demand. */
function timeline(scans, words) {
  if (!scans.length) return null;
  const items = scans.toReversed().map(scan);
  const list = el("ol", { className: "timeline", attrs: { "aria-label": words.say("card.timeline") } }, ...items);
  const older = items.slice(SHOWN_SCANS);
  if (!older.length) return list;
  for (const item of older) item.hidden = true;
  const more = button(words.say("card.more", { count: older.length }), show, "link-button");
  more.setAttribute("aria-expanded", "false");
  function show() {
    const opens = older[0].hidden;
    for (const item of older) item.hidden = !opens;
    more.textContent = opens ? words.say("card.fewer") : words.say("card.more", { count: older.length });
    more.setAttribute("aria-expanded", String(opens));
  }
  return el("div", {}, list, more);
}

function scan(data) {
  const place = [data.place, data.country].filter(Boolean);
  const where = place[0] === place[1] ? place[0] : place.join(", ");
  return el(
    "li",
    {},
    el("span", { className: "scan-status", text: data.status ?? "" }),
    el("span", { className: "scan-where", text: [where, data.at].filter(Boolean).join(" · ") }),
  );
}
