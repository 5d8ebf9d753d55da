"""Folds text for pattern matching while remembering where every character came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WRITTEN = str.maketrans(
    "أإآٱىیئؤةک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹๐๑๒๓๔๕๖๗๘๙؟،؛٪٫٬",
    "اااايييوهك012345678901234567890123456789?,;%.,",
    "ءـًٌٍَُِّْٰ",
)
"""What chat leaves out or writes in several ways: hamzas, vowel signs, the stroke that stretches; digits, stops."""
_DEVANAGARI = str.maketrans("ँ०१२३४५६७८९।॥", "ं0123456789..", "\u093c")
"""The same of Hindi: the dot below, which of two nasals; digits, stops."""
_ALIKE = _WRITTEN | _DEVANAGARI
VOWEL_SIGNS = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
"""What Devanagari and Thai write around their letters: part of a word, though no letter to an expression."""

_DOTTED = "i\u0307"
"""What case folding leaves of the Turkish İ. The dotless ı becomes i as well: chat writes IADE, İade, iade and ıade."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another word in place of a part of the folded text."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Folded:
    """Case-folded NFKC text; `offsets[i]` is the original position of folded character i."""

    text: str
    offsets: range | tuple[int, ...]
    original: str
    respelt: tuple[tuple[int, int, str], ...] = ()
    """Where the original is read as another word: start, end and the word."""

    def changed(self, changes: Sequence[Change]) -> Folded:
        """The text with some words read as others; they still lie where the original ones do."""
        if not changes:
            return self
        pieces: list[str] = []
        offsets: list[int] = []
        respelt: list[tuple[int, int, str]] = []
        position = 0
        for change in changes:
            first, last = self.span(change.start, change.end)
            pieces += [self.text[position : change.start], change.word]
            offsets += self.offsets[position : change.start]
            ends = len(change.word) - 1
            offsets += [last - 1 if i == ends else min(first + i, last - 1) for i in range(len(change.word))]
            respelt.append((first, last, change.word))
            position = change.end
        pieces.append(self.text[position:])
        offsets += self.offsets[position:]
        return Folded("".join(pieces), tuple(offsets), self.original, tuple(respelt))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span behind a folded one."""
        if end <= start:
            return (self.offsets[start], self.offsets[start]) if start < len(self.text) else (0, 0)
        last = self.offsets[end - 1] + 1
        # A combining mark belongs to the character before it.
        while last < len(self.original) and _continues(self.original[last]):
            last += 1
        return self.offsets[start], last


@lru_cache(maxsize=4096)
def _fold_cluster(cluster: str) -> str:
    category = unicodedata.category(cluster[0])
    if category == "Cf":
        return ""
    if category == "Cs":
        return "\ufffd"
    if category == "Cc":
        return cluster if cluster in "\n\t" else " "
    return _folded(cluster)


def _continues(character: str) -> bool:
    """Whether it makes one character with the one before: marks, half-width voicing, vowels and ends of Hangul."""
    return (
        unicodedata.combining(character) > 0
        or character in "\uff9e\uff9f"
        or "\u1160" <= character <= "\u11ff"
    )


def folded_letters(text: str) -> str:
    """The folded text alone, for a phrase that holds nothing invisible; a tenth of the time of `fold`."""
    if text.isascii():
        return text.lower()
    return _folded(text)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", casefolded(unicodedata.normalize("NFKC", text)))
    return folded.translate(_ALIKE)


def casefolded(text: str) -> str:
    """Case-folded, with one i of the Turkish two."""
    return one_i(text.casefold())


def one_i(text: str) -> str:
    """What case folding leaves of İ, and ı, become i."""
    return text.replace(_DOTTED, "i").replace("ı", "i")


def fold(text: str) -> Folded:
    """Full-width forms become plain, case, hamzas and invisible characters go, controls become spaces."""
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return Folded(text.lower(), range(len(text)), text)
    pieces: list[str] = []
    offsets: list[int] = []
    index = 0
    while index < len(text):
        end = index + 1
        while end < len(text) and _continues(text[end]):
            end += 1
        piece = _fold_cluster(text[index:end]) if end - index < 8 else text[index]
        pieces.append(piece)
        offsets.extend([index] * len(piece))
        index = end
    return Folded("".join(pieces), tuple(offsets), text)
