"""Sentences of any language, and how long a text is for an encoder."""

from __future__ import annotations

import re
import unicodedata

from icu4py.breakers import SentenceBreaker

WIDE_WEIGHT = 2.2
"""One ideograph says about as much, and takes as many tokens, as so many Latin letters."""

# ICU ends a sentence after "z." or "3."; these ends are none: a lone letter, an ordinal, a common abbreviation.
NOT_AN_END = re.compile(
    r"(?:(?:^|[\s(])(?:\w|\d{1,2}|ca|bzw|evtl|ggf|inkl|exkl|Nr|Art|Abs|Str|Mr|Mrs|Ms|Dr|No|St|approx|incl|excl|vs|e\.g|i\.e)"
    r"\.\s*)$"
)
OPENING_QUOTE = re.compile(r"[“「『《(„]\s*$")


def sentences(text: str, language: str) -> list[str]:
    """The sentences and lines of a text, in order, without the space between them."""
    found: list[str] = []
    for line in text.split("\n"):
        found.extend(_of_line(line, language))
    return found


def _of_line(line: str, language: str) -> list[str]:
    pieces: list[str] = []
    carried = ""
    # Iterating yields strings; `segments()` would give offsets in UTF-16 units.
    for piece in SentenceBreaker(line, language):
        piece = carried + piece
        carried = ""
        if pieces and (NOT_AN_END.search(pieces[-1]) or piece[:1].islower()):
            pieces[-1] += piece
            continue
        if opening := OPENING_QUOTE.search(piece):
            piece, carried = piece[: opening.start()], opening.group()
        pieces.append(piece)
    if carried:
        pieces.append(carried)
    return [piece.strip() for piece in pieces if piece.strip()]


def weight(text: str) -> int:
    """The length of a text in Latin letters' worth."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return round(len(text) + (WIDE_WEIGHT - 1) * wide)


def joiner(before: str, after: str) -> str:
    """What stands between two sentences of one paragraph: nothing between ideographs, else a space."""
    return "" if unicodedata.east_asian_width(before[-1]) in "WF" else " "
