"""The words that customers of a language use, counted, and how familiar a word is there."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from babel import Locale, UnknownLocaleError

from nlu.folding import VOWEL_SIGNS, fold
from nlu.heads import heads_folder
from nlu.lexicon import Lexicon

HAN = re.compile(r"[\u3400-\u9fff]+")
_RUN = rf"(?:[^\W\d_]|[{VOWEL_SIGNS}])+"
_WORD = re.compile(rf"{_RUN}(?:['’]{_RUN})*")
_SEEN = 0.95
"""How much of a word's probability comes from its count; the rest from its letters."""
_BACK_OFF = 3.0
_LETTERS = 60
_REAL, _REAL_PAIR, _TOLD = 4, 3, 30
"""What a word of a lexicon counts."""


def words_of(text: str) -> list[tuple[int, int, str]]:
    """The words of alphabetic scripts in a folded text, with their places."""
    return [
        (m.start(), m.end(), m[0].replace("’", "'"))
        for m in _WORD.finditer(HAN.sub(lambda run: " " * len(run[0]), text))
    ]


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Words, and pairs of neighbouring Han characters, which stand for words."""
    counts: Counter[str] = Counter()
    for text in texts:
        folded = fold(text).text
        counts.update(word for _, _, word in words_of(folded))
        counts.update(a + b for run in HAN.findall(folded) for a, b in pairwise(run))
    return counts


def told_words(lexicon: Lexicon) -> Counter[str]:
    """The words of a lexicon: all of them are real, those that introduce details are usual, too."""
    found = Counter[str]()
    for phrase in _phrases(lexicon.model_dump(exclude={"sounds", "language", "detect", "scripts"})):
        for word in count_words([re.sub(r"\\.", " ", phrase)]):
            found[word] = max(found[word], _REAL_PAIR if HAN.match(word) else _REAL)
    for phrase in _phrases(lexicon.near.model_dump()):
        if re.fullmatch(r"[^\W\d_]{3,}|[\u3400-\u9fff]{2,}", phrase):
            found.update(dict.fromkeys(count_words([phrase]), _TOLD))
    try:
        names = list(Locale.parse(lexicon.language, sep="-").territories.values())
    except (UnknownLocaleError, ValueError):
        names = []
    found.update(word for name in names for _, _, word in words_of(fold(str(name)).text))
    return found


def _phrases(value: object) -> set[str]:
    if isinstance(value, Mapping):
        return {phrase for part in value.values() for phrase in _phrases(part)}
    if isinstance(value, tuple):
        return {phrase for part in value for phrase in _phrases(part)}
    return {str(value)}


class Vocabulary:
    """Counts of words, and a model of their letters for the words that were never counted.

    A count of 0 marks a real word that customers do not use but might be thought to have mistyped.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        words = [word for word, count in counts.items() if count and not HAN.match(word)]
        self._total = sum(counts[word] for word in words)
        grams = [gram for word in words for gram in _grams(word)]
        self._grams = [Counter(gram[cut:] for gram in grams) for cut in range(3)]
        self._before = [Counter(gram[cut:2] for gram in grams) for cut in range(3)]
        self.familiarity = lru_cache(maxsize=2048)(self._familiarity)

    def __bool__(self) -> bool:
        return bool(self.counts)

    def _familiarity(self, word: str) -> float:
        """The logarithm of the word's probability."""
        seen = self.counts.get(word, 0) / max(1, self._total)
        return math.log(_SEEN * seen + (1 - _SEEN) * math.exp(sum(map(self._letter, _grams(word)))))

    def _letter(self, gram: str) -> float:
        chance = (self._grams[2][gram[2]] + 1) / (self._before[2][""] + _LETTERS)
        for cut in (1, 0):
            seen, before = self._grams[cut][gram[cut:]], self._before[cut][gram[cut:2]]
            chance = (seen + _BACK_OFF * chance) / (before + _BACK_OFF)
        return math.log(chance)


def _grams(word: str) -> list[str]:
    edged = f"^^{word[:40]}$"
    return [edged[i : i + 3] for i in range(len(edged) - 2)]


def words_file(folder: Path | None = None) -> Path:
    return (folder or heads_folder()) / "words.json"


def save_words(counts: Mapping[str, Mapping[str, int]], path: Path) -> None:
    """One line for each language; equal counts give equal files."""
    lines = (
        f"{json.dumps(language)}: {json.dumps(dict(sorted(counts[language].items())), ensure_ascii=False)}"
        for language in sorted(counts)
    )
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def load_vocabularies(path: Path | None = None) -> dict[str, Vocabulary]:
    """The vocabularies by language; a language without training phrases has none."""
    data: dict[str, dict[str, int]] = json.loads((path or words_file()).read_text("utf-8"))
    return {language: Vocabulary(counts) for language, counts in data.items()}
