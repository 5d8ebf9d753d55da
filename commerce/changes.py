"""Changing what an order that is not packed yet consists of, and what that does to its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from commerce.models import Customer, Order, OrderLine, OrderStatus, Record, Refund, Variant
from facts.values import Money

CHANGEABLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PROCESSING})
"""Nothing is packed yet, and nobody looks into it."""

PRICE_DIFFERENCE = "order_changed"
"""The reason of a refund that an order's new, lower total already tells: it is no part of what is still held."""


class LineChange(Record):
    """What one line is to be: that many pieces (0 takes it out) of that variant."""

    line_id: str
    sku: str
    quantity: int = Field(ge=0, le=999)


class LinesDraft(Record):
    """The change that a customer confirmed, with the total that she was shown."""

    order_id: str
    lines: tuple[LineChange, ...]
    total: Money


class OrderChanged(Record):
    """The order as it now stands, and the refund where it has become cheaper and was paid."""

    order: Order
    refund: Refund | None = None


class AddressSaved(Record):
    """The customer with her new default address, the first of her addresses."""

    customer: Customer


class NoPrice(ValueError):
    """What the change costs cannot be told by arithmetic: other currencies, or duties that were collected."""


class NothingLeft(ValueError):
    """The order would be empty: that is a cancellation."""


def repriced(order: Order, changes: Sequence[LineChange], variants: Mapping[str, Variant]) -> Order:
    """The order with its lines and amounts after the changes; `variants` are those of its products, by SKU.

    A discount stays with the pieces that stay; a piece more costs its full price. Postage stays as it was charged.
    Raises NoPrice, NothingLeft, and KeyError for a line or a SKU that is not there.
    """
    wanted = {change.line_id: change for change in changes}
    if unknown := wanted.keys() - {line.id for line in order.lines}:
        raise KeyError(min(unknown))
    changed = [_line(line, wanted[line.id], variants) if line.id in wanted else line for line in order.lines]
    lines = tuple(line for line in changed if line is not None)
    if not lines:
        raise NothingLeft(order.number)
    difference = sum(line.total.minor for line in lines) - sum(line.total.minor for line in order.lines)
    if difference and order.duties.minor:
        raise NoPrice("duties were collected on the old value")
    return order.model_copy(update={"lines": lines, **_amounts(order, difference)})


def _line(line: OrderLine, change: LineChange, variants: Mapping[str, Variant]) -> OrderLine | None:
    if change.quantity == 0:
        return None
    dearer = _difference(line, change.sku, variants)
    kept = min(change.quantity, line.quantity)
    unit = line.unit_price + dearer
    minor = line.total.minor * kept // line.quantity + dearer.minor * kept
    total = Money(minor=minor + unit.minor * (change.quantity - kept), currency=unit.currency)
    values = {"sku": change.sku, "quantity": change.quantity, "unit_price": unit, "total": total}
    if change.sku != line.sku:
        values["options"] = dict(variants[change.sku].options)
    return line.model_copy(update=values)


def _difference(line: OrderLine, sku: str, variants: Mapping[str, Variant]) -> Money:
    """What a piece of another variant costs more than the one that was ordered."""
    nothing = Money(minor=0, currency=line.unit_price.currency)
    if sku == line.sku:
        return nothing
    before, after = variants[line.sku].price, variants[sku].price
    if before == after:
        return nothing
    if not before.currency == after.currency == nothing.currency:
        raise NoPrice("the catalogue's prices are in another currency than the order")
    return after - before


def _amounts(order: Order, difference: int) -> dict[str, Money]:
    currency = order.total.currency
    taxed = order.subtotal.minor + order.shipping.minor
    tax = order.tax.minor * (taxed + difference) // taxed if taxed else order.tax.minor
    return {
        "subtotal": Money(minor=order.subtotal.minor + difference, currency=currency),
        "tax": Money(minor=tax, currency=currency),
        "total": Money(minor=order.total.minor + difference, currency=currency),
    }
