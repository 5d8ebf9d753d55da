"""The port that finds a shop's products by what a customer says, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from commerce.models import Product
from nlu.goods import About, Wanted
from nlu.perception import TextVectors


@dataclass(frozen=True, slots=True)
class Hit:
    """A product with how well it fits: `named` where the words say its name, `score` to compare within one search."""

    product: Product
    score: float
    named: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What the words were taken for, and the products they may mean, best first."""

    wanted: Wanted
    hits: tuple[Hit, ...]

    @property
    def named(self) -> tuple[Product, ...]:
        """The products whose own name was said."""
        return tuple(hit.product for hit in self.hits if hit.named)


class ProductSearch(Protocol):
    async def find(self, text: str, vectors: TextVectors | None) -> Search:
        """The products that the text may mean; without vectors by words alone. Stock is as of the last look: whoever
        promises some asks the back end."""
        ...

    def speaks_of(self, what: About, text: str) -> bool:
        """Whether a description or a document says something about it."""
        ...
