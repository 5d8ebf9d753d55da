"""How committed sentences become one text."""

from __future__ import annotations

from collections.abc import Sequence

UNSPACED = frozenset({"ja", "km", "lo", "my", "yue", "zh"})
"""Languages that write no space between sentences. Thai writes none between words, but one where a sentence ends."""


def separator(before: str, after: str, language: str) -> str:
    """What stands between two pieces: nothing where one brings its own white space."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    return "" if language.partition("-")[0].lower() in UNSPACED else " "


def joined(pieces: Sequence[str], language: str) -> str:
    """The pieces as the customer reads them."""
    text = ""
    for piece in pieces:
        text += separator(text, piece, language) + piece
    return text
