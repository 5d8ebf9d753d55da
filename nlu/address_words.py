"""The words around the parts of an address: what announces one, what follows it, and what names a street."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.folding import fold
from nlu.lexicon import Lexicon, Phrases, pattern
from nlu.phrases import PhraseSet

EDGES = " .,:;-–—\"'“”„«»()"
HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def _inside_han(found: re.Match[str]) -> bool:
    return not HAN.search(found[0]) and HAN.match(found.string, found.end()) is not None


class AddressWords:
    """Cuts text by the words of all lexicons."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        def words(field: str) -> Phrases:
            return tuple(sorted({p for lx in lexicons for p in getattr(lx.address, field)}))

        self._label, self._lead, self._end = (PhraseSet(words(each)) for each in ("label", "lead", "end"))
        self._street, self._unit, self._city = (PhraseSet(words(each)) for each in ("street", "unit", "city"))
        self.number = pattern(words("number")).pattern
        self.postcode = pattern(tuple(sorted({p for lx in lexicons for p in lx.near.postcode})))
        self.negations = pattern(tuple(sorted({p for lx in lexicons for p in lx.negations}))).pattern
        self._polite = PhraseSet(p for lx in lexicons for p in lx.answers.polite)
        self._aside = PhraseSet(
            p
            for lx in lexicons
            for p in (*lx.answers.correction, *lx.answers.polite, *lx.answers.yes, *lx.answers.no)
        )
        self.small = PhraseSet(p for lx in lexicons for p in lx.small_words)

    def until_end(self, text: str, first: int = 1) -> str:
        """What stands before the words that are no part of an address any more."""
        folded = fold(text)
        found = next((m for m in self._end.finditer(folded.text) if m.start() >= first), None)
        return (text if found is None else text[: folded.span(*found.span())[0]]).strip(EDGES)

    def after_label(self, text: str) -> str:
        folded = fold(text)
        announced = list(self._label.finditer(folded.text))
        if HAN.search(text):
            # The letter of a flat, 12樓A室, is no "a".
            announced += [m for m in self._lead.finditer(folded.text) if not _inside_han(m)]
        last = max((m.end() for m in announced if m[0]), default=0)
        return text[folded.span(last - 1, last)[1] :].strip(EDGES) if last else text

    def bare(self, text: str) -> str:
        """Without what announces it, and without the small words before it."""
        rest = self.after_label(text)
        polite = self._polite.match(fold(rest).text)
        if polite and polite.end() < len(rest) and rest[polite.end()].isspace():
            rest = rest[polite.end() :].strip(EDGES)
        folded = fold(rest)
        cut = 0
        for found in self._lead.finditer(folded.text):
            start, end = folded.span(*found.span())
            if found[0] and rest[start].islower() and not re.search(r"\d", rest[:start]):
                cut = max(cut, end)
        return rest[cut:].strip(EDGES)

    def tidy(self, line: str) -> str:
        """Without an article before the street, and without the "in" between it and its town."""
        words = line.split()
        while len(words) > 1 and words[0].islower() and self._end.fullmatch(fold(words[0]).text):
            words = words[1:]
        while len(words) > 2 and self._is_article(words[0]) and not self._opens_street(words):
            words = words[1:]
        while len(words) > 1 and words[-1].islower() and self._lead.fullmatch(fold(words[-1]).text):
            words = words[:-1]
        return " ".join(words)

    def _is_article(self, word: str) -> bool:
        return word.islower() and len(word) <= 3 and self.small.fullmatch(fold(word).text) is not None

    def _opens_street(self, words: Sequence[str]) -> bool:
        """ "an der alster", "la rambla": it belongs to the name."""
        spans = self.street_span(" ".join(words[:3]))
        return spans is not None and spans[0] == 0

    def is_aside(self, chunk: str) -> bool:
        """ "Sorry", "pardon": a word that stands beside what is corrected."""
        return self._aside.fullmatch(fold(chunk).text) is not None

    def town(self, text: str) -> str:
        folded = fold(text)
        found = self._city.match(folded.text)
        return (
            self.bare(text[folded.span(*found.span())[1] :])
            if found and found.end() < len(folded.text) - 2
            else text
        )

    def street_span(self, text: str) -> tuple[int, int] | None:
        folded = fold(text)
        found = list(self._street.finditer(folded.text))
        return folded.span(*found[-1].span()) if found else None

    def is_unit(self, chunk: str) -> bool:
        folded = fold(self.bare(chunk)).text
        found = self._unit.search(folded)
        return bool(found) and not self.street_span(chunk)

    def name(self, chunk: str) -> str:
        """Two to four capitalised words just before the street."""
        words = self.bare(chunk).split()
        good = 2 <= len(words) <= 4 and all(w[0].isupper() and not any(c.isdigit() for c in w) for w in words)
        return " ".join(words) if good and len(chunk.split()) <= len(words) + 5 else ""
