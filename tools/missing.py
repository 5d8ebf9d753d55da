"""A parcel that the customer does not have: how its case stands, and which pieces were in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from commerce.claims import Claim, ClaimKind
from commerce.models import Order, OrderLine, Shipment
from facts.values import Money
from tools.days import add_business_days, local_day
from tools.disputes import still_refundable
from tools.parcels import parcel_standing
from tools.refunds import share
from tools.stitching import Journey, stitch
from tools.tool import ToolContext

NOT_THERE = {ClaimKind.NOT_RECEIVED, ClaimKind.LOST}
Pieces = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, slots=True)
class Case:
    """`standing` is not_delivered, wait, inquiry_possible, inquiry_open, remedy_due, settled or several."""

    standing: str
    shipment: Shipment | None = None
    journey: Journey | None = None
    claim: Claim | None = None
    inquiry_from: date | None = None
    kind: ClaimKind = ClaimKind.NOT_RECEIVED
    pieces: Pieces = field(default=())


async def case_of(context: ToolContext, order: Order) -> Case:
    """What can be done today about a parcel that she says she does not have."""
    claims = [each for each in await context.backend.claims(order.id) if each.stands]
    about = [each for each in claims if each.kind in NOT_THERE]
    if about:
        return _claimed(context, order, about[-1])
    shipments = await context.backend.shipments(order.id)
    lost = [each for each in shipments if parcel_standing(context, order, each) == "lost"]
    if lost:
        return Case("remedy_due", kind=ClaimKind.LOST, pieces=_in(order, lost, shipments, claims))
    delivered = [each for each in shipments if stitch(each).delivered_at is not None]
    if not delivered:
        return Case("not_delivered")
    if len(delivered) > 1:
        return Case("several")
    return _delivered(context, order, delivered[0], shipments, claims)


def _claimed(context: ToolContext, order: Order, claim: Claim) -> Case:
    if not claim.waits_for_carrier:
        return Case("settled", claim=claim)
    over = claim.remedy_by is not None and claim.remedy_by < _today(context)
    lines = {line.id: line for line in order.lines}
    pieces = [(lines[each.order_line_id], each.quantity) for each in claim.lines]
    return Case("remedy_due" if over else "inquiry_open", claim=claim, pieces=pieces)


def _delivered(
    context: ToolContext, order: Order, shipment: Shipment, all_: Sequence[Shipment], claims: Sequence[Claim]
) -> Case:
    journey = stitch(shipment)
    scan = journey.delivered_at
    assert scan is not None
    wait = context.policy.not_received.wait_business_days
    opens = add_business_days(local_day(scan.at, context.locale.zone), wait)
    pieces = _in(order, [shipment], all_, claims)
    standing = "wait" if _today(context) < opens else "inquiry_possible"
    return Case(standing, shipment, journey, inquiry_from=opens, pieces=pieces)


def _today(context: ToolContext) -> date:
    return local_day(context.clock.now(), context.locale.zone)


def _in(
    order: Order, parcels: Iterable[Shipment], all_: Sequence[Shipment], claims: Iterable[Claim]
) -> Pieces:
    """The pieces of these parcels that came back by no return and are settled by no claim.

    A shop that does not say what was in a parcel means the whole order where there is one parcel only.
    """
    inside: dict[str, int] = {}
    for parcel in parcels:
        what = parcel.lines or ({line.id: line.quantity for line in order.lines} if len(all_) == 1 else {})
        for line_id, count in what.items():
            inside[line_id] = inside.get(line_id, 0) + count
    for claim in claims:
        for settled in claim.lines:
            inside[settled.order_line_id] = inside.get(settled.order_line_id, 0) - settled.quantity
    found = (
        (line, min(inside.get(line.id, 0), line.quantity - line.returned_quantity)) for line in order.lines
    )
    return [(line, count) for line, count in found if count > 0]


async def worth(context: ToolContext, order: Order, pieces: Pieces) -> Money | None:
    """What is refunded for pieces that never came: all that was paid, shipping too, where it is the whole order."""
    held = await still_refundable(context, order)
    if held is None or not pieces:
        return None
    if all((line, line.quantity) in pieces for line in order.lines):
        return held
    value = Money(minor=0, currency=order.total.currency)
    for line, count in pieces:
        value = value + share(line, line.returned_quantity, count)
    return value if 0 < value.minor <= held.minor else None


async def in_stock(context: ToolContext, pieces: Pieces) -> bool:
    """Whether every piece can be sent once more."""
    for line, count in pieces:
        product = await context.backend.product(line.product_id)
        variants = product.variants if product is not None else ()
        if not any(each.sku == line.sku and not each.held and each.stock >= count for each in variants):
            return False
    return bool(pieces)
