"""Changing an order that is not packed: once, on the version that was confirmed, for the total that was shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commerce.changes import PRICE_DIFFERENCE, LineChange, LinesDraft, OrderChanged
from commerce.embedded.backend import EmbeddedBackend
from commerce.errors import (
    IdempotencyMismatch,
    LineNotChangeable,
    OrderNotChangeable,
    OutOfStock,
    VersionConflict,
)
from commerce.models import Address, CancelReason, OrderStatus, PaymentStatus
from commerce.shopdata import ShopData
from facts.values import Money

HAMBURG = Address(name="Aylin Kaya", line1="Osterstr. 12", city="Hamburg", postcode="20259", country="DE")
VIENNA = HAMBURG.model_copy(update={"city": "Wien", "postcode": "1070", "country": "AT"})


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def lines(*wanted: tuple[str, str, int], total: int, order_id: str = "o1") -> LinesDraft:
    changes = tuple(LineChange(line_id=line, sku=sku, quantity=n) for line, sku, n in wanted)
    return LinesDraft(order_id=order_id, lines=changes, total=eur(total))


async def stock(backend: EmbeddedBackend) -> dict[str, int]:
    return {v.sku: v.stock for product in await backend.products() for v in product.variants}


async def test_new_address_is_on_the_order_and_its_version_grows(backend: EmbeddedBackend) -> None:
    changed = await backend.change_shipping_address("o1", HAMBURG, version=1, key="k")
    assert changed.order == await backend.order("o1")
    assert (changed.order.shipping_address, changed.order.version) == (HAMBURG, 2)
    assert len(changed.order.lines) == 2


async def test_same_key_changes_once_and_another_request_under_it_is_refused(
    backend: EmbeddedBackend,
) -> None:
    first = await backend.change_shipping_address("o1", HAMBURG, version=1, key="k")
    assert await backend.change_shipping_address("o1", HAMBURG, version=1, key="k") == first
    elsewhere = HAMBURG.model_copy(update={"line1": "Osterstr. 21"})
    with pytest.raises(IdempotencyMismatch):
        await backend.change_shipping_address("o1", elsewhere, version=1, key="k")


async def test_of_two_who_change_the_same_version_one_is_told_that_it_moved_on(
    backend: EmbeddedBackend,
) -> None:
    other = HAMBURG.model_copy(update={"line1": "Osterstr. 21"})
    both = await asyncio.gather(
        backend.change_shipping_address("o1", HAMBURG, version=1, key="a"),
        backend.change_shipping_address("o1", other, version=1, key="b"),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in both) == ["OrderChanged", "VersionConflict"]
    won = next(each for each in both if isinstance(each, OrderChanged))
    assert await backend.order("o1") == won.order


async def test_another_country_is_refused(backend: EmbeddedBackend) -> None:
    with pytest.raises(OrderNotChangeable):
        await backend.change_shipping_address("o1", VIENNA, version=1, key="k")


@pytest.mark.parametrize("status", [OrderStatus.PACKED, OrderStatus.ON_HOLD, OrderStatus.CANCELLED])
async def test_nothing_is_changed_once_it_is_packed_held_or_cancelled(
    backend: EmbeddedBackend, make_order: Any, status: OrderStatus
) -> None:
    order = make_order("o3", status=status, payment_status=PaymentStatus.PENDING)
    await backend.load(ShopData((), (), (order,), ()))
    with pytest.raises(OrderNotChangeable):
        await backend.change_shipping_address("o3", HAMBURG, version=1, key="a")
    with pytest.raises(OrderNotChangeable):
        await backend.change_payment_method("o3", "visa", version=1, key="b")
    with pytest.raises(OrderNotChangeable):
        await backend.change_lines(lines(("l2", "TS-39", 0), total=1, order_id="o3"), version=1, key="c")
    assert await backend.order("o3") == order


async def test_a_line_taken_out_is_refunded_and_back_on_the_shelf(backend: EmbeddedBackend) -> None:
    changed = await backend.change_lines(lines(("l2", "TS-39", 0), total=16490), version=1, key="k")
    assert changed.order == await backend.order("o1")
    assert [line.id for line in changed.order.lines] == ["l1"]
    assert (changed.order.total, changed.order.subtotal) == (eur(16490), eur(16000))
    assert changed.order.payment_status is PaymentStatus.PAID
    assert changed.refund is not None
    assert (changed.refund.amount, changed.refund.reason) == (eur(8900), PRICE_DIFFERENCE)
    assert await backend.refunds("o1") == [changed.refund]
    assert await stock(backend) == {"TS-38": 3, "TS-39": 1}


async def test_fewer_pieces_give_back_their_share_of_the_discounted_line(backend: EmbeddedBackend) -> None:
    changed = await backend.change_lines(lines(("l1", "TS-38", 1), total=17390), version=1, key="k")
    assert changed.order.lines[0].total == eur(8000)
    assert changed.refund is not None
    assert changed.refund.amount == eur(8000)


async def test_a_piece_more_costs_its_full_price_and_leaves_the_shelf(backend: EmbeddedBackend) -> None:
    changed = await backend.change_lines(lines(("l1", "TS-38", 3), total=34290), version=1, key="k")
    assert changed.refund is None
    assert changed.order.total == eur(34290)
    assert (await stock(backend))["TS-38"] == 2


async def test_swapping_the_size_moves_stock_and_keeps_the_price(backend: EmbeddedBackend) -> None:
    changed = await backend.change_lines(lines(("l2", "TS-38", 1), total=25390), version=1, key="k")
    assert (changed.order.lines[1].sku, changed.order.lines[1].options) == ("TS-38", {"size": "38"})
    assert changed.refund is None
    assert await stock(backend) == {"TS-38": 2, "TS-39": 1}


async def test_what_is_not_on_the_shelf_is_not_promised(backend: EmbeddedBackend) -> None:
    with pytest.raises(OutOfStock):
        await backend.change_lines(lines(("l1", "TS-39", 2), total=25390), version=1, key="k")
    assert (await backend.order("o1")) is not None
    assert await stock(backend) == {"TS-38": 3, "TS-39": 0}
    assert not await backend.refunds("o1")


async def test_another_total_than_the_one_shown_is_a_conflict(backend: EmbeddedBackend) -> None:
    with pytest.raises(VersionConflict):
        await backend.change_lines(lines(("l2", "TS-39", 0), total=1), version=1, key="k")


async def test_an_order_is_never_emptied_by_a_change(backend: EmbeddedBackend) -> None:
    nothing = lines(("l1", "TS-38", 0), ("l2", "TS-39", 0), total=490)
    with pytest.raises(LineNotChangeable):
        await backend.change_lines(nothing, version=1, key="k")


async def test_where_duties_were_collected_the_value_is_not_changed(
    backend: EmbeddedBackend, make_order: Any
) -> None:
    await backend.load(ShopData((), (), (make_order("o3", duties=eur(900), total=eur(26290)),), ()))
    with pytest.raises(LineNotChangeable):
        await backend.change_lines(lines(("l2", "TS-39", 0), total=17390, order_id="o3"), version=1, key="k")


async def test_cancelling_afterwards_owes_the_new_total_and_no_more(backend: EmbeddedBackend) -> None:
    await backend.change_lines(lines(("l2", "TS-39", 0), total=16490), version=1, key="a")
    cancelled = await backend.cancel_order("o1", reason=CancelReason.OTHER, version=2, key="b")
    assert cancelled.refund is not None
    assert cancelled.refund.amount == eur(16490)
    assert sum(refund.amount.minor for refund in await backend.refunds("o1")) == 25390


@pytest.mark.parametrize("payment", [PaymentStatus.PENDING, PaymentStatus.AUTHORISED])
async def test_unpaid_order_takes_another_payment_method_and_owes_nothing(
    backend: EmbeddedBackend, make_order: Any, payment: PaymentStatus
) -> None:
    await backend.load(ShopData((), (), (make_order("o3", payment_status=payment),), ()))
    changed = await backend.change_payment_method("o3", "paypal", version=1, key="k")
    assert (changed.order.payment_method, changed.order.version) == ("paypal", 2)
    fewer = lines(("l2", "TS-39", 0), total=16490, order_id="o3")
    assert (await backend.change_lines(fewer, version=2, key="l")).refund is None


async def test_paid_order_keeps_its_payment_method(backend: EmbeddedBackend) -> None:
    with pytest.raises(OrderNotChangeable):
        await backend.change_payment_method("o1", "paypal", version=1, key="k")


async def test_default_address_stands_before_the_others_and_leaves_the_order_alone(
    backend: EmbeddedBackend,
) -> None:
    saved = await backend.set_default_address("o1", HAMBURG, version=1, key="k")
    assert [each.city for each in saved.customer.addresses] == ["Hamburg", "Berlin"]
    assert await backend.customer("c1") == saved.customer
    order = await backend.order("o1")
    assert order is not None
    assert (order.shipping_address.city, order.version) == ("Berlin", 1)
