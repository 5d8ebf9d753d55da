/** "Where does this come from?": the sources of a reply, opened on demand. */

import { el, link } from "./shared/dom.js";

/** Facts that only arrange a sentence and tell a reader nothing. */
const ARRANGING = new Set(["parcel_index", "parcel_count", "item_count", "place_country"]);

export function evidenceList(evidence, words) {
  if (!evidence.length) return null;
  return el(
    "details",
    { className: "evidence" },
    el("summary", { text: words.say("evidence.open") }),
    el("ul", {}, ...evidence.map((entry) => source(entry, words))),
  );
}

function source(entry, words) {
  const kind = String(entry.source).split(":")[0];
  return el(
    "li",
    { className: "source" },
    el("p", { className: "source-kind", text: words.name("source", kind) }),
    entry.quote ? quote(entry.quote, words) : el("p", { className: "source-title", text: entry.title }),
    entry.quote ? null : facts(entry, words),
  );
}

function facts(entry, words) {
  const told = Object.entries(entry.rendered ?? {}).filter(
    ([name, value]) => value && value !== entry.title && !ARRANGING.has(name),
  );
  if (!told.length) return null;
  const pairs = told.map(([name, value]) =>
    el("div", {}, el("dt", { text: words.name("fact", name) }), el("dd", { text: value })),
  );
  return el("dl", { className: "facts" }, ...pairs);
}

function quote(found, words) {
  const place = [
    found.section,
    found.page ? words.say("evidence.page", { page: found.page }) : "",
    found.version ? words.say("evidence.version", { version: found.version }) : "",
  ].filter(Boolean);
  return el(
    "figure",
    { className: "quote" },
    el("blockquote", { text: found.text, attrs: { lang: found.language, dir: "auto" } }),
    el(
      "figcaption",
      {},
      found.url ? link(found.url, found.document) : el("cite", { text: found.document }),
      place.length ? el("span", { text: ` · ${place.join(" · ")}` }) : null,
    ),
  );
}
