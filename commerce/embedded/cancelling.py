"""What cancelling an order does to the shop's tables."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.changes import PRICE_DIFFERENCE
from commerce.embedded import repository
from commerce.embedded.records import refund_row
from commerce.embedded.tables import shop_orders, shop_refunds, shop_variants
from commerce.errors import OrderNotCancellable
from commerce.models import (
    Cancellation,
    CancelReason,
    Order,
    OrderStatus,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from facts.clock import Clock
from facts.identifiers import new_id

CANCELLABLE = {OrderStatus.PENDING_PAYMENT, OrderStatus.PROCESSING, OrderStatus.ON_HOLD}
"""Nothing has been packed yet."""

TAKEN = {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED}
"""The shop has the customer's money."""


async def cancel(
    connection: AsyncConnection, order: Order, reason: CancelReason, clock: Clock
) -> Cancellation:
    """Put the pieces back, close the order and owe what was paid; raises OrderNotCancellable."""
    if order.status not in CANCELLABLE:
        raise OrderNotCancellable(order.status)
    refund = await _refund(connection, order, reason, clock)
    changes = {
        "status": OrderStatus.CANCELLED,
        "payment_status": _payment_after(order.payment_status),
        "cancelled_at": clock.now(),
        "version": order.version + 1,
    }
    await connection.execute(update(shop_orders).where(shop_orders.c.id == order.id).values(changes))
    await _restore_stock(connection, order)
    return Cancellation(order=order.model_copy(update=changes), refund=refund)


def _payment_after(before: PaymentStatus) -> PaymentStatus:
    if before in TAKEN:
        return PaymentStatus.REFUNDED
    return before if before is PaymentStatus.REFUNDED else PaymentStatus.VOIDED


async def _refund(
    connection: AsyncConnection, order: Order, reason: CancelReason, clock: Clock
) -> Refund | None:
    if order.payment_status not in TAKEN:
        return None
    owed = order.total
    for earlier in await repository.refunds(connection, order.id):
        # A price difference has gone from the total itself already.
        if earlier.status is not RefundStatus.FAILED and earlier.reason != PRICE_DIFFERENCE:
            owed = owed - earlier.amount
    if owed.minor <= 0:
        return None
    refund = Refund(
        id=new_id("rfd"),
        order_id=order.id,
        amount=owed,
        status=RefundStatus.PENDING,
        created_at=clock.now(),
        reason=reason,
    )
    await connection.execute(shop_refunds.insert().values(refund_row(refund)))
    return refund


async def _restore_stock(connection: AsyncConnection, order: Order) -> None:
    pieces: Counter[str] = Counter()
    for line in order.lines:
        pieces[line.sku] += line.quantity - line.returned_quantity
    # Always in one order, so that two cancellations cannot wait for each other.
    for sku in sorted(pieces):
        restored = update(shop_variants).where(shop_variants.c.sku == sku)
        await connection.execute(restored.values(stock=shop_variants.c.stock + pieces[sku]))
