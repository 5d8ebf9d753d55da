/** Typed facts as a reader of this page's language writes them. */

import { readable } from "/shared/words.js";

const DURATIONS = { minute: "minute", hour: "hour", day: "day", business_day: "day", month: "month", year: "year" };

/** The words for a fact; an unknown kind shows its value. */
export function factText(fact, words) {
  const tell = TELL[fact.type];
  return tell ? tell(fact, words) : String(fact.value ?? "");
}

const TELL = {
  money: ({ minor, currency }, { locale }) => {
    const format = new Intl.NumberFormat(locale, { style: "currency", currency });
    return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  },
  date: ({ value }, { locale }) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(value)),
  datetime: ({ value, zone }, { locale }) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(
      new Date(value),
    ),
  duration: duration,
  quantity: ({ value }, { locale }) => new Intl.NumberFormat(locale).format(Number(value)),
  percent: ({ value }, { locale }) =>
    new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(Number(value) / 100),
  term: ({ id }, words) => words.find(id) ?? readable(id.split(".").pop()),
  country: ({ code }, { locale }) => countryName(code, locale),
  list: ({ items }, words) =>
    new Intl.ListFormat(words.locale).format(items.map((item) => factText(item, words))),
};

function duration({ value, until, unit }, words) {
  const format = new Intl.NumberFormat(words.locale, {
    style: "unit",
    unit: DURATIONS[unit] ?? "day",
    unitDisplay: "long",
  });
  const said = until ? format.formatRange(value, until) : format.format(value);
  return unit === "business_day" ? words.say("fact.business_days", { days: said }) : said;
}

export function countryName(code, locale) {
  return new Intl.DisplayNames([locale], { type: "region" }).of(code);
}

export function languageName(tag, locale) {
  return new Intl.DisplayNames([locale], { type: "language" }).of(tag);
}

export function timeText(moment, locale) {
  const date = new Date(moment);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(locale, today ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" })
    .format(date); // prettier-ignore
}

const STEPS = [["day", 86_400], ["hour", 3_600], ["minute", 60]]; // prettier-ignore

/** A waiting time in the largest unit that says enough; empty below a minute. */
export function waitText(seconds, locale) {
  const step = STEPS.find(([, length]) => seconds >= length);
  if (!step) return "";
  const [unit, size] = step;
  const format = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" });
  return format.format(Math.floor(seconds / size));
}
