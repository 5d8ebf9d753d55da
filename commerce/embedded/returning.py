"""What opening a return does to the shop's tables."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.claims import Claim, returns_beside, spoken_for
from commerce.embedded import repository
from commerce.embedded.claims import claims
from commerce.embedded.exchanges import exchanges
from commerce.embedded.records import return_row
from commerce.embedded.tables import shop_orders, shop_returns
from commerce.errors import LineNotReturnable
from commerce.exchanges import Exchange, swapped
from commerce.models import Order, OrderStatus, Return, ReturnDraft, ReturnStatus
from facts.clock import Clock
from facts.identifiers import new_id

HANDED_OVER = {
    OrderStatus.PARTIALLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
    OrderStatus.RETURNED,
}
ON_THE_WAY = {ReturnStatus.REQUESTED, ReturnStatus.APPROVED, ReturnStatus.IN_TRANSIT}
BACK = {ReturnStatus.RECEIVED, ReturnStatus.REFUNDED}

ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
"""Digits and letters that nobody takes for another one, read aloud or from a label."""


async def open_return(connection: AsyncConnection, order: Order, draft: ReturnDraft, clock: Clock) -> Return:
    """Register the return; raises LineNotReturnable, and ValueError for amounts that cannot be right."""
    _check_amounts(order, draft)
    earlier = await repository.returns(connection, order.id)
    left = remaining(
        order, earlier, await claims(connection, order.id), await exchanges(connection, order.id)
    )
    _check_pieces(order, draft, left)
    opened = Return(
        id=new_id("ret"),
        number=await free_number(connection),
        status=ReturnStatus.APPROVED,
        created_at=clock.now(),
        **draft.__dict__,
    )
    await connection.execute(shop_returns.insert().values(return_row(opened)))
    grown = update(shop_orders).where(shop_orders.c.id == order.id).values(version=order.version + 1)
    await connection.execute(grown)
    return opened


def _check_amounts(order: Order, draft: ReturnDraft) -> None:
    currencies = {order.total.currency, draft.expected_refund.currency, draft.fee.currency}
    if len(currencies) != 1:
        raise ValueError("a return is settled in the order's currency")
    if draft.fee.minor < 0 or not 0 <= draft.expected_refund.minor <= order.total.minor:
        raise ValueError("a return refunds between nothing and the order's total")


def _check_pieces(order: Order, draft: ReturnDraft, left: Mapping[str, int]) -> None:
    if order.status not in HANDED_OVER or not draft.lines:
        raise LineNotReturnable(f"order is {order.status}, {len(draft.lines)} lines asked back")
    asked: Counter[str] = Counter()
    for line in draft.lines:
        asked[line.order_line_id] += line.quantity
    for line_id, pieces in asked.items():
        if pieces > left.get(line_id, 0):
            raise LineNotReturnable(
                f"{pieces} pieces asked back of line {line_id}, {left.get(line_id, 0)} left"
            )


def remaining(
    order: Order,
    earlier: Sequence[Return],
    claimed: Sequence[Claim] = (),
    exchanged: Sequence[Exchange] = (),
) -> dict[str, int]:
    """Line id → pieces that are neither back, nor promised to another return, nor settled by a claim or exchange."""
    settled, theirs = spoken_for(claimed) + swapped(exchanged, earlier), returns_beside(claimed)
    coming: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for return_ in earlier:
        if return_.id in theirs:
            continue
        counter = coming if return_.status in ON_THE_WAY else back if return_.status in BACK else Counter()
        for line in return_.lines:
            counter[line.order_line_id] += line.quantity
    # A shop counts what came back on the line, on the return, or on both: the larger one is the truth.
    return {
        line.id: line.quantity
        - settled[line.id]
        - coming[line.id]
        - max(line.returned_quantity, back[line.id])
        for line in order.lines
    }


async def free_number(connection: AsyncConnection) -> str:
    while True:
        number = "R-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
        taken = await connection.scalar(select(shop_returns.c.id).where(shop_returns.c.number == number))
        if taken is None:
            return number
