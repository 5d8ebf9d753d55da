"""How one locale writes facts: amounts, days, durations, names of countries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale as BabelLocale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import UnknownUnitError, format_unit

from facts.values import (
    Code,
    Country,
    Date,
    DateTime,
    Duration,
    Fact,
    Listing,
    Money,
    Percent,
    Quantity,
    Term,
    Text,
)
from facts.values import Url as Link
from i18n.languages import LanguagePack, ListStyle
from i18n.terms import Terms

WEEKDAY, DAY, TIME, OR, PLAIN = "weekday", "day", "time", "or", "plain"
FORMS = (WEEKDAY, DAY, TIME, OR, PLAIN)
"""Forms that every language has: a day with its weekday, an instant's day or time, a list of alternatives or with
nothing but separators."""

_LEFT_TO_RIGHT, _FIRST_STRONG, _END = "\u2066", "\u2068", "\u2069"
_FIRST = re.compile(r"(?<!\d)1(?!\d)")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def babel_locale(pack: LanguagePack, country: str | None) -> BabelLocale:
    """The formats for a language as used in a country, or the language's own where CLDR has no such pair."""
    if country is not None:
        language = BabelLocale.parse(pack.locale)
        try:
            return BabelLocale(language.language, country, script=language.script)
        except UnknownLocaleError:
            pass
    return BabelLocale.parse(pack.locale)


def _zone(name: str) -> ZoneInfo:
    """An IANA zone; one that nobody knows is told in UTC rather than not at all."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def clean(words: str) -> str:
    """Words from data without what could reorder or break the sentence around them."""
    if words.isprintable():
        return words
    words = _DIRECTIONS.sub("", _CONTROLS.sub(" ", words))
    return words.encode("utf-8", "replace").decode("utf-8").strip()


class Figures:
    """Writes facts for one language and the formats of one country."""

    def __init__(self, pack: LanguagePack, locale: BabelLocale, terms: Terms) -> None:
        self._pack = pack
        self._locale = locale
        self._terms = terms

    def write(self, fact: Fact, zone: str, form: str | None = None) -> str:
        """The fact in words, for a reader in an IANA zone, in an inflected form where the language has it."""
        match fact:
            case Money():
                return str(format_currency(fact.amount, fact.currency, locale=self._locale))
            case Date():
                return self._day(fact.value, form)
            case DateTime():
                return self._moment(fact, zone, form)
            case Duration():
                return self._duration(fact, form)
            case Quantity():
                return self._quantity(fact)
            case Percent():
                return str(format_percent(fact.value / 100, locale=self._locale, decimal_quantization=False))
            case Country():
                return self._country(fact.code, form)
            case Term():
                return self._terms.word(fact.id, form=form)
            case Listing():
                return self._list([self.write(item, zone, form) for item in fact.items], form)
            case Text():
                words = self._isolate(clean(self._title(fact)), _FIRST_STRONG)
                return self._with_aside(words, [self.write(each, zone) for each in fact.aside])
            case Code() | Link():
                return self._isolate(fact.value, _LEFT_TO_RIGHT)

    def _isolate(self, words: str, opening: str) -> str:
        return f"{opening}{words}{_END}" if self._pack.direction == "rtl" else words

    def _title(self, fact: Text) -> str:
        code = self._pack.code
        return fact.titles.get(code) or fact.titles.get(code.partition("-")[0]) or fact.value

    def _with_aside(self, words: str, aside: Sequence[str]) -> str:
        if not aside:
            return words
        told = self._pack.list_separator.join(aside)
        return self._terms.word("term.format.aside", {"words": words, "aside": told})

    def _number(self, value: int | Decimal) -> str:
        return str(format_decimal(value, locale=self._locale, decimal_quantization=False))

    def _day(self, value: date, form: str | None) -> str:
        words: str = format_date(value, "full" if form == WEEKDAY else "long", locale=self._locale)
        if value.day == 1 and self._pack.first_day is not None:
            return _FIRST.sub(self._pack.first_day, words, count=1)
        return words

    def _moment(self, fact: DateTime, zone: str, form: str | None) -> str:
        there = fact.value.astimezone(_zone(fact.zone))
        if form in (DAY, WEEKDAY):
            return self._day(there.date(), form)
        clock = format_time(there.time(), self._pack.time_format, locale=self._locale)
        words = self._terms.word("term.format.time", {"time": clock})
        if form != TIME:
            words = self._terms.word(
                "term.format.datetime", {"date": self._day(there.date(), form), "time": words}
            )
        if there.utcoffset() == there.astimezone(_zone(zone)).utcoffset():
            return words
        return self._terms.word("term.format.zoned", {"moment": words, "zone": self._zone_name(there)})

    def _zone_name(self, there: datetime) -> str:
        if str(there.tzinfo) in ("UTC", "Etc/UTC"):
            return "UTC"
        return get_timezone_name(there, "long", locale=self._locale)

    def _duration(self, fact: Duration, form: str | None) -> str:
        """A range takes the plural of its upper end; 0–1 takes that of 0, since nobody says "0–1 day"."""
        high = fact.value if fact.until is None else fact.until
        amount = self._number(fact.value)
        if high != fact.value:
            amount = self._terms.word("term.format.range", {"low": amount, "high": self._number(high)})
        count = high if high > 1 else fact.value
        return self._terms.word(f"term.duration.{fact.unit}", {"range": amount, "count": count}, form)

    def _quantity(self, fact: Quantity) -> str:
        if fact.unit is None:
            return self._number(fact.value)
        try:
            return format_unit(fact.value, fact.unit, length="short", locale=self._locale)
        except UnknownUnitError:
            return f"{self._number(fact.value)} {fact.unit}"

    def _country(self, code: str, form: str | None) -> str:
        name: str = self._locale.territories.get(code, code)
        if form is None:
            return name
        special = self._terms.own(f"term.country.{code}.{form}")
        return special or self._terms.own(f"term.country.{form}", {"country": name}) or name

    def _list(self, items: Sequence[str], form: str | None) -> str:
        if form == PLAIN:
            return self._pack.list_separator.join(items)
        style: ListStyle | Literal["or"] = "or" if form == OR else self._pack.list_style
        return format_list(items, style=style, locale=self._locale) if items else ""
