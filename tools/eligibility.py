"""Whether an order's pieces may come back today, by the shop's policy for the country of delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from commerce.claims import Claim
from commerce.exchanges import Exchange
from commerce.models import Order, OrderLine, OrderStatus, Return
from facts.values import Code, Date, Duration, Fact
from tools.days import local_day
from tools.items import items
from tools.refunds import ON_THE_WAY, gone
from tools.tool import ToolContext


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing may come back; worded by the statement `return.<outcome>`."""

    outcome: str
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Eligible:
    """The lines with the pieces that are left; `gone` has, for every line, the pieces that are not."""

    lines: tuple[tuple[OrderLine, int], ...]
    final_sale: tuple[OrderLine, ...]
    gone: dict[str, int]
    last_day: date
    away: tuple[OrderLine, ...] = ()
    """Lines of which every piece is back, on its way, or settled otherwise."""


async def eligibility_of(context: ToolContext, order: Order) -> Eligible | Refusal:
    """What may come back of it, by all that the shop has on record."""
    backend = context.backend
    return eligibility(
        context,
        order,
        await backend.returns(order.id),
        await backend.claims(order.id),
        await backend.exchanges(order.id),
    )


def eligibility(
    context: ToolContext,
    order: Order,
    returns: Sequence[Return],
    claims: Sequence[Claim] = (),
    exchanges: Sequence[Exchange] = (),
) -> Eligible | Refusal:
    """What may come back. The day of delivery does not count; the last day of the window does."""
    if order.status is OrderStatus.CANCELLED:
        return Refusal("cancelled")
    if order.delivered_at is None:
        return Refusal("none_left") if order.status is OrderStatus.RETURNED else Refusal("not_delivered")
    away = gone(order, returns, claims, exchanges)
    left = [(line, line.quantity - away[line.id]) for line in order.lines if line.quantity > away[line.id]]
    if not left:
        return _nothing_left(returns, claims, exchanges)
    last_day = _last_day(context, order, order.delivered_at)
    if isinstance(last_day, Refusal):
        return last_day
    excluded = tuple(line for line in order.lines if line.final_sale)
    if not context.policy.returns.final_sale_excluded:
        excluded = ()
    allowed = tuple((line, pieces) for line, pieces in left if line not in excluded)
    if not allowed:
        return Refusal("final_sale", {"items": items(order, left)})
    settled = tuple(line for line in order.lines if away[line.id] >= line.quantity)
    return Eligible(lines=allowed, final_sale=excluded, gone=away, last_day=last_day, away=settled)


def _nothing_left(
    returns: Sequence[Return], claims: Sequence[Claim], exchanges: Sequence[Exchange]
) -> Refusal:
    if swaps := [each for each in exchanges if each.stands]:
        facts: dict[str, Fact] = {"exchange_number": Code(value=swaps[-1].number)}
        return Refusal("exchanged", facts)
    if settled := [claim for claim in claims if claim.stands]:
        return Refusal("claimed", {"claim_number": Code(value=settled[-1].number)})
    running = [each for each in returns if each.status in ON_THE_WAY]
    if not running:
        return Refusal("none_left")
    newest = max(running, key=lambda each: each.created_at)
    running_facts: dict[str, Fact] = {
        "return_number": Code(value=newest.number),
        "send_by": Date(value=newest.send_by),
    }
    return Refusal("already_open", running_facts)


def _last_day(context: ToolContext, order: Order, delivered_at: datetime) -> date | Refusal:
    """The last day of the window, or the refusal once it has passed."""
    zone = context.locale.zone
    delivered = local_day(delivered_at, zone)
    days = context.policy.returns.window_for(order.shipping_address.country)
    last_day = delivered + timedelta(days=days)
    if local_day(context.clock.now(), zone) <= last_day:
        return last_day
    facts: dict[str, Fact] = {
        "delivered_at": Date(value=delivered),
        "window": Duration(value=days),
        "last_day": Date(value=last_day),
    }
    return Refusal("too_late", facts)
