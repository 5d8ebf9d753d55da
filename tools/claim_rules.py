"""What may be done about damaged, wrong and missing goods, by the shop's policy and the statutory warranty."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from commerce.claims import Claim, ClaimKind, ClaimRemedy
from commerce.disputes import decided_elsewhere
from commerce.exchanges import Exchange
from commerce.models import Order, OrderLine, OrderStatus, Product, Shipment
from facts.tracking import TrackingStatus
from facts.values import Code, Date, Duration, Fact, Money
from tools.days import local_day
from tools.disputes import still_refundable
from tools.eligibility import Refusal
from tools.items import items
from tools.limits import covers, within
from tools.refunds import gone, share
from tools.tool import ToolContext

AT_THE_SHOP = {
    OrderStatus.PENDING_PAYMENT,
    OrderStatus.PROCESSING,
    OrderStatus.ON_HOLD,
    OrderStatus.PACKED,
}
BREAKS = {ClaimKind.DAMAGED, ClaimKind.DEFECTIVE}
"""What the warranty stands in for once the days for damage on the way are over."""

Pieces = Sequence[tuple[OrderLine, int]]


class Wish(StrEnum):
    """What she would rather have, where both can be done."""

    REPLACEMENT = "replacement"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Case:
    """An order about which something may be claimed today."""

    order: Order
    kind: ClaimKind
    lines: tuple[tuple[OrderLine, int], ...]
    """Each line with the pieces that nothing was done about yet."""
    gone: Mapping[str, int]
    shipments: Sequence[Shipment]
    held: Money | None
    """What the shop still has of what was paid, less what a bank took back."""
    spent: int
    """How many of her claims were settled lately without anything coming back."""
    photos: tuple[str, ...]
    """Pictures that show no earlier claim."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How one wish can be fulfilled."""

    remedy: ClaimRemedy
    worth: Money
    comes_back: bool
    photo: bool
    approval: bool

    @property
    def name(self) -> str:
        """The last part of its statements' ids."""
        back = "_return" if self.comes_back and self.remedy is ClaimRemedy.REPLACEMENT else ""
        return f"{'refund' if self.remedy is ClaimRemedy.REFUND_WITHOUT_RETURN else self.remedy}{back}"


async def case_of(context: ToolContext, order: Order, kind: ClaimKind) -> Case | Refusal:
    """What may be claimed today; late damage becomes a case of the warranty."""
    if order.status is OrderStatus.CANCELLED:
        return Refusal("cancelled")
    if decided_elsewhere(await context.backend.disputes(order.id), order.total):
        return Refusal("dispute")
    if order.status in AT_THE_SHOP:
        return Refusal("not_shipped")
    shipments = await context.backend.shipments(order.id)
    arrived = _arrived(order, shipments)
    if arrived is None:
        on_the_way = [(line, line.quantity) for line in order.lines]
        return still_coming(context, order, shipments, on_the_way) or Refusal("not_delivered")
    claims = await context.backend.claims(order.id)
    exchanges = await context.backend.exchanges(order.id)
    away = gone(order, await context.backend.returns(order.id), claims, exchanges)
    left = [(line, line.quantity - away[line.id]) for line in order.lines if line.quantity > away[line.id]]
    if not left:
        return _nothing_left(claims, exchanges)
    timely = await _timely(context, order, kind, left, arrived)
    if isinstance(timely, Refusal):
        return timely
    since = context.clock.now() - timedelta(days=context.policy.claims.per_days)
    lately = await context.backend.claims_of(order.customer_id, since)
    shown = {photo for claim in (*claims, *lately) for photo in claim.photos}
    return Case(
        order=order,
        kind=timely[0],
        lines=timely[1],
        gone=away,
        shipments=shipments,
        held=await still_refundable(context, order),
        spent=sum(1 for claim in lately if _without_return(claim)),
        photos=tuple(each for each in context.photos if each not in shown),
    )


def _arrived(order: Order, shipments: Sequence[Shipment]) -> datetime | None:
    """When the last parcel came, of those that did."""
    delivered = [at for each in shipments if (at := _delivered_at(each))]
    return order.delivered_at or max(delivered, default=None)


def _delivered_at(shipment: Shipment) -> datetime | None:
    events = (event.at for event in shipment.events if event.status is TrackingStatus.DELIVERED)
    return max(events, default=None)


def _nothing_left(claims: Sequence[Claim], exchanges: Sequence[Exchange]) -> Refusal:
    if swaps := [each for each in exchanges if each.stands]:
        return Refusal("exchanged", {"exchange_number": Code(value=swaps[-1].number)})
    standing = [claim for claim in claims if claim.stands]
    if not standing:
        return Refusal("nothing_left")
    return Refusal("already_claimed", {"claim_number": Code(value=standing[-1].number)})


def _without_return(claim: Claim) -> bool:
    settled = claim.remedy in (ClaimRemedy.REFUND_WITHOUT_RETURN, ClaimRemedy.REPLACEMENT)
    return claim.stands and settled and claim.return_id is None


async def _timely(
    context: ToolContext, order: Order, kind: ClaimKind, left: Pieces, arrived: datetime
) -> tuple[ClaimKind, tuple[tuple[OrderLine, int], ...]] | Refusal:
    """The lines that are not too late, and under which heading."""
    zone, days = context.locale.zone, context.policy.claims.report_within_days
    delivered, today = local_day(arrived, zone), local_day(context.clock.now(), zone)
    if kind is not ClaimKind.DEFECTIVE and today <= delivered + timedelta(days=days):
        return kind, tuple(left)
    told: dict[str, Fact] = {"delivered_at": Date(value=delivered)}
    if kind not in BREAKS:
        return Refusal("late", {**told, "window": Duration(value=days)})
    until = {line.id: await _warranty_until(context, order, line, delivered) for line, _ in left}
    covered = tuple((line, pieces) for line, pieces in left if today <= until[line.id])
    if not covered:
        return Refusal("warranty_over", {**told, "until": Date(value=max(until.values()))})
    return ClaimKind.DEFECTIVE, covered


async def _warranty_until(context: ToolContext, order: Order, line: OrderLine, delivered: date) -> date:
    """The last day of the longer one of the shop's warranty for the country and the maker's."""
    product = await context.backend.product(line.product_id)
    makers = product.warranty_months if product and product.warranty_months else 0
    months = max(context.policy.warranty.for_country(order.shipping_address.country), makers)
    year, month = divmod(delivered.year * 12 + delivered.month - 1 + months, 12)
    return date(year, month + 1, min(delivered.day, monthrange(year, month + 1)[1]))


def still_coming(
    context: ToolContext, order: Order, shipments: Sequence[Shipment], wanted: Pieces
) -> Refusal | None:
    """Pieces that are said to be missing but were not sent yet, or are in a parcel that has not come."""
    later = [(line, pieces) for line, pieces in wanted if _sent(line, shipments) < line.quantity]
    if later and order.status is OrderStatus.PARTIALLY_SHIPPED:
        return Refusal("rest_not_shipped", {"items": items(order, later)})
    open_ = [shipment for shipment in shipments if _delivered_at(shipment) is None]
    coming = [(line, pieces) for line, pieces in wanted if any(line.id in each.lines for each in open_)]
    if not coming:
        return None
    facts: dict[str, Fact] = {"items": items(order, coming)}
    by = max((each.promised_by for each in open_ if each.promised_by), default=None)
    if by is None or by < local_day(context.clock.now(), context.locale.zone):
        return Refusal("on_the_way", facts)
    return Refusal("on_the_way_by", {**facts, "by_date": Date(value=by)})


def _sent(line: OrderLine, shipments: Sequence[Shipment]) -> int:
    return sum(shipment.lines.get(line.id, 0) for shipment in shipments)


async def terms_of(context: ToolContext, case: Case, chosen: Pieces) -> dict[Wish, Terms]:
    """What can be done about the chosen pieces; empty where only a person can say."""
    worth = Money(minor=0, currency=case.order.total.currency)
    for line, pieces in chosen:
        worth = worth + share(line, case.gone[line.id], pieces)
    if worth.minor <= 0 or case.held is None or worth.minor > case.held.minor:
        return {}
    rules = context.policy.claims
    small = covers(rules.refund_without_return, worth) and case.spent < rules.per_customer
    found: dict[Wish, Terms] = {}
    if await _in_stock(context, chosen):
        found[Wish.REPLACEMENT] = _terms(context, case.kind, ClaimRemedy.REPLACEMENT, worth, small)
    # Under the warranty the goods are put right first; money is for small things, or where they cannot be.
    if case.kind is not ClaimKind.DEFECTIVE or small or not found:
        keeps = small or case.kind is ClaimKind.MISSING
        remedy = ClaimRemedy.REFUND_WITHOUT_RETURN if keeps else ClaimRemedy.RETURN
        found[Wish.REFUND] = _terms(context, case.kind, remedy, worth, small)
    return found


async def need_not_return(context: ToolContext, order: Order, kind: ClaimKind, chosen: Pieces) -> bool:
    """Whether a claim would settle these pieces at once, so that she need not send them back."""
    case = await case_of(context, order, kind)
    if isinstance(case, Refusal) or case.kind is not kind:
        return False
    refund = (await terms_of(context, case, chosen)).get(Wish.REFUND)
    return refund is not None and not refund.comes_back and not refund.approval


def _terms(context: ToolContext, kind: ClaimKind, remedy: ClaimRemedy, worth: Money, small: bool) -> Terms:
    missing = kind is ClaimKind.MISSING
    comes_back = not small and not missing
    return Terms(
        remedy=remedy,
        worth=worth,
        comes_back=comes_back,
        photo=kind in context.policy.claims.photo_for and remedy is not ClaimRemedy.RETURN,
        approval=not within(context.policy.limits, "return_refund", worth) or (missing and not small),
    )


async def _in_stock(context: ToolContext, chosen: Pieces) -> bool:
    wanted: dict[str, int] = {}
    for line, pieces in chosen:
        wanted[line.sku] = wanted.get(line.sku, 0) + pieces
    products = [await context.backend.product(line.product_id) for line, _ in chosen]
    return all(_has(products, sku, pieces) for sku, pieces in wanted.items())


def _has(products: Sequence[Product | None], sku: str, pieces: int) -> bool:
    variants = (variant for product in products if product for variant in product.variants)
    return any(each.sku == sku and each.stock >= pieces and not each.held for each in variants)
