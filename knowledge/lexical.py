"""BM25 over a language's passages: word tokens, and character bigrams where words are not spaced."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from nlu.folding import casefolded

K1 = 1.2
B = 0.75
PREFIX = 5
"""Words also count by their first letters, which stands in for a stemmer in every language."""

UNSPACED = (
    r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\U00020000-\U0003ffff]"
)
RUN = re.compile(rf"({UNSPACED}+)|((?:(?!{UNSPACED})[^\W_])+)")


def tokens(text: str) -> list[str]:
    """Case and width folded: words, prefixes of longer words, and bigrams of Chinese, Japanese, Korean and Thai runs."""
    found: list[str] = []
    for unspaced, word in RUN.findall(casefolded(unicodedata.normalize("NFKC", text))):
        if word:
            found.append(word)
            if len(word) > PREFIX:
                found.append(word[:PREFIX] + "…")
        elif len(unspaced) == 1:
            found.append(unspaced)
        else:
            found.extend(unspaced[i : i + 2] for i in range(len(unspaced) - 1))
    return found


class Bm25:
    """An index that is built once; scores every passage for a question."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = [Counter(tokens(text)) for text in texts]
        self.size = len(counts)
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float32)
        average = max(float(lengths.mean()), 1.0) if self.size else 1.0
        norm = K1 * (1 - B + B * lengths / average)
        rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, count in enumerate(counts):
            for token, occurrences in count.items():
                rows[token].append((row, occurrences))
        self._idf = {token: self._rarity(len(found)) for token, found in rows.items()}
        self._postings: dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]] = {}
        for token, found in rows.items():
            at = np.array([row for row, _ in found], dtype=np.int32)
            times = np.array([n for _, n in found], dtype=np.float32)
            values = times * (K1 + 1) / (times + norm[at])
            self._postings[token] = at, values.astype(np.float32)

    def _rarity(self, documents: int) -> float:
        return math.log(1 + (self.size - documents + 0.5) / (documents + 0.5))

    def scores(self, text: str) -> NDArray[np.float32]:
        """For each passage, the share (0 … about 2) of the question's weight in rare words that it carries."""
        scores = np.zeros(self.size, dtype=np.float32)
        weight = 0.0
        for token in set(tokens(text)):
            idf = self._idf.get(token, self._rarity(0))
            weight += idf
            if token in self._postings:
                rows, values = self._postings[token]
                scores[rows] += idf * values
        return scores / weight if weight else scores

    def best(self, text: str, limit: int) -> Sequence[int]:
        """Rows of the passages that share words with the question, best first."""
        scores = self.scores(text)
        order = np.argsort(-scores)[:limit]
        return [int(row) for row in order if scores[row] > 0]
