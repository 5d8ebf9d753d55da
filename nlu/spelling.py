"""Puts mistyped words right: shorthand, and words that nobody writes where one that customers use is a slip away."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from nlu.folding import Change, Folded, folded_letters
from nlu.lexicon import Lexicon
from nlu.phrases import NamedPhrases
from nlu.vocabulary import HAN, Vocabulary, words_of

_SHORTEST, _SHORTEST_SLIP, _SHORTEST_TWO_SLIPS = 3, 5, 10
_USUAL = 4
"""How often a word must have been written to be the one that was meant."""
_DOUBLED = re.compile(r"(.)\1+")
_SYLLABLE = re.compile(r"(?<![a-z])[a-z]{2,6}(?![a-z])")
_RARE = 2
_ROWS = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_NEAR = (
    *("aeiouy", "dt", "bp", "gk", "ckqsxz", "fvw", "mn", "ij"),
    *(row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)),
)
_GAIN = 2.5
_MOST = 24
"""Of a longer message the first slips are put right."""


class Speller:
    """Knows the words of each language by how they look without marks, and its Han characters by how they sound."""

    def __init__(self, lexicons: Sequence[Lexicon], vocabularies: Mapping[str, Vocabulary]) -> None:
        self._vocabularies = vocabularies
        # What is written in one language may stand in a message of another; a real word that nobody writes may not.
        written = {w for v in vocabularies.values() for w, count in v.counts.items() if count > 1}
        self._known = {
            language: written | {w for w, count in v.counts.items() if count == 0}
            for language, v in vocabularies.items()
        }
        self._heard = {
            lexicon.language: _Sounds(lexicon, vocabularies[lexicon.language].counts)
            for lexicon in lexicons
            if lexicon.sounds and lexicon.language in vocabularies
        }
        self._shorthand = {
            lx.language: NamedPhrases((folded_letters(word), typed) for word, typed in lx.shorthand.items())
            for lx in lexicons
        }
        # Latin words within Han text are names and codes.
        self._looks = {
            language: _looks(v.counts)
            for language, v in vocabularies.items()
            if not any(map(HAN.match, v.counts))
        }

    def changes(self, folded: Folded, language: str, spans: Iterable[tuple[int, int]]) -> tuple[Change, ...]:
        """What to read in place of what was typed; `spans` of the original text are left alone."""
        text = list(folded.text)
        for start, end in spans:
            for place in range(len(text)):
                if start <= folded.offsets[place] < end:
                    text[place] = " "
        words = "".join(text)
        found = [*self._abbreviated(words, language)]
        for start, end, _ in found:
            words = f"{words[:start]}{' ' * (end - start)}{words[end:]}"
        found += self._mistyped(words, language)
        if heard := self._heard.get(language):
            found += heard.misheard(words)
        return tuple(Change(start, end, word) for start, end, word in sorted(found)[:_MOST])

    def _abbreviated(self, text: str, language: str) -> Iterable[tuple[int, int, str]]:
        shorthand = self._shorthand.get(language)
        return shorthand.longest(text) if shorthand else []

    def _mistyped(self, text: str, language: str) -> Iterable[tuple[int, int, str]]:
        looks, vocabulary = self._looks.get(language), self._vocabularies.get(language)
        if not looks or not vocabulary:
            return
        for start, end, word in words_of(text):
            if len(word) < _SHORTEST or (
                word in self._known[language] and not _halved(word, looks, vocabulary.counts)
            ):
                continue
            if (meant := _meant(word, looks, vocabulary.counts)) and meant != word:
                yield start, end, meant

    def slips(self, words: Iterable[str], language: str) -> Iterator[str]:
        """Those of the words that would be taken for a slip: where they are real words they must be known."""
        if language not in self._looks:
            return
        exact, _ = looks = self._looks[language]
        counts = self._vocabularies[language].counts
        for word in words:
            same = exact.get(_look(word))
            # "bite" is a word somewhere and still a "bitte" with a letter too few.
            doubled = same and _DOUBLED.sub(r"\1", same) == _DOUBLED.sub(r"\1", word)
            if counts.get(word, 0) < 2 and not doubled and _meant(word, looks, counts):
                yield word

    def meant(self, word: str, language: str) -> str | None:
        """The word of its customers that is one slip away, if there is one."""
        looks = self._looks.get(language)
        return _meant(word, looks, self._vocabularies[language].counts) if looks else None


class _Sounds:
    """The pairs of characters that customers of one language write, by how they sound."""

    def __init__(self, lexicon: Lexicon, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._sounds: dict[str, set[str]] = {}
        for syllable, characters in lexicon.sounds.items():
            for character in characters:
                self._sounds.setdefault(character, set()).add(syllable)
        self._particles = frozenset(lexicon.particles)
        self._single = Counter[str]()
        for pair, count in counts.items():
            if HAN.match(pair):
                self._single.update({pair[0]: count, pair[1]: count})
        self._alike = self._by_sound()

    def _by_sound(self) -> dict[tuple[str, str], list[str]]:
        usual: dict[tuple[str, str], list[str]] = {}
        for pair, count in self._counts.items():
            if count >= _USUAL and HAN.match(pair) and pair[0] not in self._particles:
                for first in self._sounds.get(pair[0], ()):
                    for second in self._sounds.get(pair[1], ()):
                        usual.setdefault((first, second), []).append(pair)
        return usual

    def misheard(self, text: str) -> Iterable[tuple[int, int, str]]:
        """Places and what to read there."""
        for run in HAN.finditer(text):
            yield from self._in_run(run.start(), run[0])
        for syllable in _SYLLABLE.finditer(text):
            # A syllable typed out and never turned into its character: "tui货".
            after = text[syllable.end() : syllable.end() + 1]
            pairs = (
                p
                for sound in self._sounds.get(after, ())
                for p in self._alike.get((syllable[0], sound), ())
                if p[1] == after
            )
            if best := max(pairs, key=lambda pair: self._counts[pair], default=None):
                yield syllable.start(), syllable.end(), best[0]

    def _in_run(self, start: int, run: str) -> Iterable[tuple[int, int, str]]:
        characters = list(run)
        for place in range(len(characters) - 1):
            if self._counts.get(characters[place] + characters[place + 1], 0) > _RARE:
                continue
            best, changed = _GAIN, None
            for one, two in self._keys(characters[place], characters[place + 1]):
                for pair in self._alike.get((one, two), ()):
                    differing = [i for i in (0, 1) if pair[i] != characters[place + i]]
                    if len(differing) != 1 or characters[place + differing[0]] in self._particles:
                        continue
                    where = place + differing[0]
                    meant = pair[differing[0]]
                    gain = _gain(characters, where, meant, self._counts)
                    gain -= _excess(characters[where], meant, self._single)
                    if gain > best:
                        best, changed = gain, (where, pair[differing[0]])
            if changed:
                where, character = changed
                characters[where] = character
                yield start + where, start + where + 1, character

    def _keys(self, first: str, second: str) -> Iterable[tuple[str, str]]:
        return ((a, b) for a in self._sounds.get(first, ()) for b in self._sounds.get(second, ()))


def _excess(character: str, meant: str, single: Mapping[str, int]) -> float:
    """A character that is everywhere is rarely a slip for one that is not."""
    return max(0.0, math.log1p(single.get(character, 0)) - math.log1p(single.get(meant, 0)))


def _gain(characters: Sequence[str], where: int, character: str, counts: Mapping[str, int]) -> float:
    """How much more usual its pairs become when one character is replaced."""
    before = characters[where - 1] if where else ""
    after = characters[where + 1] if where + 1 < len(characters) else ""

    def usual(middle: str) -> float:
        return sum(math.log1p(counts.get(pair, 0)) for pair in (before + middle, middle + after))

    return usual(character) - usual(characters[where])


Looks = tuple[dict[str, str], dict[str, list[str]]]
"""The most usual word by its look, and the looks by what is left of them without one letter."""


def _looks(counts: Mapping[str, int]) -> Looks:
    exact: dict[str, str] = {}
    for word in sorted(counts, key=lambda w: (-counts[w], w)):
        if not HAN.match(word) and counts[word] >= 2:
            exact.setdefault(_look(word), word)
    shortened: dict[str, list[str]] = {}
    for look, word in exact.items():
        if len(word) >= _SHORTEST_SLIP and counts[word] >= _USUAL:
            for rest in _shorter(look):
                shortened.setdefault(rest, []).append(look)
    return exact, shortened


def _look(word: str) -> str:
    """Without marks, doubled letters and the "e" that stands for an umlaut."""
    return _DOUBLED.sub(r"\1", re.sub(r"(?<=[aou])e", "", _unmarked(word)))


def _bare(word: str) -> str:
    """With the "e", which stands for no umlaut where letters have changed places: "remvoe"."""
    return _DOUBLED.sub(r"\1", _unmarked(word))


def _unmarked(word: str) -> str:
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _shorter(look: str) -> set[str]:
    return {look, *(look[:i] + look[i + 1 :] for i in range(len(look)))}


def _halved(word: str, looks: Looks, counts: Mapping[str, int]) -> bool:
    """Whether a word of another language ("gros") is one of this with a doubled letter too few."""
    same = looks[0].get(_look(word))
    return word not in counts and bool(same) and len(same or "") > len(word)


def _meant(word: str, looks: Looks, counts: Mapping[str, int]) -> str | None:
    readings = (_near(word, look, looks, counts) for look in {_look(word), _bare(word)})
    return max(filter(None, readings), key=lambda w: (counts[w], w), default=None)


def _near(word: str, look: str, looks: Looks, counts: Mapping[str, int]) -> str | None:
    exact, shortened = looks
    if look in exact:
        return exact[look]
    if len(word) < _SHORTEST_SLIP:
        return None
    near = {c for rest in _shorter(look) for c in shortened.get(rest, ()) if _one_slip(look, c)}
    if not near and len(word) >= _SHORTEST_TWO_SLIPS:
        near = {
            c
            for i, j in combinations(range(len(look)), 2)
            for c in shortened.get(look[:i] + look[i + 1 : j] + look[j + 1 :], ())
        }
    # People know how a word begins; and one that only ends otherwise is another form of it.
    meant = [exact[c] for c in near if c[0] == look[0] and not (c.startswith(look) or look.startswith(c))]
    return max(meant, key=lambda w: (counts[w], w), default=None)


def _confused(first: str, second: str) -> bool:
    """Letters that sound alike or lie side by side on a keyboard."""
    return any(first in near and second in near for near in _NEAR)


def _one_slip(first: str, second: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if abs(len(first) - len(second)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(map(len, (first, second))),
    )
    a, b = first[start:], second[start:]
    return (
        (a[1:] == b[1:] and _confused(a[:1], b[:1]))
        or a[1:] == b
        or a == b[1:]
        or (a[:2] == b[1::-1] and a[2:] == b[2:])
    )
