"""What a shop's back end changes: once, on the version that was confirmed, or not at all."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from commerce.embedded.backend import EmbeddedBackend
from commerce.embedded.load import put_as_of
from commerce.errors import (
    IdempotencyMismatch,
    LineNotReturnable,
    NotLive,
    OrderNotCancellable,
    OrderNotFound,
    VersionConflict,
)
from commerce.models import (
    Cancellation,
    CancelReason,
    OrderStatus,
    PaymentStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnDraft,
    ReturnLine,
    ReturnReason,
    ReturnStatus,
)
from commerce.shopdata import ShopData
from facts.clock import FakeClock
from facts.values import Money
from persistence.engine import Database

REASON = CancelReason.CHANGED_MIND


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def draft(*lines: tuple[str, int], order_id: str = "o2", **changes: Any) -> ReturnDraft:
    return ReturnDraft(
        order_id=order_id,
        lines=tuple(
            ReturnLine(order_line_id=line, quantity=n, reason=ReturnReason.TOO_SMALL) for line, n in lines
        ),
        **{"send_by": date(2026, 11, 17), "expected_refund": eur(8000), "fee": eur(490), **changes},
    )


async def stock(backend: EmbeddedBackend) -> dict[str, int]:
    return {
        variant.sku: variant.stock for product in await backend.products() for variant in product.variants
    }


async def test_cancelling_a_paid_order_restores_stock_and_owes_the_total(
    backend: EmbeddedBackend, clock: FakeClock
) -> None:
    outcome = await backend.cancel_order("o1", reason=REASON, version=1, key="k")
    assert outcome.order == await backend.order("o1")
    assert outcome.order.status is OrderStatus.CANCELLED
    assert outcome.order.payment_status is PaymentStatus.REFUNDED
    assert outcome.order.cancelled_at == clock.now()
    assert outcome.order.version == 2
    assert outcome.refund is not None
    assert (outcome.refund.amount, outcome.refund.status) == (eur(25390), RefundStatus.PENDING)
    assert await backend.refunds("o1") == [outcome.refund]
    assert await stock(backend) == {"TS-38": 5, "TS-39": 1}


@pytest.mark.parametrize("payment", [PaymentStatus.AUTHORISED, PaymentStatus.PENDING])
async def test_cancelling_what_is_not_paid_voids_and_owes_nothing(
    backend: EmbeddedBackend, shop: ShopData, make_order: Any, payment: PaymentStatus
) -> None:
    await backend.load(ShopData((), (), (make_order("o3", payment_status=payment),), ()))
    outcome = await backend.cancel_order("o3", reason=REASON, version=1, key="k")
    assert outcome.order.payment_status is PaymentStatus.VOIDED
    assert outcome.refund is None
    assert not await backend.refunds("o3")


async def test_cancelling_owes_only_what_was_not_refunded_before(
    backend: EmbeddedBackend, make_order: Any, clock: FakeClock
) -> None:
    order = make_order("o3", payment_status=PaymentStatus.PARTIALLY_REFUNDED)
    earlier = [
        Refund(id="r1", order_id="o3", amount=eur(390), status=RefundStatus.DONE, created_at=clock.now()),
        Refund(id="r2", order_id="o3", amount=eur(5000), status=RefundStatus.FAILED, created_at=clock.now()),
    ]
    await backend.load(ShopData((), (), (order,), (), refunds=tuple(earlier)))
    outcome = await backend.cancel_order("o3", reason=REASON, version=1, key="k")
    assert outcome.refund is not None
    assert outcome.refund.amount == eur(25000)


@pytest.mark.parametrize(
    "status",
    [
        OrderStatus.PACKED,
        OrderStatus.SHIPPED,
        OrderStatus.DELIVERED,
        OrderStatus.CANCELLED,
        OrderStatus.RETURNED,
    ],
)
async def test_cancelling_too_late_changes_nothing(
    backend: EmbeddedBackend, make_order: Any, status: OrderStatus
) -> None:
    order = make_order("o3", status=status)
    await backend.load(ShopData((), (), (order,), ()))
    with pytest.raises(OrderNotCancellable) as refused:
        await backend.cancel_order("o3", reason=REASON, version=1, key="k")
    assert refused.value.status == status
    assert await backend.order("o3") == order
    assert await stock(backend) == {"TS-38": 3, "TS-39": 0}


async def test_same_key_gives_the_first_outcome_again(backend: EmbeddedBackend, clock: FakeClock) -> None:
    first = await backend.cancel_order("o1", reason=REASON, version=1, key="k")
    assert await backend.cancel_order("o1", reason=REASON, version=1, key="k") == first
    opened = await backend.create_return(draft(("l1", 1)), version=1, key="k2")
    assert await backend.create_return(draft(("l1", 1)), version=1, key="k2") == opened
    assert await stock(backend) == {"TS-38": 5, "TS-39": 1}
    assert len(await backend.refunds("o1")) == 1
    assert await backend.returns("o2") == [opened]


async def test_same_key_for_another_request_is_refused(backend: EmbeddedBackend) -> None:
    await backend.cancel_order("o1", reason=REASON, version=1, key="k")
    for request in (
        backend.cancel_order("o1", reason=CancelReason.TOO_SLOW, version=1, key="k"),
        backend.cancel_order("o1", reason=REASON, version=2, key="k"),
        backend.cancel_order("o2", reason=REASON, version=1, key="k"),
        backend.cancel_order("unknown", reason=REASON, version=1, key="k"),
        backend.create_return(draft(("l1", 1), order_id="o1"), version=1, key="k"),
    ):
        with pytest.raises(IdempotencyMismatch):
            await request


async def test_refused_request_leaves_its_key_free(backend: EmbeddedBackend) -> None:
    with pytest.raises(VersionConflict):
        await backend.cancel_order("o1", reason=REASON, version=7, key="k")
    outcome = await backend.cancel_order("o1", reason=REASON, version=1, key="k")
    assert outcome.order.status is OrderStatus.CANCELLED


async def test_changed_order_is_not_touched(backend: EmbeddedBackend) -> None:
    await backend.create_return(draft(("l1", 1)), version=1, key="k1")
    with pytest.raises(VersionConflict):
        await backend.create_return(draft(("l2", 1)), version=1, key="k2")
    assert len(await backend.returns("o2")) == 1


async def test_unknown_order_is_not_found(backend: EmbeddedBackend) -> None:
    with pytest.raises(OrderNotFound):
        await backend.cancel_order("nope", reason=REASON, version=1, key="k")
    with pytest.raises(OrderNotFound):
        await backend.create_return(draft(("l1", 1), order_id="nope"), version=1, key="k")


async def test_return_is_opened_with_a_number_people_can_read(
    backend: EmbeddedBackend, clock: FakeClock
) -> None:
    opened = await backend.create_return(draft(("l1", 2), ("l2", 1)), version=1, key="k")
    assert opened.number.startswith("R-")
    assert len(opened.number) == 8
    assert not set(opened.number[2:]) & set("01OIL")
    assert opened.status is ReturnStatus.APPROVED
    assert (opened.created_at, opened.expected_refund, opened.fee) == (clock.now(), eur(8000), eur(490))
    assert await backend.returns("o2") == [opened]
    order = await backend.order("o2")
    assert order is not None
    assert order.version == 2


async def test_pieces_promised_to_an_open_return_cannot_be_asked_back_again(
    backend: EmbeddedBackend,
) -> None:
    await backend.create_return(draft(("l1", 1)), version=1, key="k1")
    with pytest.raises(LineNotReturnable):
        await backend.create_return(draft(("l1", 2)), version=2, key="k2")
    await backend.create_return(draft(("l1", 1)), version=2, key="k3")


@pytest.mark.parametrize(
    ("status", "returned", "left"),
    [
        (ReturnStatus.CANCELLED, 0, 2),
        (ReturnStatus.REJECTED, 0, 2),
        (ReturnStatus.IN_TRANSIT, 0, 1),
        (ReturnStatus.RECEIVED, 0, 1),
        (ReturnStatus.REFUNDED, 1, 1),
        (ReturnStatus.IN_TRANSIT, 1, 0),
    ],
)
async def test_pieces_left_follow_from_earlier_returns(
    backend: EmbeddedBackend, make_order: Any, shop: ShopData, status: ReturnStatus, returned: int, left: int
) -> None:
    lines = (shop.orders[0].lines[0].model_copy(update={"returned_quantity": returned}),)
    order = make_order("o3", status=OrderStatus.DELIVERED, lines=lines)
    plan = draft(("l1", 1), order_id="o3")
    created = order.placed_at
    earlier = Return(id="ret", number="R-1", status=status, created_at=created, **plan.__dict__)
    await backend.load(ShopData((), (), (order,), (), returns=(earlier,)))
    with pytest.raises(LineNotReturnable):
        await backend.create_return(draft(("l1", left + 1), order_id="o3"), version=1, key="k1")
    if left:
        await backend.create_return(draft(("l1", left), order_id="o3"), version=1, key="k2")


@pytest.mark.parametrize("lines", [[("l1", 3)], [("l1", 1), ("l1", 2)], [("l9", 1)], []])
async def test_more_than_was_bought_is_not_taken_back(
    backend: EmbeddedBackend, lines: list[tuple[str, int]]
) -> None:
    with pytest.raises(LineNotReturnable):
        await backend.create_return(draft(*lines), version=1, key="k")
    assert not await backend.returns("o2")


async def test_what_was_never_sent_cannot_come_back(backend: EmbeddedBackend) -> None:
    with pytest.raises(LineNotReturnable):
        await backend.create_return(draft(("l1", 1), order_id="o1"), version=1, key="k")


@pytest.mark.parametrize(
    "amounts",
    [
        {"expected_refund": eur(25391)},
        {"expected_refund": eur(-1)},
        {"fee": eur(-1)},
        {"fee": Money(minor=1, currency="USD")},
    ],
)
async def test_amounts_that_cannot_be_right_are_refused(backend: EmbeddedBackend, amounts: Any) -> None:
    with pytest.raises(ValueError, match="a return"):
        await backend.create_return(draft(("l1", 1), **amounts), version=1, key="k")
    assert not await backend.returns("o2")


async def test_imported_shop_is_not_changed(
    database: Database, clock: FakeClock, backend: EmbeddedBackend
) -> None:
    async with database.write() as connection:
        await put_as_of(connection, clock.now())
    assert backend.live
    with pytest.raises(NotLive):
        await backend.cancel_order("o1", reason=REASON, version=1, key="k")
    assert not (await EmbeddedBackend.open(database, clock)).live


async def test_fifty_equal_calls_at_once_have_one_effect(backend: EmbeddedBackend) -> None:
    calls = [backend.cancel_order("o1", reason=REASON, version=1, key="k") for _ in range(50)]
    outcomes = await asyncio.gather(*calls)
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(await backend.refunds("o1")) == 1
    assert await stock(backend) == {"TS-38": 5, "TS-39": 1}


async def test_two_keys_at_once_give_one_effect_and_one_error(backend: EmbeddedBackend) -> None:
    calls = [backend.cancel_order("o1", reason=REASON, version=1, key=key) for key in ("a", "b")]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Cancellation) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 1
    assert len(await backend.refunds("o1")) == 1


async def test_one_key_for_two_orders_at_once_takes_only_one(
    backend: EmbeddedBackend, make_order: Any
) -> None:
    await backend.load(ShopData((), (), (make_order("o3"),), ()))
    calls = [backend.cancel_order(order, reason=REASON, version=1, key="k") for order in ("o1", "o3")]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Cancellation) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, IdempotencyMismatch) for outcome in outcomes) == 1
    assert len(await backend.refunds("o1")) + len(await backend.refunds("o3")) == 1


async def test_returns_at_once_never_take_back_more_than_there_is(backend: EmbeddedBackend) -> None:
    calls = [backend.create_return(draft(("l1", 1)), version=1, key=str(n)) for n in range(10)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Return) for outcome in outcomes) == 1
    assert len(await backend.returns("o2")) == 1
