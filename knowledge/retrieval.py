"""Hybrid retrieval: both encoders and BM25 over the languages that have documents, with a calibrated no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from knowledge.calibration import Calibration, load_calibration
from knowledge.index import ChromaIndex
from knowledge.passages import Passage
from knowledge.shelf import Shelf, load_shelf
from nlu.perception import TextVectors


@dataclass(frozen=True, slots=True)
class Question:
    """What a search is about; `market` is the customer's country, None where it is unknown."""

    vectors: TextVectors
    text: str
    language: str
    market: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Library:
    """The shelves that are in memory, and the generation of the index that they show."""

    generation: str
    shelves: tuple[Shelf, ...]

    def answers(self, question: Question, calibration: Calibration) -> list[Passage]:
        """The passages that answer, best first, all in one language: an answer is read as one.

        That is the customer's language unless another has something clearly better. Blocking.
        """
        has_own = any(shelf.language == question.language for shelf in self.shelves)
        best: list[Passage] = []
        for shelf in self.shelves:
            # Documents often exist in several languages: then the customer's own one has the answer if there is one.
            handicap = calibration.own_language if has_own and shelf.language != question.language else 0.0
            found = answers_on(shelf, question, calibration, handicap)
            if found and (not best or found[0].score > best[0].score):
                best = found
        return best


class HybridRetriever:
    """Implements `knowledge.passages.Retriever`. Reads the index at the first search, and again when it has changed."""

    def __init__(self, index: ChromaIndex, calibration: Calibration | None = None) -> None:
        self._index = index
        self._calibration = calibration or load_calibration()
        self._library: Library | None = None
        self._loading = Lock()

    async def warm(self) -> int:
        """Load what is needed before the first question; returns the number of passages."""
        library = await asyncio.to_thread(self._current)
        return sum(len(shelf.passages) for shelf in library.shelves)

    async def search(
        self, query: TextVectors, *, text: str, language: str, market: str | None, on: date, limit: int = 3
    ) -> Sequence[Passage]:
        """See `knowledge.passages.Retriever`."""
        question = Question(query, text, language, market, on)
        found = await asyncio.to_thread(lambda: self._current().answers(question, self._calibration))
        return found[:limit]

    def _current(self) -> Library:
        """The library as the index is now. Blocking."""
        generation = self._index.generation()
        library = self._library
        if library is None or library.generation != generation:
            with self._loading:
                library = self._library
                if library is None or library.generation != generation:
                    library = self._library = load_library(self._index)
        return library


def load_library(index: ChromaIndex) -> Library:
    """Read all languages that have documents. Blocking."""
    while True:
        generation = index.generation()
        library = Library(generation, tuple(load_shelf(index, language) for language in index.languages()))
        # A run that ended meanwhile has swept passages that we were about to read.
        if index.generation() == generation:
            return library


def answers_on(
    shelf: Shelf, question: Question, calibration: Calibration, handicap: float = 0.0
) -> list[Passage]:
    """A shelf's passages that answer in spite of the handicap, best first, without repetitions."""
    signals = shelf.signals(question.vectors, question.text, question.language)
    weights = calibration.weights(question.language, shelf.language)
    scores = weights.score(signals.figures, question.language)
    found: list[Passage] = []
    for row, score in zip(signals.rows, scores, strict=True):
        passage = shelf.passages[row]
        if score >= handicap and applies(passage, question):
            own_market = calibration.own_market if passage.market else 0.0
            found.append(replace(passage, score=float(score) - handicap + own_market))
    return list(_distinct(sorted(found, key=lambda passage: -passage.score)))


def applies(passage: Passage, question: Question) -> bool:
    """Whether a passage is in force on that day and meant for that market; one without a market is for all."""
    if passage.market is not None and passage.market != question.market:
        return False
    begun = passage.valid_from is None or passage.valid_from <= question.on
    return begun and (passage.valid_to is None or question.on <= passage.valid_to)


def _distinct(passages: Iterable[Passage]) -> Iterable[Passage]:
    seen: set[str] = set()
    for passage in passages:
        text = " ".join(passage.text.casefold().split())
        if text not in seen:
            seen.add(text)
            yield passage
