"""An exchange happens once, sets the new piece aside, and its piece is settled for everything else."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from commerce.claims import ClaimDraft, ClaimKind, ClaimLine
from commerce.disputes import Dispute, DisputeStatus
from commerce.embedded.backend import EmbeddedBackend
from commerce.embedded.exchange_tables import shop_exchanges
from commerce.embedded.load import put_as_of
from commerce.embedded.tables import shop_returns, shop_variants
from commerce.errors import (
    IdempotencyMismatch,
    LineNotClaimable,
    LineNotExchangeable,
    LineNotReturnable,
    NotLive,
    OrderNotFound,
    OutOfStock,
    VersionConflict,
)
from commerce.exchanges import ExchangeDraft, ExchangeShip, ExchangeStatus
from commerce.fit import Fit
from commerce.models import OrderStatus, ReturnDraft, ReturnLine, ReturnReason, ReturnStatus
from commerce.shopdata import ShopData
from facts.clock import FakeClock
from facts.values import Money
from persistence.engine import Database

SEND_BY = date(2026, 11, 17)


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def draft(**changes: Any) -> ExchangeDraft:
    values: dict[str, Any] = {
        "order_id": "o2",
        "order_line_id": "l1",
        "quantity": 1,
        "sku": "TS-39",
        "reason": ReturnReason.TOO_SMALL,
        "difference": eur(0),
        "fee": eur(0),
        "ship": ExchangeShip.ON_RECEIPT,
        "send_by": SEND_BY,
    }
    return ExchangeDraft(**(values | changes))


def returning(pieces: int) -> ReturnDraft:
    piece = ReturnLine(order_line_id="l1", quantity=pieces, reason=ReturnReason.TOO_SMALL)
    return ReturnDraft(order_id="o2", lines=(piece,), send_by=SEND_BY, expected_refund=eur(8000), fee=eur(0))


def claiming(pieces: int) -> ClaimDraft:
    line = ClaimLine(order_line_id="l1", quantity=pieces)
    return ClaimDraft(order_id="o2", kind=ClaimKind.DAMAGED, lines=(line,))


async def stock(backend: EmbeddedBackend, sku: str) -> int:
    product = await backend.product("p1")
    assert product
    return next(each.stock for each in product.variants if each.sku == sku)


async def version(backend: EmbeddedBackend) -> int:
    order = await backend.order("o2")
    assert order
    return order.version


@pytest.fixture
async def stocked(backend: EmbeddedBackend, database: Database) -> EmbeddedBackend:
    """The wanted size is there, once."""
    await change_variant(database, "TS-39", stock=1)
    return backend


async def change_variant(database: Database, sku: str, **values: Any) -> None:
    async with database.write() as connection:
        await connection.execute(shop_variants.update().where(shop_variants.c.sku == sku).values(**values))


async def test_the_new_piece_is_set_aside_and_the_old_one_awaited(
    stocked: EmbeddedBackend, clock: FakeClock
) -> None:
    started = await stocked.start_exchange(draft(), version=1, key="k")
    assert await stocked.exchanges("o2") == [started]
    assert (started.status, started.options) == (ExchangeStatus.AGREED, {"size": "39"})
    assert (started.created_at, started.number[:2]) == (clock.now(), "X-")
    assert await stock(stocked, "TS-39") == 0
    (back,) = await stocked.returns("o2")
    assert (back.id, back.number, back.send_by) == (started.return_id, started.return_number, SEND_BY)
    assert (back.expected_refund, back.fee, back.status) == (eur(0), eur(0), ReturnStatus.APPROVED)
    assert await version(stocked) == 2


async def test_what_is_left_over_is_owed_when_the_goods_are_back(stocked: EmbeddedBackend) -> None:
    await stocked.start_exchange(draft(difference=eur(-2000), fee=eur(490)), version=1, key="k")
    (back,) = await stocked.returns("o2")
    assert (back.expected_refund, back.fee) == (eur(1510), eur(490))


async def test_a_repeated_key_exchanges_once_and_another_request_is_refused(stocked: EmbeddedBackend) -> None:
    first = await stocked.start_exchange(draft(), version=1, key="k")
    assert await stocked.start_exchange(draft(), version=1, key="k") == first
    assert len(await stocked.exchanges("o2")) == 1
    with pytest.raises(IdempotencyMismatch):
        await stocked.start_exchange(draft(quantity=2), version=1, key="k")


async def test_of_two_exchanges_for_the_last_piece_one_takes_effect(
    stocked: EmbeddedBackend,
) -> None:
    order = await stocked.order("o2")
    assert order
    other = order.model_copy(update={"id": "o3", "number": "DR-1003"})
    await stocked.load(ShopData(customers=(), products=(), orders=(other,), shipments=()))
    races = (
        stocked.start_exchange(draft(), version=1, key="a"),
        stocked.start_exchange(draft(order_id="o3"), version=1, key="b"),
    )
    ended = await asyncio.gather(*races, return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["Exchange", "OutOfStock"]
    assert await stock(stocked, "TS-39") == 0
    assert len([*await stocked.exchanges("o2"), *await stocked.exchanges("o3")]) == 1
    assert len([*await stocked.returns("o2"), *await stocked.returns("o3")]) == 1


async def test_a_customer_who_says_yes_twice_at_once_exchanges_once(
    stocked: EmbeddedBackend, database: Database
) -> None:
    await change_variant(database, "TS-39", stock=5)
    races = (stocked.start_exchange(draft(quantity=2), version=1, key=key) for key in ("a", "b"))
    ended = await asyncio.gather(*races, return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["Exchange", "VersionConflict"]
    assert await stock(stocked, "TS-39") == 3


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sku": "TS-40"}, OutOfStock),
        ({"sku": "TS-38"}, LineNotExchangeable),
        ({"quantity": 3}, LineNotExchangeable),
        ({"order_line_id": "l9"}, LineNotExchangeable),
        ({"quantity": 2}, OutOfStock),
        ({"order_id": "o1"}, LineNotExchangeable),
        ({"order_id": "o9"}, OrderNotFound),
        ({"difference": eur(-99999)}, ValueError),
        ({"fee": Money(minor=0, currency="JPY")}, ValueError),
    ],
)
async def test_what_cannot_be_exchanged_changes_nothing(
    stocked: EmbeddedBackend, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await stocked.start_exchange(draft(**changes), version=1, key="k")
    assert not await stocked.exchanges("o2")
    assert not await stocked.returns("o2")
    assert await stock(stocked, "TS-39") == 1
    assert await version(stocked) == 1


async def test_what_is_held_off_sale_is_not_sent(stocked: EmbeddedBackend) -> None:
    await stocked.hold_variants(["TS-39"])
    with pytest.raises(OutOfStock):
        await stocked.start_exchange(draft(), version=1, key="k")


async def test_nothing_is_exchanged_while_a_bank_decides(stocked: EmbeddedBackend, clock: FakeClock) -> None:
    case = Dispute(
        id="d1",
        order_id="o2",
        channel="card",
        amount=eur(100),
        status=DisputeStatus.OPEN,
        opened_at=clock.now(),
    )
    await stocked.load(ShopData(customers=(), products=(), orders=(), shipments=(), disputes=(case,)))
    with pytest.raises(LineNotExchangeable):
        await stocked.start_exchange(draft(), version=1, key="k")


async def test_an_order_that_moved_on_and_imported_data_are_refused(
    stocked: EmbeddedBackend, database: Database, clock: FakeClock
) -> None:
    with pytest.raises(VersionConflict):
        await stocked.start_exchange(draft(), version=7, key="k")
    async with database.write() as connection:
        await put_as_of(connection, clock.now() - timedelta(days=1))
    with pytest.raises(NotLive):
        await stocked.start_exchange(draft(), version=1, key="k")
    with pytest.raises(NotLive):
        await stocked.report_fit("o2", "l1", Fit.SMALLER)


async def test_a_piece_under_exchange_is_neither_returned_nor_claimed_nor_exchanged_again(
    stocked: EmbeddedBackend, database: Database
) -> None:
    await change_variant(database, "TS-39", stock=9)
    await stocked.start_exchange(draft(), version=1, key="k")
    with pytest.raises(LineNotReturnable):
        await stocked.create_return(returning(2), version=2, key="r")
    with pytest.raises(LineNotClaimable):
        await stocked.open_claim(claiming(2), version=2, key="c")
    with pytest.raises(LineNotExchangeable):
        await stocked.start_exchange(draft(quantity=2), version=2, key="x")
    await stocked.create_return(returning(1), version=2, key="r2")


async def test_a_piece_that_is_returned_is_not_exchanged(stocked: EmbeddedBackend) -> None:
    await stocked.create_return(returning(2), version=1, key="r")
    with pytest.raises(LineNotExchangeable):
        await stocked.start_exchange(draft(), version=2, key="k")


@pytest.mark.parametrize(("status", "free"), [(ExchangeStatus.SENT, 1), (ExchangeStatus.CANCELLED, 2)])
async def test_pieces_whose_replacement_has_left_stay_settled_when_the_return_is_called_off(
    stocked: EmbeddedBackend, database: Database, status: ExchangeStatus, free: int
) -> None:
    await stocked.start_exchange(draft(ship=ExchangeShip.AT_ONCE), version=1, key="k")
    async with database.write() as connection:
        await connection.execute(shop_returns.update().values(status=ReturnStatus.CANCELLED))
        await connection.execute(shop_exchanges.update().values(status=status))
    if free < 2:
        with pytest.raises(LineNotReturnable):
            await stocked.create_return(returning(2), version=2, key="r")
    await stocked.create_return(returning(free), version=2, key="r2")


async def test_a_size_is_reported_once_for_a_line_and_numbered_for_its_variant(
    backend: EmbeddedBackend,
) -> None:
    order = await backend.order("o2")
    assert order
    other = order.model_copy(update={"id": "o3", "number": "DR-1003", "status": OrderStatus.DELIVERED})
    await backend.load(ShopData(customers=(), products=(), orders=(other,), shipments=()))
    first = await backend.report_fit("o2", "l1", Fit.SMALLER)
    second = await backend.report_fit("o3", "l1", Fit.SMALLER)
    again = await backend.report_fit("o2", "l1", Fit.LARGER)
    assert (first.sku, first.position, second.position, again.position) == ("TS-38", 1, 2, 1)
    assert (first.sold, again.kind) == (4, Fit.LARGER)
    kept = await backend.fit_reports("TS-38")
    assert [(each.order_id, each.kind) for each in kept] == [("o2", Fit.LARGER), ("o3", Fit.SMALLER)]
    with pytest.raises(OrderNotFound):
        await backend.report_fit("o2", "l9", Fit.SMALLER)


async def test_reports_at_once_have_places_of_their_own(backend: EmbeddedBackend) -> None:
    order = await backend.order("o2")
    assert order
    more = tuple(order.model_copy(update={"id": f"x{n}", "number": f"DR-20{n:02}"}) for n in range(6))
    await backend.load(ShopData(customers=(), products=(), orders=more, shipments=()))
    told = (backend.report_fit(each.id, "l1", Fit.SMALLER) for each in (*more, *more))
    await asyncio.gather(*told)
    assert [each.position for each in await backend.fit_reports("TS-38")] == [1, 2, 3, 4, 5, 6]
