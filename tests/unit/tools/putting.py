"""Puts further records into a test's shop."""

from __future__ import annotations

from typing import Any

from commerce.embedded.backend import EmbeddedBackend
from commerce.shopdata import ShopData
from tests.unit.tools.harness import Shop

NOTHING: dict[str, Any] = {"customers": (), "products": (), "orders": (), "shipments": ()}


async def put(shop: Shop, **records: Any) -> None:
    """Records by their noun, in tuples; those with known ids are replaced."""
    assert isinstance(shop.backend, EmbeddedBackend)
    await shop.backend.load(ShopData(**NOTHING | records))
