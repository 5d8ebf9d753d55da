"""Reads sizes beside a size that is known: "in 39, please" says a size to whoever has a 38."""

from __future__ import annotations

import re
import unicodedata

from nlu.perception import EntityKind, Perception

NEAR = 14
"""How many sizes away a number may be and still be a size of the same kind."""
OTHER_THINGS = frozenset(
    {
        EntityKind.ORDER_NUMBER,
        EntityKind.TRACKING_NUMBER,
        EntityKind.EMAIL,
        EntityKind.POSTCODE,
        EntityKind.ONE_TIME_CODE,
        EntityKind.MEASURE,
    }
)
_NUMBER = re.compile(
    r"(?<![0-9a-z.,#\-/])(\d{2}(?:[.,]5)?)(?![0-9%€$£/-]|[.,]\d"
    r"| ?(?:€|£|eur|euros?|usd|gbp|cm|mm|kg|days?|weeks?|minutes?|hours?|tage|wochen|días|jours|dagar"
    r"|天|元|円|日|週|周|年|分|点|個|件|双|枚|人)(?![a-z]))",
    re.IGNORECASE,
)


def sizes_said(perception: Perception, own: str | None) -> list[tuple[int, str]]:
    """The sizes that a message names and where, in its order; numbers only where `own` is one and they are near it."""
    known = _number(own)
    fits = [e for e in perception.all(EntityKind.FIT) if e.value != "like"]
    found = {
        e.start: e.value
        for e in perception.all(EntityKind.SIZE)
        # In "runs small" there is no S; who has a 38 means no letter, and "1" is no size beside M.
        if (own is None or _same_kind(_number(e.value), known))
        and not any(fit.start <= e.start and e.end <= fit.end for fit in fits)
    }
    if known is not None:
        text = unicodedata.normalize("NFKC", perception.text)
        text = text if len(text) == len(perception.text) else perception.text
        for match in _NUMBER.finditer(text):
            value = match[1].replace(",", ".")
            if abs(float(value) - known) <= NEAR and not _within_another(perception, *match.span(1)):
                found.setdefault(match.start(1), value)
    return sorted(found.items())


def like_said(
    perception: Perception, said: list[tuple[int, str]], own: str | None = None, reach: int = 12
) -> str | None:
    """The size that stands beside a "like": before it or behind it, as the language has it.

    Rather another one than her own: "I always wear 38, but these feel like a 36".
    """
    beside: list[str] = []
    for mention in perception.all(EntityKind.FIT):
        if mention.value == "like":
            near = [(_gap(mention.start, mention.end, start, value), value) for start, value in said]
            beside += [value for gap, value in sorted(near) if gap <= reach]
    return next((value for value in beside if value != own), beside[0] if beside else None)


def _same_kind(size: float | None, own: float | None) -> bool:
    if size is None or own is None:
        return size is own
    return abs(size - own) <= NEAR


def _gap(start: int, end: int, position: int, value: str) -> int:
    return position - end if position >= end else max(0, start - position - len(value))


def _number(size: str | None) -> float | None:
    try:
        return float((size or "").upper().removeprefix("EU").strip().replace(",", "."))
    except ValueError:
        return None


def _within_another(perception: Perception, start: int, end: int) -> bool:
    return any(
        e.kind in OTHER_THINGS and e.start <= start and end <= e.end and e.end - e.start > end - start
        for e in perception.entities
    )
