"""Reads body measures: which part, how long, in centimetres whatever the unit was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from nlu.folding import Folded
from nlu.identifiers import entity
from nlu.lexicon import AFTER, BEFORE, Lexicon, named_pattern, unbound
from nlu.perception import Entity, EntityKind
from nlu.phrases import NamedPhrases

UNKNOWN = "?"
"""The part of a length that stands alone; what was asked, or what the chart measures, decides."""
WEIGHT, HEIGHT = "weight", "height"
READ_CHARACTERS = 1500
"""Of a longer message the beginning is read: a body has few measures."""
REACH = 24
"""How many characters may stand between a part and its length."""
BARE = {
    "foot_length": (10, 35),
    "chest": (50, 170),
    "waist": (45, 170),
    "hip": (60, 180),
    "inseam": (40, 110),
    "neck": (25, 60),
    "hand_girth": (12, 32),
    HEIGHT: (80, 230),
    WEIGHT: (10, 250),
}
"""Between what a number without a unit is a measure of the part beside it."""
FACTORS = {
    "cm": Decimal(1),
    "mm": Decimal("0.1"),
    "m": Decimal(100),
    "in": Decimal("2.54"),
    "ft": Decimal("30.48"),
    "kg": Decimal(1),
    "lb": Decimal("0.45359237"),
}
MASSES = ("kg", "lb")
HUNDREDTH = Decimal("0.01")
_NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?(?:½| 1/2|(?<=\d) ?1⁄2)?"
_FEET = re.compile(
    rf"{BEFORE}([3-7]) ?(?:'|’|′|ft|feet|foot) ?(\d{{1,2}}) ?(?:\"|”|″|''|in|inch|inches)?(?![0-9a-z])"
)
_BARE = re.compile(rf"(?<![0-9a-z.#\-/])(?<!\d,)({_NUMBER})(?![0-9a-z€$£%]|[.,]\d|-\d)")


class MeasureReader:
    """Finds lengths by their units, and numbers by the part of the body beside them."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._parts = NamedPhrases(item for lexicon in lexicons for item in lexicon.body.measures.items())
        units = named_pattern(item for lexicon in lexicons for item in lexicon.body.units.items())
        self._units = {
            name: re.compile(rf"(?<![0-9a-z.#])(?<!\d,)({_NUMBER}) ?-?(?:{unbound(words)}){AFTER}")
            for name, words in units.items()
            if name in FACTORS
        }

    def read(self, folded: Folded) -> Iterator[Entity]:
        """The measures, in the order of the text; one number belongs to one part."""
        text = folded.text[:READ_CHARACTERS]
        if not any(character.isdigit() for character in text):
            return
        parts = self._parts.longest(text)
        spans = sorted(self._lengths(text))
        for start, end, value in spans:
            mass = value.startswith("kg")
            part = WEIGHT if mass else self._part(parts, spans, start, end)
            yield entity(folded, EntityKind.MEASURE, f"{part}={value[2:]}", start, end)
        for start, end, value in self._bare(text, parts, spans):
            yield entity(folded, EntityKind.MEASURE, value, start, end)

    def _lengths(self, text: str) -> Iterator[tuple[int, int, str]]:
        taken: list[tuple[int, int]] = []
        for match in _FEET.finditer(text):
            length = int(match[1]) * FACTORS["ft"] + int(match[2]) * FACTORS["in"]
            taken.append(match.span())
            yield *match.span(), f"cm{_rounded(length)}"
        for name, expression in self._units.items():
            for match in expression.finditer(text):
                if not any(a < match.end() and match.start() < b for a, b in taken):
                    taken.append(match.span())
                    kind = "kg" if name in MASSES else "cm"
                    yield *match.span(), f"{kind}{_rounded(_decimal(match[1]) * FACTORS[name])}"

    def _part(
        self,
        parts: Sequence[tuple[int, int, str]],
        spans: Sequence[tuple[int, int, str]],
        start: int,
        end: int,
    ) -> str:
        """The part named just before the length, else the one just after it."""
        between = [a for a, _, _ in spans if a != start]
        before = [
            p for p in parts if p[1] <= start <= p[1] + REACH and not any(p[1] <= a < start for a in between)
        ]
        if before:
            return before[-1][2]
        after = [p for p in parts if end <= p[0] <= end + REACH and not any(end <= a < p[0] for a in between)]
        return after[0][2] if after else UNKNOWN

    def _bare(
        self, text: str, parts: Sequence[tuple[int, int, str]], spans: Sequence[tuple[int, int, str]]
    ) -> Iterator[tuple[int, int, str]]:
        """Numbers without a unit, where a part stands beside them and the number can be its measure."""
        for match in _BARE.finditer(text):
            start, end = match.span(1)
            if any(a < end and start < b for a, b, _ in spans):
                continue
            beside = [
                p
                for p in parts
                if p[1] <= start <= p[1] + REACH // 2 and not re.search(r"\d", text[p[1] : start])
            ]
            if not beside:
                continue
            part, value = beside[-1][2], _decimal(match[1])
            low, high = BARE.get(part, (0, 0))
            if low <= value <= high:
                yield start, end, f"{part}={_rounded(value)}"


def _decimal(text: str) -> Decimal:
    plain = re.sub(r" ?(?:½|1/2|1⁄2)$", "", text).replace(",", ".")
    return Decimal(plain) + (Decimal("0.5") if plain != text.replace(",", ".") else 0)


def _rounded(value: Decimal) -> str:
    rounded = value.quantize(HUNDREDTH, ROUND_HALF_UP).normalize()
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)
