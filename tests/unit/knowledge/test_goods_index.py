"""Products are found by name, by the words of the trade and by meaning; what was encoded once is not encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from commerce.models import Product, Variant
from facts.clock import FakeClock
from facts.values import Money
from knowledge.goods_index import FRESH, GoodsIndex
from knowledge.goods_vectors import GoodsVectors, texts_of
from nlu.goods import GoodsReader
from nlu.lexicon import load_lexicons, shipped_languages
from nlu.perception import TextVectors

READER = GoodsReader(load_lexicons([shipped_languages()]))
NOW = datetime(2026, 11, 3, 9, 15, tzinfo=UTC)


def product(key: str, title: str, **more: Any) -> Product:
    variant = Variant(sku=key, product_id=key, price=Money(minor=1000, currency="EUR"), stock=1)
    return Product(id=key, title=title, category="shoes", variants=(variant,), **more)


SHOP = (
    product(
        "ridge", "Ridge Hiking Boots", titles={"de": "Ridge Wanderstiefel"}, tags=("waterproof", "unisex")
    ),
    product("alma", "Alma Chelsea Boots", titles={"de": "Chelsea Boots Alma"}, tags=("women",)),
    product(
        "felt", "Wool Felt Slippers", titles={"de": "Hausschuhe aus Wollfilz"}, description="Warm at home."
    ),
    product("anton", "Anton Derby Shoes", titles={"de": "Derby-Schuhe Anton"}, tags=("men",)),
)


@dataclass
class Encoder:
    """Each text has an axis of its own; what was asked is remembered."""

    asked: list[str] = field(default_factory=list)

    def encode_passages(self, texts: list[str]) -> list[TextVectors]:
        self.asked += texts
        return [vectors(text) for text in texts]


def vectors(text: str) -> TextVectors:
    rng = np.random.default_rng(sum(map(ord, text)))
    e5, use = rng.normal(size=384), rng.normal(size=512)
    return TextVectors(
        (e5 / np.linalg.norm(e5)).astype(np.float32), (use / np.linalg.norm(use)).astype(np.float32)
    )


@dataclass
class Catalogue:
    shop: tuple[Product, ...] = SHOP

    async def products(self) -> Sequence[Product]:
        return self.shop


def index(
    tmp_path: Path, encoder: Encoder, catalogue: Catalogue | None = None
) -> tuple[GoodsIndex, FakeClock]:
    clock = FakeClock(NOW)
    backend: Any = catalogue or Catalogue()
    return GoodsIndex(backend, clock, GoodsVectors(tmp_path / "goods.npz", encoder), lambda: READER), clock


async def ids(goods: GoodsIndex, text: str) -> list[str]:
    return [hit.product.id for hit in (await goods.find(text, None)).hits]


async def test_words_of_any_language_find_the_thing(tmp_path: Path) -> None:
    goods, _ = index(tmp_path, Encoder())
    assert (await ids(goods, "有没有防水的靴子"))[0] == "ridge"
    assert (await ids(goods, "bottes imperméables"))[0] == "ridge"
    assert (await ids(goods, "Hausschuhe"))[0] == "felt"


async def test_what_the_shop_has_not_is_not_found(tmp_path: Path) -> None:
    goods, _ = index(tmp_path, Encoder())
    assert await ids(goods, "do you sell laptops?") == []
    assert await ids(goods, "") == []
    assert await ids(goods, "\ud800 ; DROP TABLE shop_products; --") == []


async def test_proper_name_names_one_thing(tmp_path: Path) -> None:
    goods, _ = index(tmp_path, Encoder())
    search = await goods.find("which size for the Alma boots?", None)
    assert [each.id for each in search.named] == ["alma"]
    assert (await goods.find("any boots?", None)).named == ()


async def test_thing_for_others_comes_last_or_not_at_all(tmp_path: Path) -> None:
    goods, _ = index(tmp_path, Encoder())
    assert "alma" not in await ids(goods, "boots for my husband")


async def test_meaning_finds_what_words_do_not(tmp_path: Path) -> None:
    others = tuple(product(f"other{n}", f"Thing number {n}") for n in range(20))
    goods, _ = index(tmp_path, Encoder(), Catalogue((*SHOP, *others)))
    near = vectors(texts_of(SHOP[2])[0])
    assert (await goods.find("xyzzy", near)).hits == ()
    await goods.refresh()
    assert [hit.product.id for hit in (await goods.find("xyzzy", near)).hits] == ["felt"]


async def test_nothing_is_encoded_twice(tmp_path: Path) -> None:
    first, second = Encoder(), Encoder()
    goods, _ = index(tmp_path, first)
    assert await goods.refresh() == len(first.asked) == len({t for p in SHOP for t in texts_of(p)})
    again, _ = index(tmp_path, second)
    assert await again.refresh() == 0
    assert second.asked == []


async def test_changed_title_alone_is_encoded_anew(tmp_path: Path) -> None:
    encoder, catalogue = Encoder(), Catalogue()
    goods, clock = index(tmp_path, encoder, catalogue)
    await goods.refresh()
    encoder.asked.clear()
    catalogue.shop = (*SHOP[:3], SHOP[3].model_copy(update={"title": "Anton Oxford Shoes"}))
    assert await goods.refresh() == 0
    clock.advance(FRESH)
    assert await goods.refresh() == 1
    assert encoder.asked == ["Anton Oxford Shoes"]


async def test_broken_file_of_vectors_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "goods.npz").write_bytes(b"PK\x03\x04 no zip")
    encoder = Encoder()
    goods, _ = index(tmp_path, encoder)
    assert await goods.refresh() == len(encoder.asked) > 0
