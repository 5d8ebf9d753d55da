"""A claim is opened once, does what its remedy says, and no piece is settled twice."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from commerce.claims import Claim, ClaimDraft, ClaimKind, ClaimLine, ClaimRemedy, ClaimStatus
from commerce.disputes import Dispute, DisputeStatus
from commerce.embedded.backend import EmbeddedBackend
from commerce.embedded.load import put_as_of
from commerce.errors import IdempotencyMismatch, LineNotClaimable, LineNotReturnable, NotLive, VersionConflict
from commerce.models import OrderStatus, PaymentStatus, RefundStatus, ReturnDraft, ReturnLine, ReturnReason
from commerce.shopdata import ShopData
from facts.clock import FakeClock
from facts.values import Money
from persistence.engine import Database


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def draft(*lines: tuple[str, int], **changes: Any) -> ClaimDraft:
    told = tuple(ClaimLine(order_line_id=line, quantity=pieces) for line, pieces in lines)
    return ClaimDraft(**{"order_id": "o2", "kind": ClaimKind.DAMAGED, "lines": told, **changes})


def refund(*lines: tuple[str, int], amount: int = 8000, **changes: Any) -> ClaimDraft:
    return draft(*lines, remedy=ClaimRemedy.REFUND_WITHOUT_RETURN, refund=eur(amount), **changes)


def returning(line: str, pieces: int) -> ReturnDraft:
    piece = ReturnLine(order_line_id=line, quantity=pieces, reason=ReturnReason.TOO_SMALL)
    return ReturnDraft(
        order_id="o2", lines=(piece,), send_by=date(2026, 11, 17), expected_refund=eur(8000), fee=eur(0)
    )


async def version(backend: EmbeddedBackend) -> int:
    order = await backend.order("o2")
    assert order is not None
    return order.version


async def test_a_claim_is_kept_with_its_photos_and_grows_the_order(
    backend: EmbeddedBackend, clock: FakeClock
) -> None:
    opened = await backend.open_claim(draft(("l1", 1), photos=("att_1",)), version=1, key="k")
    assert await backend.claims("o2") == [opened]
    assert (opened.status, opened.photos, opened.created_at) == (ClaimStatus.OPEN, ("att_1",), clock.now())
    assert opened.number.startswith("C-")
    assert await version(backend) == 2


async def test_an_inquiry_keeps_the_day_of_its_decision(backend: EmbeddedBackend) -> None:
    by = date(2026, 11, 20)
    asked = draft(("l1", 2), ("l2", 1), kind=ClaimKind.NOT_RECEIVED, remedy=ClaimRemedy.INQUIRY, remedy_by=by)
    opened = await backend.open_claim(asked, version=1, key="k")
    assert (opened.status, opened.remedy_by) == (ClaimStatus.OPEN, by)
    assert not await backend.refunds("o2")


async def test_refund_without_return_is_owed_at_once(backend: EmbeddedBackend) -> None:
    opened = await backend.open_claim(refund(("l1", 1)), version=1, key="k")
    (owed,) = await backend.refunds("o2")
    assert (owed.amount, owed.status) == (eur(8000), RefundStatus.PENDING)
    assert opened.status is ClaimStatus.SETTLED
    assert not await backend.returns("o2")
    order = await backend.order("o2")
    assert order
    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED


async def test_all_of_the_money_back_is_no_partial_refund(backend: EmbeddedBackend) -> None:
    before = await backend.order("o2")
    assert before
    whole = before.total.minor
    await backend.open_claim(refund(("l1", 1), amount=whole - 100), version=1, key="k1")
    half = await backend.order("o2")
    assert half
    assert half.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    await backend.open_claim(refund(("l2", 1), amount=100), version=2, key="k2")
    after = await backend.order("o2")
    assert after
    assert after.payment_status is PaymentStatus.REFUNDED


async def test_what_a_bank_took_back_is_not_the_shops_to_pay(backend: EmbeddedBackend) -> None:
    order = await backend.order("o2")
    assert order
    lost = Dispute(
        id="d1",
        order_id="o2",
        channel="card",
        amount=order.total - eur(5000),
        status=DisputeStatus.LOST,
        opened_at=order.placed_at,
    )
    await backend.load(ShopData((), (), (), (), disputes=(lost,)))
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(refund(("l1", 1), amount=5001), version=1, key="k1")
    opened = await backend.open_claim(refund(("l1", 1), amount=5000), version=1, key="k2")
    assert opened.status is ClaimStatus.SETTLED


async def test_a_replacement_leaves_the_stock_and_may_ask_the_piece_back(backend: EmbeddedBackend) -> None:
    sent = draft(("l1", 2), remedy=ClaimRemedy.REPLACEMENT, send_by=date(2026, 11, 17))
    opened = await backend.open_claim(sent, version=1, key="k")
    product = await backend.product("p1")
    assert product
    assert product.variants[0].stock == 1
    (back,) = await backend.returns("o2")
    assert (back.id, back.number) == (opened.return_id, opened.return_number)
    assert back.expected_refund == eur(0)


async def test_what_is_not_in_stock_is_not_promised(backend: EmbeddedBackend) -> None:
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(draft(("l2", 1), remedy=ClaimRemedy.REPLACEMENT), version=1, key="k")
    assert await backend.claims("o2") == []
    assert await version(backend) == 1


async def test_the_same_piece_is_never_settled_twice(backend: EmbeddedBackend) -> None:
    await backend.open_claim(refund(("l1", 1), ("l2", 1)), version=1, key="k1")
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(refund(("l1", 2)), version=2, key="k2")
    with pytest.raises(LineNotReturnable):
        await backend.create_return(returning("l2", 1), version=2, key="k3")
    await backend.create_return(returning("l1", 1), version=2, key="k4")
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(refund(("l1", 1)), version=3, key="k5")


async def test_a_replaced_piece_is_not_returned_for_money(backend: EmbeddedBackend) -> None:
    sent = draft(("l1", 1), remedy=ClaimRemedy.REPLACEMENT, send_by=date(2026, 11, 17))
    await backend.open_claim(sent, version=1, key="k1")
    with pytest.raises(LineNotReturnable):
        await backend.create_return(returning("l1", 2), version=2, key="k2")
    await backend.create_return(returning("l1", 1), version=2, key="k3")


async def test_no_more_is_paid_than_the_shop_holds(backend: EmbeddedBackend) -> None:
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(refund(("l1", 1), amount=99999), version=1, key="k")
    await backend.open_claim(refund(("l1", 1), amount=25000), version=1, key="k")
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(refund(("l2", 1), amount=500), version=2, key="k2")
    assert len(await backend.refunds("o2")) == 1


async def test_an_order_that_was_not_paid_is_owed_nothing(backend: EmbeddedBackend, make_order: Any) -> None:
    unpaid = make_order("o2", payment_status=PaymentStatus.PENDING, status=OrderStatus.DELIVERED)
    await backend.load(ShopData((), (), (unpaid,), ()))
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(refund(("l1", 1)), version=1, key="k")


async def test_one_key_is_one_claim(backend: EmbeddedBackend) -> None:
    first = await backend.open_claim(refund(("l1", 1)), version=1, key="k")
    assert await backend.open_claim(refund(("l1", 1)), version=1, key="k") == first
    with pytest.raises(IdempotencyMismatch):
        await backend.open_claim(refund(("l2", 1)), version=1, key="k")
    assert len(await backend.refunds("o2")) == 1


async def test_of_many_claims_at_once_one_takes_effect(backend: EmbeddedBackend) -> None:
    claims = (backend.open_claim(refund(("l1", 1)), version=1, key=f"k{n}") for n in range(8))
    outcomes = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(each, Claim) for each in outcomes) == 1
    assert sum(isinstance(each, VersionConflict) for each in outcomes) == 7
    assert len(await backend.refunds("o2")) == 1


async def test_claims_are_counted_over_all_orders_of_a_customer(
    backend: EmbeddedBackend, clock: FakeClock
) -> None:
    opened = await backend.open_claim(refund(("l1", 1)), version=1, key="k")
    assert await backend.claims_of("c1", clock.now() - timedelta(days=90)) == [opened]
    assert await backend.claims_of("c2", clock.now() - timedelta(days=90)) == []
    assert await backend.claims_of("c1", clock.now() + timedelta(seconds=1)) == []


async def test_held_variants_are_found_and_stay_held(backend: EmbeddedBackend) -> None:
    assert await backend.hold_variants(["TS-38", "none", "TS-38"]) == ["TS-38"]
    assert await backend.hold_variants(["TS-38"]) == ["TS-38"]
    product = await backend.product("p1")
    assert product
    assert [variant.held for variant in product.variants] == [True, False]
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(draft(("l1", 1), remedy=ClaimRemedy.REPLACEMENT), version=1, key="k")


async def test_an_import_takes_neither_claims_nor_holds(
    backend: EmbeddedBackend, database: Database, clock: FakeClock
) -> None:
    async with database.write() as connection:
        await put_as_of(connection, clock.now())
    with pytest.raises(NotLive):
        await backend.open_claim(refund(("l1", 1)), version=1, key="k")
    with pytest.raises(NotLive):
        await backend.hold_variants(["TS-38"])
