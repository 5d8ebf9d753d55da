"""Whether an order's amounts add up, where shops may show tax inside their prices or beside them."""

from __future__ import annotations

from collections.abc import Iterator

from commerce.models import Order
from facts.values import Money


def _say(amount: Money) -> str:
    return f"{amount.amount} {amount.currency}"


def sums_wrong(order: Order) -> Iterator[str]:
    """A reason for each sum that is wrong; all amounts are in one currency.

    The total is subtotal, shipping and duties, plus tax where it is not in the prices already. The lines'
    totals, which include tax, are the subtotal or up to the tax more; each line may be off by one minor unit
    of rounding.
    """
    if not order.lines:
        yield "the order has no lines"
        return
    before_tax = order.subtotal + order.shipping + order.duties
    if order.total not in (before_tax, before_tax + order.tax):
        yield (
            f"total {_say(order.total)} is neither subtotal + shipping + duties ({_say(before_tax)}) "
            f"nor that with tax ({_say(before_tax + order.tax)})"
        )
    lines = sum(line.total.minor for line in order.lines)
    rounding = len(order.lines)
    low, high = order.subtotal.minor - rounding, order.subtotal.minor + order.tax.minor + rounding
    if not low <= lines <= high:
        paid = Money(minor=lines, currency=order.total.currency)
        yield f"the lines come to {_say(paid)}, the subtotal is {_say(order.subtotal)}"
