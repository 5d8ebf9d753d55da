"""Finds products by words in any language and by meaning: names, the words of the trade, and both encoders."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import structlog
from numpy.typing import NDArray

from commerce.backend import CommerceBackend
from commerce.errors import BackendUnavailable
from commerce.models import Product
from facts.clock import Clock
from knowledge.goods import Hit, Search
from knowledge.goods_vectors import PORTION, GoodsVectors, texts_of
from knowledge.index import E5_DIMENSIONS
from knowledge.lexical import tokens
from nlu.goods import About, GoodsReader, Wanted
from nlu.perception import TextVectors

log = structlog.get_logger(__name__)

SETTLING = timedelta(seconds=5)
"""What a fresh process does first, before it encodes: it answers."""
FRESH = timedelta(minutes=2)
"""How long a look at the catalogue serves: titles change seldom, and stock is read anew."""
MOST = 24
QUERY_CHARACTERS = 400
WORD, NAME, MEANING = 1.0, 1.2, 0.3
"""What a word of the trade, the name, and each deviation count by which a meaning stands out."""
STANDS_OUT = 3.0
"""Deviations, of both encoders together, that the nearest of any catalogue has by chance: "laptops" has 3.5 of them in a
shop of clothes, "music on the train" 4.9 for its earphones."""
NEAR = 0.5
"""A score below which nothing is offered: half of the wanted words, or a meaning that clearly stands out."""
NAMED = 0.5
"""The share of a name's weight that makes the thing named."""
PROPER = 2
"""A word in the names of so few products, that is no word of the trade, is a proper name: Alma, Coastline."""
LEAD = 0.35
"""What another named product may be behind the best and still be meant."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue as it was at one look."""

    products: tuple[Product, ...]
    goods: tuple[Wanted, ...]
    names: tuple[tuple[frozenset[str], ...], ...]
    rarity: dict[str, float]
    proper: frozenset[str]
    texts: tuple[str, ...]
    owner: NDArray[np.int64]
    until: datetime


class GoodsIndex:
    """Implements `knowledge.goods.ProductSearch` over a back end's products."""

    def __init__(
        self, backend: CommerceBackend, clock: Clock, vectors: GoodsVectors, reader: Callable[[], GoodsReader]
    ) -> None:
        """`reader` is made at the first search: its expressions take a while to compile."""
        self._backend = backend
        self._clock = clock
        self._vectors = vectors
        self._make_reader = reader
        self._reader: GoodsReader | None = None
        self._shelf: Shelf | None = None
        self._rows: NDArray[np.float32] | None = None
        self._lock = asyncio.Lock()

    async def keep_fresh(self) -> None:
        """Encode what has no vector yet, a little at a time. Runs beside the server; searches go by words meanwhile."""
        await asyncio.sleep(SETTLING.total_seconds())
        while True:
            try:
                await self.refresh()
            except (BackendUnavailable, OSError) as error:
                log.warning("products_not_encoded", reason=type(error).__name__)
            await asyncio.sleep(FRESH.total_seconds())

    async def refresh(self) -> int:
        """Bring the vectors up to date; returns how many texts were encoded."""
        shelf = await self._current()
        missing = self._vectors.missing(shelf.texts)
        for first in range(0, len(missing), PORTION):
            await asyncio.to_thread(self._vectors.encode, missing[first : first + PORTION])
        if missing:
            await asyncio.to_thread(self._vectors.keep, shelf.texts)
        self._rows = self._vectors.rows(shelf.texts)
        return len(missing)

    async def find(self, text: str, vectors: TextVectors | None) -> Search:
        """See `knowledge.goods.ProductSearch`."""
        shelf = await self._current()
        return await asyncio.to_thread(self._search, shelf, text, vectors)

    def speaks_of(self, what: About, text: str) -> bool:
        """See `knowledge.goods.ProductSearch`."""
        return self._words().speaks_of(what, text)

    def _words(self) -> GoodsReader:
        self._reader = self._reader or self._make_reader()
        return self._reader

    async def _current(self) -> Shelf:
        async with self._lock:
            now = self._clock.now()
            if self._shelf is None or self._shelf.until <= now:
                products = tuple(await self._backend.products())
                if self._shelf is None or self._shelf.products != products:
                    self._shelf = await asyncio.to_thread(self._shelve, products, now + FRESH)
                    self._rows = self._vectors.rows(self._shelf.texts)
            return self._shelf

    def _shelve(self, products: tuple[Product, ...], until: datetime) -> Shelf:
        self._vectors.load()
        goods = tuple(self._words().read(_described(product)) for product in products)
        names = tuple(tuple(_said(title) for title in _titles(product)) for product in products)
        counts = Counter(word for each in names for word in frozenset().union(*each))
        size = len(products)
        rarity = {word: math.log(1 + size / count) for word, count in counts.items()}
        proper = frozenset(word for word, count in counts.items() if count <= PROPER and self._proper(word))
        texts = [texts_of(product) for product in products]
        owner = np.array([row for row, each in enumerate(texts) for _ in each], np.int64)
        flat = tuple(text for each in texts for text in each)
        return Shelf(products, goods, names, rarity, proper, flat, owner, until)

    def _proper(self, word: str) -> bool:
        if len(word) < 4 or not word.isalpha() or not word.isascii():
            return False
        read = self._words().read(word)
        return not read.words and not read.audiences

    def _search(self, shelf: Shelf, text: str, vectors: TextVectors | None) -> Search:
        wanted = self._words().read(text)
        said = _said(text[:QUERY_CHARACTERS])
        names = [
            max((_share(name, said, shelf.rarity) for name in each), default=0.0) for each in shelf.names
        ]
        scores = np.array([NAME * name for name in names], np.float32)
        scores += WORD * np.array([_fits(wanted, goods) for goods in shelf.goods], np.float32)
        if vectors is not None and self._rows is not None and len(shelf.owner) == len(self._rows):
            scores += self._meaning(shelf, vectors)
        called = shelf.proper & said
        hits = [
            Hit(product, float(score), name >= NAMED or any(called & each for each in own))
            for product, score, name, own in zip(shelf.products, scores, names, shelf.names, strict=True)
            if score >= NEAR or (called and any(called & each for each in own))
        ]
        best = sorted(hits, key=lambda hit: (-hit.score, hit.product.id))[:MOST]
        top = max((hit.score for hit in best if hit.named), default=0.0)
        return Search(
            wanted, tuple(replace(hit, named=hit.named and hit.score >= top - LEAD) for hit in best)
        )

    def _meaning(self, shelf: Shelf, vectors: TextVectors) -> NDArray[np.float32]:
        """How far each product's nearest text stands out from the catalogue's ordinary one."""
        assert self._rows is not None
        e5 = self._rows[:, :E5_DIMENSIONS] @ vectors.e5
        use = self._rows[:, E5_DIMENSIONS:] @ vectors.use
        deviations = np.zeros(len(shelf.products), np.float32)
        for each in (e5, use):
            near = np.full(len(shelf.products), -1.0, np.float32)
            np.maximum.at(near, shelf.owner, each.astype(np.float32))
            deviations += (near - near.mean()) / max(float(near.std()), 1e-6)
        told: NDArray[np.float32] = np.clip(deviations - STANDS_OUT, 0.0, 5.0).astype(np.float32)
        return np.float32(MEANING) * told


def _titles(product: Product) -> Sequence[str]:
    return tuple(dict.fromkeys((product.title, *product.titles.values())))


def _described(product: Product) -> str:
    """What the words of the trade are looked for in: names, tags and category; a description names other things too."""
    return " · ".join((*_titles(product), *product.tags, product.category))


def _said(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


def _share(name: frozenset[str], said: frozenset[str], rarity: dict[str, float]) -> float:
    """How much of a name's weight in rare words was said."""
    whole = sum(rarity.get(word, 0.0) for word in name)
    return sum(rarity.get(word, 0.0) for word in name & said) / whole if whole else 0.0


def _fits(wanted: Wanted, goods: Wanted) -> float:
    """The share of the wanted words that a product is, less where it is for others."""
    if not wanted.words:
        return 0.5 if wanted.audiences & goods.audiences else 0.0
    share = len(wanted.words & goods.words) / len(wanted.words)
    strange = wanted.audiences and goods.audiences and not wanted.audiences & goods.audiences
    return share - 1.0 if strange else share
