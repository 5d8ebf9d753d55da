"""A retrieved passage and the port that finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from nlu.perception import TextVectors


@dataclass(frozen=True, slots=True)
class Passage:
    """A verbatim piece of a document, with the place where it stands. `score` is comparable within one search only."""

    id: str
    document: str
    title_path: tuple[str, ...]
    text: str
    language: str
    market: str | None
    version: str
    page: int | None
    url: str | None
    valid_from: date | None
    valid_to: date | None
    score: float


class Retriever(Protocol):
    async def search(
        self, query: TextVectors, *, text: str, language: str, market: str | None, on: date, limit: int = 3
    ) -> Sequence[Passage]:
        """The passages that answer, best first; empty where none does. Those in the customer's language come first
        when they are as good."""
        ...
