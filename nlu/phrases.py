"""Searches a text for the phrases of all languages, trying only those whose letters stand in it.

An expression over the words of many languages is slow to compile and slow to search. Most phrases can be ruled out
by a few letters that they cannot do without: only the others are compiled, once, and tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache

from nlu.folding import folded_letters
from nlu.lexicon import as_expression, compiled, edges

_GRAM = 3
_UNIT = re.compile(
    r"(?P<run>[^\\\[\](){}|?*+.^$]+)|(?P<space>\\s\+)|(?P<escaped>\\.)|(?P<set>\[\^?\]?[^\]]*\]|[.^$])"
    r"|(?P<open>\((?:\?(?:[:=!]|<[=!]))?)|(?P<close>\))|(?P<or>\|)|(?P<times>[?*+]|\{[^}]*\})",
    re.S,
)
_PLAIN = re.compile(r"[\w' -]*\w[\w' -]*")
_Unit = tuple[str, str]
_Rank = tuple[tuple[bool, bool], int, str]
"""An expression that needs no edge of a word comes first, then the longer one."""

Mention = tuple[int, int, str]
"""Start, end, and the name of what is mentioned."""


class _Index:
    """What to try for a text, by the letters without which it cannot match."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._always: set[str] = set()
        self._by_gram: dict[str, list[tuple[str, str]]] = {}
        for phrase, value in phrases:
            letters = needed(phrase)
            if not letters:
                self._always.add(value)
            for each in letters:
                self._by_gram.setdefault(each[:_GRAM], []).append((each, value))

    def hit(self, text: str) -> set[str]:
        found = set(self._always)
        for gram in self._by_gram.keys() & _grams(text):
            found.update(value for letters, value in self._by_gram[gram] if letters in text)
        return found


class PhraseSet:
    """Finds what one expression over all phrases would find: at each place the longest phrase wins.

    Texts are folded. Phrases are those of a lexicon (`nlu.lexicon.as_expression`).
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = frozenset(phrases)
        self._compiled: dict[str, tuple[_Rank, re.Pattern[str]]] = {}

    @cached_property
    def _index(self) -> _Index:
        return _Index((phrase, phrase) for phrase in self._phrases)

    def possible(self, text: str) -> list[re.Pattern[str]]:
        """The phrases that may stand in a folded text, the first to be tried first."""
        ranked = sorted(map(self._expression, self._index.hit(text)), key=lambda known: known[0])
        return [expression for _, expression in ranked]

    def _expression(self, phrase: str) -> tuple[_Rank, re.Pattern[str]]:
        known = self._compiled.get(phrase)
        if known is None:
            expression = as_expression(phrase)
            rank = edges(expression), -len(expression), expression
            known = self._compiled[phrase] = rank, compiled((phrase,))
        return known

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches without overlap, in the order of the text."""
        ahead = [(found, p) for p in self.possible(text) if (found := p.search(text))]
        position = 0
        while ahead:
            ahead = [
                (found, p)
                for old, p in ahead
                if (found := old if old.start() >= position else p.search(text, position))
            ]
            if ahead:
                first = min((found for found, _ in ahead), key=lambda m: m.start())
                yield first
                position = max(first.end(), first.start() + 1)

    def search(self, text: str) -> re.Match[str] | None:
        return next(self.finditer(text), None)

    def match(self, text: str) -> re.Match[str] | None:
        return next((found for p in self.possible(text) if (found := p.match(text))), None)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return next((found for p in self.possible(text) if (found := p.fullmatch(text))), None)

    def sub(self, by: str, text: str) -> str:
        pieces: list[str] = []
        position = 0
        for found in self.finditer(text):
            pieces += [text[position : found.start()], by]
            position = found.end()
        return "".join([*pieces, text[position:]])

    def count(self, text: str) -> int:
        """How many matches stand in the text."""
        return sum(1 for _ in self.finditer(text))

    def count_phrases(self, text: str) -> int:
        """How many different phrases stand in the text."""
        return sum(p.search(text) is not None for p in self.possible(text))


class NamedPhrases(Mapping[str, PhraseSet]):
    """Phrases by the name of what they mention, over all the languages that give it some."""

    def __init__(self, named: Iterable[tuple[str, Iterable[str]]]) -> None:
        merged: dict[str, set[str]] = {}
        for name, phrases in named:
            merged.setdefault(name, set()).update(phrases)
        self._named = {name: PhraseSet(phrases) for name, phrases in merged.items()}
        self._phrases = merged

    def __getitem__(self, name: str) -> PhraseSet:
        return self._named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    @cached_property
    def _index(self) -> _Index:
        return _Index((phrase, name) for name, phrases in self._phrases.items() for phrase in phrases)

    def everything(self, text: str) -> list[Mention]:
        """All mentions of the names, in the order of the text."""
        return sorted(
            (m.start(), m.end(), name)
            for name in self._index.hit(text)
            for m in self._named[name].finditer(text)
        )

    def longest(self, text: str) -> list[Mention]:
        """All mentions of the names; where two overlap, the longer one stays."""
        found = [mention for mention in self.everything(text) if mention[1] > mention[0]]
        kept: list[Mention] = []
        for start, end, name in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
            if not any(a < end and start < b for a, b, _ in kept):
                kept.append((start, end, name))
        return sorted(kept)


@lru_cache(maxsize=16)
def _grams(text: str) -> frozenset[str]:
    """Every piece of one to three letters."""
    return frozenset(text[i : i + n] for n in range(1, _GRAM + 1) for i in range(len(text) - n + 1))


@cache
def needed(phrase: str) -> frozenset[str]:
    """Letters of which one must stand in a text for the phrase to match; empty if nothing can be said."""
    if _PLAIN.fullmatch(phrase):
        return frozenset({max(folded_letters(phrase).split(), key=len)})
    return _needed([(unit.lastgroup or "", unit[0]) for unit in _UNIT.finditer(as_expression(phrase))])


def _needed(units: list[_Unit]) -> frozenset[str]:
    alternatives: list[list[_Unit]] = [[]]
    depth = 0
    for unit in units:
        depth += (unit[0] == "open") - (unit[0] == "close")
        if unit[0] == "or" and not depth:
            alternatives.append([])
        else:
            alternatives[-1].append(unit)
    found = [_of_sequence(each) for each in alternatives]
    return frozenset().union(*found) if all(found) else frozenset()


def _of_sequence(units: list[_Unit]) -> frozenset[str]:
    """The best of the runs of letters and of the groups that must be there."""
    found: list[frozenset[str]] = []
    run = ""
    place = 0
    while place < len(units):
        kind, text = units[place]
        start = place = place + 1
        if kind == "open":
            place = _closed(units, place)
        inside = units[start : place - 1]
        times = units[place][1] if place < len(units) and units[place][0] == "times" else ""
        while place < len(units) and units[place][0] == "times":
            place += 1
        optional = times[:1] in ("?", "*") or times.startswith(("{0", "{,"))
        if kind == "run" or (kind == "escaped" and not text[1].isalnum()):
            run += text.removeprefix("\\")
            if not times:
                continue
            run = run[:-1] if optional else run
        if run:
            found.append(frozenset({run}))
        run = ""
        if kind == "open" and text == "(?:" and not optional:
            found.append(_needed(inside))
    if run:
        found.append(frozenset({run}))
    return max(found, key=lambda letters: min(map(len, letters), default=0), default=frozenset())


def _closed(units: list[_Unit], place: int) -> int:
    """The place behind the end of the group that is open."""
    depth = 1
    while depth:
        depth += (units[place][0] == "open") - (units[place][0] == "close")
        place += 1
    return place
