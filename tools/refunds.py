"""Refund arithmetic in integer minor units; nothing is converted from one currency into another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from commerce.changes import PRICE_DIFFERENCE
from commerce.claims import Claim, returns_beside, spoken_for
from commerce.exchanges import Exchange, swapped
from commerce.models import (
    Order,
    OrderLine,
    PaymentStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnStatus,
)
from facts.values import Money

TAKEN = {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED}
"""The shop has the customer's money."""

ON_THE_WAY = {ReturnStatus.REQUESTED, ReturnStatus.APPROVED, ReturnStatus.IN_TRANSIT}
BACK = {ReturnStatus.RECEIVED, ReturnStatus.REFUNDED}


def share(line: OrderLine, before: int, pieces: int) -> Money:
    """What `pieces` of a line are worth after `before` of them went back.

    The line's total is spread by rounding down the running sum, so that all pieces together are worth exactly the
    total, in whatever portions they come back.
    """
    total = line.total.minor
    upto = total * (before + pieces) // line.quantity
    return Money(minor=upto - total * before // line.quantity, currency=line.total.currency)


def gone(
    order: Order,
    returns: Sequence[Return],
    claims: Sequence[Claim] = (),
    exchanges: Sequence[Exchange] = (),
) -> dict[str, int]:
    """Line id → pieces that are back, promised to a return that is open, or settled by a claim or an exchange."""
    settled, theirs = spoken_for(claims) + swapped(exchanges, returns), returns_beside(claims)
    coming: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for each in returns:
        if each.id in theirs:
            continue
        counter = coming if each.status in ON_THE_WAY else back if each.status in BACK else Counter[str]()
        for line in each.lines:
            counter[line.order_line_id] += line.quantity
    # A shop counts what came back on the line, on the return, or on both: the larger one is the truth.
    return {
        line.id: settled[line.id] + coming[line.id] + max(line.returned_quantity, back[line.id])
        for line in order.lines
    }


def refundable(order: Order, refunds: Iterable[Refund]) -> Money | None:
    """What the shop still holds of what was paid; None where nothing is left or nothing had been taken."""
    if order.payment_status not in TAKEN:
        return None
    held = order.total
    for refund in refunds:
        # A price difference has gone from the total itself already.
        if refund.status is not RefundStatus.FAILED and refund.reason != PRICE_DIFFERENCE:
            held = held - refund.amount
    return held if held.minor > 0 else None
