"""What changing an order that is not packed yet does to the shop's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.changes import (
    CHANGEABLE,
    PRICE_DIFFERENCE,
    AddressSaved,
    LinesDraft,
    NoPrice,
    NothingLeft,
    OrderChanged,
    repriced,
)
from commerce.embedded import repository
from commerce.embedded.records import line_rows, order_row, refund_row
from commerce.embedded.tables import (
    shop_customers,
    shop_order_lines,
    shop_orders,
    shop_refunds,
    shop_variants,
)
from commerce.errors import LineNotChangeable, OrderNotChangeable, OrderNotFound, OutOfStock, VersionConflict
from commerce.models import Address, Order, PaymentStatus, Refund, RefundStatus, Variant
from facts.clock import Clock
from facts.identifiers import new_id
from facts.values import Money

UNPAID = {PaymentStatus.PENDING, PaymentStatus.AUTHORISED}
"""No money has been taken, so another method may take it."""
TAKEN = {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED}


async def readdress(connection: AsyncConnection, order: Order, address: Address) -> OrderChanged:
    """Send it elsewhere in the same country; raises OrderNotChangeable."""
    _check(order)
    if address.country != order.shipping_address.country:
        raise OrderNotChangeable("another country has other prices")
    return await _written(connection, order, {"shipping_address": address})


async def pay_otherwise(connection: AsyncConnection, order: Order, method: str) -> OrderChanged:
    """Have it paid by another method; raises OrderNotChangeable where money was taken."""
    _check(order)
    if order.payment_status not in UNPAID:
        raise OrderNotChangeable(order.payment_status)
    return await _written(connection, order, {"payment_method": method})


async def change_lines(
    connection: AsyncConnection, order: Order, draft: LinesDraft, clock: Clock
) -> OrderChanged:
    """Give it other pieces and owe what it has become cheaper; raises what `repriced` cannot tell, OutOfStock."""
    _check(order)
    variants = await _variants(connection, order)
    try:
        after = repriced(order, draft.lines, variants)
    except (NoPrice, NothingLeft, KeyError) as error:
        raise LineNotChangeable(str(error)) from error
    if after.total != draft.total:
        raise VersionConflict("the price has changed since it was shown")
    await _move_stock(connection, order, after)
    changed = await _written(connection, after, {})
    await connection.execute(delete(shop_order_lines).where(shop_order_lines.c.order_id == order.id))
    await connection.execute(shop_order_lines.insert(), line_rows(after))
    refund = await _refund(connection, order, after, clock)
    return changed.model_copy(update={"refund": refund})


async def save_address(connection: AsyncConnection, order: Order, address: Address) -> AddressSaved:
    """Put the address before the customer's others; raises OrderNotFound where the order has no customer."""
    customer = await repository.customer(connection, order.customer_id)
    if customer is None:
        raise OrderNotFound(order.id)
    kept = tuple(each for each in customer.addresses if each != address)
    saved = customer.model_copy(update={"addresses": (address, *kept)})
    values = {"addresses": [each.model_dump() for each in saved.addresses]}
    await connection.execute(update(shop_customers).where(shop_customers.c.id == customer.id).values(values))
    return AddressSaved(customer=saved)


def _check(order: Order) -> None:
    if order.status not in CHANGEABLE:
        raise OrderNotChangeable(order.status)


async def _written(connection: AsyncConnection, order: Order, changes: Mapping[str, Any]) -> OrderChanged:
    changed = order.model_copy(update={**changes, "version": order.version + 1})
    values = order_row(changed)
    values.pop("id")
    await connection.execute(update(shop_orders).where(shop_orders.c.id == order.id).values(values))
    return OrderChanged(order=changed)


async def _variants(connection: AsyncConnection, order: Order) -> dict[str, Variant]:
    found: dict[str, Variant] = {}
    for product_id in sorted({line.product_id for line in order.lines}):
        for product in await repository.products(connection, product_id):
            found |= {variant.sku: variant for variant in product.variants}
    return found


async def _move_stock(connection: AsyncConnection, before: Order, after: Order) -> None:
    pieces: Counter[str] = Counter()
    for line in after.lines:
        pieces[line.sku] += line.quantity
    for line in before.lines:
        pieces[line.sku] -= line.quantity
    # Always in one order, so that two changes cannot wait for each other.
    for sku in sorted(pieces):
        taken = pieces[sku]
        moved = update(shop_variants).where(shop_variants.c.sku == sku)
        if taken > 0:
            moved = moved.where(shop_variants.c.stock >= taken)
        result = await connection.execute(moved.values(stock=shop_variants.c.stock - taken))
        if taken > 0 and result.rowcount != 1:
            raise OutOfStock(sku)


async def _refund(connection: AsyncConnection, before: Order, after: Order, clock: Clock) -> Refund | None:
    cheaper = before.total.minor - after.total.minor
    if cheaper <= 0 or before.payment_status not in TAKEN:
        return None
    refund = Refund(
        id=new_id("rfd"),
        order_id=before.id,
        amount=Money(minor=cheaper, currency=before.total.currency),
        status=RefundStatus.PENDING,
        created_at=clock.now(),
        reason=PRICE_DIFFERENCE,
    )
    await connection.execute(shop_refunds.insert().values(refund_row(refund)))
    return refund
