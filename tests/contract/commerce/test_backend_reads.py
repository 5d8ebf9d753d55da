"""What a shop's back end tells, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest

from commerce.embedded.backend import EmbeddedBackend
from commerce.errors import BackendUnavailable
from commerce.shopdata import ShopData
from facts.clock import FakeClock
from persistence.engine import Database


async def test_records_come_back_as_they_went_in(backend: EmbeddedBackend, shop: ShopData) -> None:
    for order in shop.orders:
        assert await backend.order(order.id) == order
    for customer in shop.customers:
        assert await backend.customer(customer.id) == customer
    for product in shop.products:
        assert await backend.product(product.id) == product
    assert await backend.products() == list(shop.products)
    assert await backend.shipments("o2") == list(shop.shipments)


@pytest.mark.parametrize("typed", ["DR-1001", " #dr-1001 ", "dr - 1001", "＃ＤＲ-１００１"])
async def test_order_number_is_found_however_it_is_typed(backend: EmbeddedBackend, typed: str) -> None:
    order = await backend.order_by_number(typed)
    assert order is not None
    assert order.id == "o1"


@pytest.mark.parametrize("typed", ["UF123456789YP", "uf 123 456 789 yp", "0034 0434 1610 9400 0001"])
async def test_each_leg_of_the_way_leads_to_the_order(backend: EmbeddedBackend, typed: str) -> None:
    order = await backend.order_by_tracking(typed)
    assert order is not None
    assert order.id == "o2"


async def test_email_is_found_in_any_case(backend: EmbeddedBackend) -> None:
    customer = await backend.customer_by_email(" AYLIN@example.COM")
    assert customer is not None
    assert customer.id == "c1"


async def test_orders_of_a_customer_come_newest_first_and_no_more_than_asked(
    backend: EmbeddedBackend,
) -> None:
    assert [order.id for order in await backend.orders_of("c1")] == ["o1", "o2"]
    assert [order.id for order in await backend.orders_of("c1", limit=1)] == ["o1"]


@pytest.mark.parametrize(
    "unknown", ["", "#", "nope", "\x00", "\ud800", "'; DROP TABLE shop_orders; --", "x" * 5000]
)
async def test_what_is_not_there_is_nothing(backend: EmbeddedBackend, unknown: str) -> None:
    assert await backend.order(unknown) is None
    assert await backend.order_by_number(unknown) is None
    assert await backend.order_by_tracking(unknown) is None
    assert await backend.customer(unknown) is None
    assert await backend.customer_by_email(unknown) is None
    assert await backend.product(unknown) is None
    assert not await backend.orders_of(unknown)
    assert not await backend.shipments(unknown)
    assert not await backend.returns(unknown)
    assert not await backend.refunds(unknown)


async def test_empty_shop_knows_that_it_is_empty(
    database: Database, clock: FakeClock, shop: ShopData
) -> None:
    backend = EmbeddedBackend(database, clock)
    assert await backend.is_empty()
    await backend.load(shop)
    assert not await backend.is_empty()


async def test_load_that_fails_leaves_nothing(database: Database, clock: FakeClock, shop: ShopData) -> None:
    backend = EmbeddedBackend(database, clock)
    stray = shop.orders[0].model_copy(update={"customer_id": "nobody"})
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await backend.load(ShopData(shop.customers, shop.products, (stray,), ()))
    assert await backend.is_empty()


async def test_loading_again_replaces(backend: EmbeddedBackend, shop: ShopData) -> None:
    order = shop.orders[1].model_copy(update={"lines": shop.orders[1].lines[:1], "note": "new"})
    await backend.load(ShopData(shop.customers, shop.products, (order,), shop.shipments))
    assert await backend.order("o1") == order


async def test_dead_database_is_a_back_end_that_does_not_answer(tmp_path: Path, clock: FakeClock) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'folder' / 'gone.db'}")
    (tmp_path / "folder").rmdir()
    with pytest.raises(BackendUnavailable):
        await EmbeddedBackend(gone, clock).order("o1")
    nobody = Database("postgresql://root@127.0.0.1:1/test")
    with pytest.raises(BackendUnavailable):
        await EmbeddedBackend(nobody, clock).order("o1")
