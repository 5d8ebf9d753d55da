"""Reads order numbers, tracking numbers, e-mail addresses, postcodes and one-time codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nlu.checks import s10_valid, ups_valid
from nlu.folding import Folded
from nlu.lexicon import AFTER, BEFORE, Lexicon, Phrases, pattern
from nlu.perception import Entity, EntityKind

_EMAIL = re.compile(r"[a-z0-9._%+\-]+@[a-z0-9\u00df-\u024f\-]+(?:\.[a-z0-9\u00df-\u024f\-]+)+")
_S10 = re.compile(rf"{BEFORE}[a-z]{{2}} ?(?:\d ?){{9}}[a-z]{{2}}{AFTER}")
_UPS = re.compile(rf"{BEFORE}1z ?(?:[a-z0-9] ?){{16}}{AFTER}")
_PARCEL = re.compile(rf"{BEFORE}[a-z]{{0,4}}\d(?:[ \-]?\d){{7,21}}[a-z]{{0,2}}{AFTER}")
_DIGITS = re.compile(r"(?<![0-9a-z.,@\-])#? ?\d{4,8}(?![0-9a-z@]|[.,]\d|-\d)")
_SPELT = re.compile(rf"{BEFORE}([a-z]{{2,4}}) $")
_CODE = re.compile(r"(?<![0-9a-z#.,@\-])\d{3}[ \-]?\d{3}(?![0-9a-z@]|[.,\-]\d)")
_MONEY = re.compile(
    r"^ ?(?:€|\$|£|¥|%|eur\b|usd\b|gbp\b|chf\b|cny\b|rmb\b|euro\b|元|块|円|₽|руб|ユーロ|ドル|ポンド)"
)
_POSTCODE = re.compile(
    rf"{BEFORE}(?:[a-z]{{1,2}}-)?(?:"
    r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|[a-z]\d[\dw] ?[a-z0-9]{4}"
    r"|\d{5}-\d{3,4}|\d{4}-\d{3}|\d{3}-\d{4}|\d{2}-\d{3}|\d{4} ?(?!eu)[a-z]{2}|\d{3} \d{2,3}|\d{4,7}"
    rf"){AFTER}(?!-?\d)"
)
_PLACE = re.compile(r"(?:\d{5}|(?!19|20)\d{4}) [^\W\d_a-zа-яё][^\W\d_]{2,}")
"""A postcode and its town, as one writes them on a parcel."""
_TOWN = re.compile(r"[^\W\d_a-zа-яё][^\W\d_]{2,} ?[(（]$")
"""A town whose postcode follows in brackets."""
_BESIDE = re.compile(r"[^\w]*(?:\w{1,4}[^\w]+)?")


class IdentifierReader:
    """Finds identifiers by their shape and by the words around them.

    A bare number may be several things ("482913": order, code, postcode): it then gets every reading, and what was
    asked decides.
    """

    def __init__(self, lexicons: Sequence[Lexicon], order_number_pattern: str) -> None:
        def words(field: str) -> str:
            phrases: Phrases = tuple(p for lexicon in lexicons for p in getattr(lexicon.near, field))
            return pattern(phrases).pattern

        self._order = re.compile(rf"{BEFORE}(?:{order_number_pattern}){AFTER}", re.IGNORECASE)
        gap = r"[^\d\n]{0,24}?"
        self._before_order = re.compile(rf"[^\w]*(?:{words('order')}[^\w]+)?")
        self._near_order = re.compile(rf"{words('order')}{gap}$")
        self._near_tracking = re.compile(rf"{words('tracking')}[^\n]{{0,40}}$")
        self._after_tracking = re.compile(rf"^[^\n]{{0,24}}?{words('tracking')}")
        self._near_postcode = re.compile(rf"{words('postcode')}[^\d\n]{{0,16}}$")
        self._after_postcode = re.compile(rf"^\W{{0,3}}(?:\w+ ){{0,3}}?{words('postcode')}")
        self._near_code = re.compile(rf"{words('one_time_code')}{gap}$")
        self._after_code = re.compile(rf"^[^\d\n]{{0,12}}?{words('one_time_code')}")

    def read(self, folded: Folded) -> Iterator[Entity]:
        """All identifiers in the text, those with a sure shape first."""
        emails = list(self._emails(folded))
        tracking = list(self._tracking(folded, emails))
        orders = list(self._orders(folded, [*emails, *tracking]))
        yield from (*emails, *tracking, *orders)
        numbers = list(self._numbers(folded, [*emails, *tracking, *orders]))
        taken = [*emails, *tracking, *orders, *(n for n in numbers if not _alone(folded, n))]
        yield from numbers
        yield from self._codes(folded, taken)
        yield from self._postcodes(folded, [*emails, *tracking, *orders], [*orders, *numbers])

    def _emails(self, folded: Folded) -> Iterator[Entity]:
        for match in _EMAIL.finditer(folded.text):
            value = match[0].rstrip(".-")
            yield entity(folded, EntityKind.EMAIL, value, match.start(), match.start() + len(value))

    def _tracking(self, folded: Folded, taken: Iterable[Entity]) -> Iterator[Entity]:
        found: list[tuple[int, int]] = []
        for expression, valid in ((_S10, s10_valid), (_UPS, ups_valid)):
            for match in expression.finditer(folded.text):
                value = match[0].replace(" ", "").upper()
                if valid(value) or self._names_parcel(folded.text, *match.span()):
                    found.append(match.span())
                    yield entity(folded, EntityKind.TRACKING_NUMBER, value, *match.span())
        orders = [match.span() for match in self._order.finditer(folded.text)]
        for match in _PARCEL.finditer(folded.text):
            value = re.sub(r"[ \-]", "", match[0]).upper()
            if any(a < match.end() and match.start() < b for a, b in found) or _overlaps(
                folded, match.span(), taken
            ):
                continue
            # "FH-18854 390-0874" is an order and a postcode: what begins inside an order's number is no parcel's.
            if any(a < match.start() < b for a, b in orders):
                continue
            if self._is_parcel(folded.text, value, *match.span()):
                yield entity(folded, EntityKind.TRACKING_NUMBER, value, *match.span())

    def _is_parcel(self, text: str, value: str, start: int, end: int) -> bool:
        if self._order.fullmatch(value):
            return False
        digits = sum(c.isdigit() for c in value)
        if 18 <= digits <= 22 or (digits >= 12 and value[:2].isalpha()):
            return True
        return digits >= 10 and self._names_parcel(text, start, end)

    def _names_parcel(self, text: str, start: int, end: int) -> bool:
        return bool(
            self._near_tracking.search(text[max(0, start - 60) : start])
            or self._after_tracking.search(text[end : end + 48])
        )

    def _orders(self, folded: Folded, taken: Iterable[Entity]) -> Iterator[Entity]:
        for match in self._order.finditer(folded.text):
            if not _overlaps(folded, match.span(), taken):
                yield entity(folded, EntityKind.ORDER_NUMBER, match[0].upper(), *match.span())

    def _numbers(self, folded: Folded, taken: Iterable[Entity]) -> Iterator[Entity]:
        """Order numbers without letters: "#10428", "order 10428", or nothing but the number."""
        text = folded.text
        for match in _DIGITS.finditer(text):
            start, end = match.span()
            value = match[0].replace(" ", "").lstrip("#")
            if _overlaps(folded, (start, end), taken) or _MONEY.search(text[end : end + 8]):
                continue
            before = text[max(0, start - 48) : start]
            if not match[0].startswith("#") and (spelt := self._spelt(folded, start)) is not None:
                yield entity(
                    folded, EntityKind.ORDER_NUMBER, f"{text[spelt : start - 1]}-{value}".upper(), spelt, end
                )
                continue
            named = self._near_order.search(before) and not _is_year(value)
            other = self._near_code.search(before) or self._near_postcode.search(before)
            if not other and (match[0].startswith("#") or named or _alone_span(text, start, end)):
                yield entity(folded, EntityKind.ORDER_NUMBER, value, start, end)

    def _spelt(self, folded: Folded, start: int) -> int | None:
        """Where the letters of an order number begin that was written with a space: "order MF 10428"."""
        letters = _SPELT.search(folded.text[max(0, start - 8) : start])
        if not letters:
            return None
        first = start - len(letters[0])
        before = folded.text[max(0, first - 48) : first]
        capital = folded.original[slice(*folded.span(first, start - 1))].isupper()
        fits = self._order.match(f"{letters[1]}-{folded.text[start : start + 8]}")
        named = self._near_order.search(before) or not before.strip()
        return first if capital and fits and named else None

    def _codes(self, folded: Folded, taken: Iterable[Entity]) -> Iterator[Entity]:
        text = folded.text
        for match in _CODE.finditer(text):
            start, end = match.span()
            near = self._near_code.search(text[max(0, start - 48) : start]) or self._after_code.search(
                text[end : end + 32]
            )
            if (near or _alone_span(text, start, end)) and not _overlaps(folded, (start, end), taken):
                yield entity(folded, EntityKind.ONE_TIME_CODE, re.sub(r"\D", "", match[0]), start, end)

    def _postcodes(
        self, folded: Folded, taken: Sequence[Entity], orders: Sequence[Entity]
    ) -> Iterator[Entity]:
        text = folded.text
        for match in _POSTCODE.finditer(text):
            start, end = match.span()
            if _overlaps(folded, (start, end), taken):
                continue
            near = self._near_postcode.search(
                text[max(0, start - 40) : start]
            ) or self._after_postcode.search(text[end : end + 32])
            if not near and self._near_code.search(text[max(0, start - 48) : start]):
                continue
            first, _ = folded.span(start, end)
            place = _PLACE.match(folded.original, first) or (
                _TOWN.search(folded.original, max(0, first - 24), first)
                and not _is_year(match[0])
                and not _overlaps(folded, (start, end), orders)
            )
            if (
                near
                or place
                or _alone_span(text, start, end)
                or self._beside_order(folded, start, end, orders)
            ):
                yield entity(folded, EntityKind.POSTCODE, match[0].upper(), start, end)

    def _beside_order(self, folded: Folded, start: int, end: int, orders: Iterable[Entity]) -> bool:
        first, last = folded.span(start, end)
        for order in orders:
            if order.end <= first:
                gap = folded.original[order.end : first]
            elif last <= order.start:
                gap = folded.original[last : order.start]
            else:
                continue
            named = last <= order.start and self._before_order.fullmatch(gap.lower())
            if len(gap) < 24 and (named or _BESIDE.fullmatch(gap.lower())):
                return True
        return False


def entity(folded: Folded, kind: EntityKind, value: str, start: int, end: int) -> Entity:
    """An entity whose positions refer to the original text."""
    first, last = folded.span(start, end)
    while first < last and folded.original[first].isspace():
        first += 1
    return Entity(kind, value, folded.original[first:last], first, last)


def _is_year(value: str) -> bool:
    return len(value) == 4 and "1990" <= value <= "2049"


def _alone(folded: Folded, found: Entity) -> bool:
    rest = folded.original[: found.start] + folded.original[found.end :]
    return not any(c.isalnum() for c in rest)


def _alone_span(text: str, start: int, end: int) -> bool:
    return (
        not any(c.isalnum() for c in text[max(0, start - 40) : start] + text[end : end + 40])
        and len(text) < 80
    )


def _overlaps(folded: Folded, span: tuple[int, int], taken: Iterable[Entity]) -> bool:
    first, last = folded.span(*span)
    return any(e.start < last and first < e.end for e in taken)
