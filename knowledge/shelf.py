"""One language's passages made ready for questions, and the signals that tell an answer from its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.index import E5_DIMENSIONS, ChromaIndex, embedded_text, side_by_side
from knowledge.lexical import Bm25
from knowledge.passages import Passage
from nlu.perception import TextVectors, Vector

Matrix = NDArray[np.float32]

IN_MEMORY = 5_000
"""Up to so many passages are compared one by one (1.5 ms); a larger shelf asks Chroma for candidates."""

CANDIDATES = 50
E5_EMPHASIS = 6.0
"""How much more an e5 cosine counts than a USE cosine when Chroma looks for candidates: e5's are six times narrower."""

SIGNALS = ("e5", "use", "lexical")


@dataclass(frozen=True, slots=True)
class Signals:
    """Rows of a shelf and, for each, one line of figures in the order of SIGNALS."""

    rows: Sequence[int]
    figures: Matrix


@dataclass(frozen=True, slots=True)
class Shelf:
    """`vectors` is None where the passages are too many to keep in memory."""

    language: str
    passages: tuple[Passage, ...]
    vectors: Matrix | None
    lexical: Bm25
    index: ChromaIndex
    rows: dict[str, int]

    def signals(self, query: TextVectors, text: str, query_language: str) -> Signals:
        """What speaks for each candidate. Blocking; touches Chroma only on a large shelf."""
        row = side_by_side(query, query_language)
        if self.vectors is None:
            candidates, vectors = self._nearest(row, text)
        else:
            candidates, vectors = list(range(len(self.passages))), self.vectors
        figures = [
            vectors[:, :E5_DIMENSIONS] @ row[:E5_DIMENSIONS],
            vectors[:, E5_DIMENSIONS:] @ row[E5_DIMENSIONS:],
            self.lexical.scores(text)[candidates],
        ]
        return Signals(candidates, np.stack(figures, axis=1))

    def _nearest(self, row: Vector, text: str) -> tuple[list[int], Matrix]:
        weighted = np.concatenate([E5_EMPHASIS * row[:E5_DIMENSIONS], row[E5_DIMENSIONS:]])
        identities = self.index.nearest(self.language, weighted, CANDIDATES)
        identities += [self.passages[i].id for i in self.lexical.best(text, CANDIDATES)]
        # A newer run may already have replaced or swept passages that this shelf still knows.
        current = [identity for identity in dict.fromkeys(identities) if identity in self.rows]
        vectors = self.index.fetch(self.language, current)
        found = [identity for identity in current if identity in vectors]
        width = len(row)
        stacked = np.stack([vectors[i] for i in found]) if found else np.zeros((0, width), dtype=np.float32)
        return [self.rows[i] for i in found], stacked


def load_shelf(index: ChromaIndex, language: str, in_memory: int = IN_MEMORY) -> Shelf:
    """Read a language from the index. Blocking."""
    stored = index.load(language)
    return Shelf(
        language=language,
        passages=stored.passages,
        vectors=stored.vectors if len(stored.passages) <= in_memory else None,
        lexical=Bm25(embedded_text(passage) for passage in stored.passages),
        index=index,
        rows={passage.id: row for row, passage in enumerate(stored.passages)},
    )
