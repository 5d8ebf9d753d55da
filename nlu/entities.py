"""Reads all entities of a message and puts neutral tokens in their place before encoding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlu.attributes import AttributeReader
from nlu.coupons import CouponReader
from nlu.folding import Folded
from nlu.identifiers import IdentifierReader
from nlu.lexicon import Lexicon
from nlu.masking import MASK
from nlu.measurements import MeasureReader
from nlu.perception import Entity, EntityKind

IDENTIFIERS = frozenset(
    {
        EntityKind.ORDER_NUMBER,
        EntityKind.TRACKING_NUMBER,
        EntityKind.EMAIL,
        EntityKind.POSTCODE,
        EntityKind.ONE_TIME_CODE,
    }
)
"""Mentions that belong to no language."""
COUNTED = frozenset({EntityKind.SIZE, EntityKind.QUANTITY})
CONTACT = "\ue000"
"""Stands for an e-mail address or a postcode, which say nothing about the request."""
_TOKENS = {EntityKind.EMAIL: CONTACT, EntityKind.POSTCODE: CONTACT}


class EntityReader:
    """Identifiers and attributes, sorted by their place in the text."""

    def __init__(self, lexicons: Sequence[Lexicon], order_number_pattern: str) -> None:
        self._identifiers = IdentifierReader(lexicons, order_number_pattern)
        self.attributes = AttributeReader(lexicons)
        self._measures = MeasureReader(lexicons)
        self._coupons = CouponReader(lexicons)

    def read(self, folded: Folded) -> tuple[Entity, ...]:
        identifiers = list(self._identifiers.read(folded))
        coupons = [e for e in self._coupons.read(folded) if not _ordered(e, identifiers)]
        measures = list(self._measures.read(folded))
        # What is a coupon's code or a length is no number of anything else.
        identifiers = [e for e in identifiers if not _within(e, [*coupons, *measures])]
        attributes = [
            e
            for e in self.attributes.read(folded)
            # A lone number may also be a size; inside a longer identifier it is not.
            if not any(i.start <= e.start and e.end <= i.end and i.text != e.text for i in identifiers)
            and not (e.kind in COUNTED and _within(e, [*coupons, *measures]))
        ]
        found = [*identifiers, *attributes, *measures, *coupons]
        return tuple(sorted(found, key=lambda e: (e.start, e.end)))


def _within(found: Entity, others: Sequence[Entity]) -> bool:
    return any(other.start <= found.start and found.end <= other.end for other in others)


def _ordered(code: Entity, identifiers: Sequence[Entity]) -> bool:
    """Whether it is an order's or a parcel's number, and no coupon's code."""
    own = (EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER)
    return any(e.kind in own and e.start < code.end and code.start < e.end for e in identifiers)


def identifier_spans(entities: Iterable[Entity]) -> list[tuple[int, int, EntityKind]]:
    """The spans of identifiers without overlap, in order."""
    spans: list[tuple[int, int, EntityKind]] = []
    for found in sorted((e for e in entities if e.kind in IDENTIFIERS), key=lambda e: (e.start, -e.end)):
        if not spans or found.start >= spans[-1][1]:
            spans.append((found.start, found.end, found.kind))
    return spans


def neutral(folded: Folded, entities: Iterable[Entity], start: int = 0, end: int | None = None) -> str:
    """What is encoded of a text, or a part of it: identifiers are tokens that say nothing, slips are put right."""
    text = folded.original[:end]
    pieces: list[str] = []
    position = start
    tokens = [(first, last, _TOKENS.get(kind, "#1")) for first, last, kind in identifier_spans(entities)]
    for first, last, word in sorted([*tokens, *folded.respelt]):
        if first < position or last > len(text):
            continue
        pieces += [text[position:first], word]
        position = last
    return "".join([*pieces, text[position:]]).replace(MASK, "*")
