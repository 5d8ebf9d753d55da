"""What opening a claim does to the shop's tables."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.changes import PRICE_DIFFERENCE
from commerce.claims import Claim, ClaimDraft, ClaimKind, ClaimRemedy, ClaimStatus
from commerce.disputes import decided_elsewhere, taken_back
from commerce.embedded import repository
from commerce.embedded.claim_tables import shop_claims
from commerce.embedded.claims import claim_row, claims
from commerce.embedded.exchanges import exchanges
from commerce.embedded.records import refund_row, return_row
from commerce.embedded.returning import ALPHABET, HANDED_OVER, free_number, remaining
from commerce.embedded.tables import shop_orders, shop_refunds, shop_returns, shop_variants
from commerce.errors import LineNotClaimable
from commerce.keys import printable
from commerce.models import (
    Order,
    PaymentStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnLine,
    ReturnReason,
    ReturnStatus,
)
from facts.clock import Clock
from facts.identifiers import new_id
from facts.values import Money

AT_ONCE = {ClaimRemedy.REFUND_WITHOUT_RETURN}
NOT_THERE = {ClaimKind.NOT_RECEIVED, ClaimKind.LOST}
UNDECIDED = {ClaimRemedy.NONE, ClaimRemedy.INQUIRY}
TAKEN = {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED}
REASONS = {
    ClaimKind.DAMAGED: ReturnReason.DAMAGED,
    ClaimKind.DEFECTIVE: ReturnReason.DAMAGED,
    ClaimKind.WRONG_ITEM: ReturnReason.WRONG_ITEM,
}


async def open_claim(connection: AsyncConnection, order: Order, draft: ClaimDraft, clock: Clock) -> Claim:
    """Register the claim and do what its remedy says; LineNotClaimable where pieces are settled already.

    A refund without return is owed at once, a replacement leaves the stock, and pieces that are to come back get a
    return of their own, all in this transaction.
    """
    inquiries = [each for each in await claims(connection, order.id) if _answers(draft, each)]
    await _check(connection, order, draft, inquiries)
    await _settle(connection, inquiries)
    now = clock.now()
    return_ = await _return(connection, order, draft, now)
    if draft.remedy in AT_ONCE and draft.refund is not None:
        await _refund(connection, order, draft.refund, draft.kind, now)
    if draft.remedy is ClaimRemedy.REPLACEMENT:
        await _take_from_stock(connection, order, draft)
    claim = Claim(
        id=new_id("clm"),
        number=await _free_number(connection),
        status=_status(draft.remedy),
        return_id=return_.id if return_ else None,
        return_number=return_.number if return_ else None,
        created_at=now,
        **{name: value for name, value in draft.__dict__.items() if name != "send_by"},
    )
    await connection.execute(shop_claims.insert().values(claim_row(claim)))
    grown = update(shop_orders).where(shop_orders.c.id == order.id).values(version=order.version + 1)
    await connection.execute(grown)
    return claim


def _status(remedy: ClaimRemedy) -> ClaimStatus:
    if remedy in UNDECIDED:
        return ClaimStatus.OPEN
    return ClaimStatus.SETTLED if remedy in AT_ONCE else ClaimStatus.AGREED


def _answers(draft: ClaimDraft, earlier: Claim) -> bool:
    """Whether the draft is what follows on an inquiry: its pieces are taken over."""
    return earlier.waits_for_carrier and draft.kind in NOT_THERE and draft.remedy not in UNDECIDED


async def _settle(connection: AsyncConnection, inquiries: Sequence[Claim]) -> None:
    ids = [each.id for each in inquiries]
    done = update(shop_claims).where(shop_claims.c.id.in_(ids)).values(status=ClaimStatus.SETTLED)
    await connection.execute(done)


async def _check(
    connection: AsyncConnection, order: Order, draft: ClaimDraft, inquiries: Sequence[Claim]
) -> None:
    if order.status not in HANDED_OVER or not draft.lines:
        raise LineNotClaimable(f"order is {order.status}, {len(draft.lines)} lines claimed")
    if decided_elsewhere(await repository.disputes(connection, order.id), order.total):
        raise LineNotClaimable("a bank or payment service decides about the money")
    standing = [each for each in await claims(connection, order.id) if each not in inquiries]
    left = remaining(
        order,
        await repository.returns(connection, order.id),
        standing,
        await exchanges(connection, order.id),
    )
    asked: Counter[str] = Counter()
    for line in draft.lines:
        asked[line.order_line_id] += line.quantity
    for line_id, pieces in asked.items():
        if pieces > left.get(line_id, 0):
            raise LineNotClaimable(f"{pieces} pieces claimed of line {line_id}, {left.get(line_id, 0)} left")
    if draft.refund is not None:
        await _check_refund(connection, order, draft.refund)


async def _check_refund(connection: AsyncConnection, order: Order, refund: Money) -> None:
    if refund.currency != order.total.currency or refund.minor <= 0:
        raise ValueError("a claim is paid in the order's currency")
    held = await _held(connection, order)
    if refund.minor > held:
        raise LineNotClaimable(f"the shop holds {held} of this order, {refund.minor} are claimed")


async def _held(connection: AsyncConnection, order: Order) -> int:
    """What the shop still has of the order's money, in minor units."""
    taken = taken_back(await repository.disputes(connection, order.id), order.total.currency)
    held = order.total.minor if order.payment_status in TAKEN and taken is not None else 0
    held -= taken.minor if taken is not None else 0
    for earlier in await repository.refunds(connection, order.id):
        paid_back = earlier.status is not RefundStatus.FAILED and earlier.reason != PRICE_DIFFERENCE
        held -= earlier.amount.minor if paid_back else 0
    return held


async def _refund(
    connection: AsyncConnection, order: Order, amount: Money, kind: ClaimKind, now: datetime
) -> None:
    owed = Refund(
        id=new_id("rfd"),
        order_id=order.id,
        amount=amount,
        status=RefundStatus.PENDING,
        created_at=now,
        reason=kind,
    )
    await connection.execute(shop_refunds.insert().values(refund_row(owed)))
    all_back = await _held(connection, order) <= 0
    standing = PaymentStatus.REFUNDED if all_back else PaymentStatus.PARTIALLY_REFUNDED
    paid = update(shop_orders).where(shop_orders.c.id == order.id)
    await connection.execute(paid.values(payment_status=standing))


async def _return(
    connection: AsyncConnection, order: Order, draft: ClaimDraft, now: datetime
) -> Return | None:
    if draft.send_by is None:
        return None
    nothing = Money(minor=0, currency=order.total.currency)
    opened = Return(
        id=new_id("ret"),
        number=await free_number(connection),
        order_id=order.id,
        lines=tuple(
            ReturnLine(
                order_line_id=line.order_line_id,
                quantity=line.quantity,
                reason=REASONS.get(draft.kind, ReturnReason.OTHER),
            )
            for line in draft.lines
        ),
        status=ReturnStatus.APPROVED,
        created_at=now,
        send_by=draft.send_by,
        expected_refund=draft.refund or nothing,
        fee=nothing,
    )
    await connection.execute(shop_returns.insert().values(return_row(opened)))
    return opened


async def _take_from_stock(connection: AsyncConnection, order: Order, draft: ClaimDraft) -> None:
    lines = {line.id: line for line in order.lines}
    pieces: Counter[str] = Counter()
    for line in draft.lines:
        pieces[lines[line.order_line_id].sku] += line.quantity
    # Always in one order, so that two claims cannot wait for each other.
    for sku in sorted(pieces):
        enough = (shop_variants.c.sku == sku) & (shop_variants.c.stock >= pieces[sku]) & ~shop_variants.c.held
        taken = await connection.execute(
            update(shop_variants).where(enough).values(stock=shop_variants.c.stock - pieces[sku])
        )
        if taken.rowcount != 1:
            raise LineNotClaimable(f"{sku} cannot be replaced: not enough in stock")


async def _free_number(connection: AsyncConnection) -> str:
    while True:
        number = "C-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
        if await connection.scalar(select(shop_claims.c.id).where(shop_claims.c.number == number)) is None:
            return number


async def hold_variants(connection: AsyncConnection, skus: Iterable[str]) -> list[str]:
    """Take them off sale; gives those that the shop has, sorted. Held already is held still."""
    held: list[str] = []
    for sku in sorted(set(skus)):
        here = shop_variants.c.sku == printable(sku)
        if (await connection.execute(update(shop_variants).where(here).values(held=True))).rowcount:
            held.append(sku)
    return held
