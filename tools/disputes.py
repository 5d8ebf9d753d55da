"""Cases at a bank or payment service: how they stand, and why the same money is not paid back twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from commerce.disputes import Dispute, DisputeStatus, taken_back
from commerce.models import Order
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Fact, Money, Term
from tools.days import day_fact
from tools.lookup import OrderArguments, known_order
from tools.refunds import refundable
from tools.results import about_order, order_result, still_to_pay
from tools.tool import Effect, Tool, ToolContext, ToolResult


class Channel(StrEnum):
    """Who decides a case, as catalogues name it (`term.dispute_channel.paypal`)."""

    CARD = "card"
    BANK = "bank"
    PAYPAL = "paypal"
    KLARNA = "klarna"
    ALIPAY = "alipay"
    OTHER = "other"


STOPPED = ("dispute_open", "dispute_lost")
"""Outcomes of everything that would give money back while a case is open, or after it was decided for her."""


async def held_back(context: ToolContext, order: Order, tool: str) -> ToolResult | None:
    """Why nothing may be paid back for this order now: a case about the same money; None where nothing speaks against it.

    The one place that decides it: asked before a refund is offered, and again before it is confirmed or approved.
    """
    disputes = await context.backend.disputes(order.id)
    if running := _newest(disputes, DisputeStatus.OPEN):
        return _stopped(context, order, tool, "dispute_open", running)
    lost = _newest(disputes, DisputeStatus.LOST)
    if lost is not None and await _nothing_left(context, order, disputes):
        return _stopped(context, order, tool, "dispute_lost", lost)
    return None


async def still_refundable(context: ToolContext, order: Order) -> Money | None:
    """What the shop still holds of what was paid, less what a bank has taken back for the customer."""
    held = refundable(order, await context.backend.refunds(order.id))
    if held is None:
        return None
    taken = taken_back(await context.backend.disputes(order.id), held.currency)
    if taken is None:
        return None
    left = held - taken
    return left if left.minor > 0 else None


async def _nothing_left(context: ToolContext, order: Order, disputes: Sequence[Dispute]) -> bool:
    """Also where the bank settled in another currency: what is left is then for a person to say."""
    if taken_back(disputes, order.total.currency) is None:
        return True
    return await still_refundable(context, order) is None


def _newest(disputes: Iterable[Dispute], status: DisputeStatus) -> Dispute | None:
    found = [each for each in disputes if each.status is status]
    return max(found, key=lambda each: each.opened_at, default=None)


def _stopped(context: ToolContext, order: Order, tool: str, outcome: str, dispute: Dispute) -> ToolResult:
    statement = f"dispute.{dispute.status}"
    return order_result(context, tool, outcome, statement, order.number, _facts(context, dispute))


def _facts(context: ToolContext, dispute: Dispute) -> dict[str, Fact]:
    channel = dispute.channel if dispute.channel in tuple(Channel) else Channel.OTHER
    zone = context.locale.zone
    facts: dict[str, Fact] = {
        "channel": Term(id=f"term.dispute_channel.{channel}"),
        "amount": dispute.amount,
        "opened_at": day_fact(dispute.opened_at, zone),
    }
    if dispute.status is not DisputeStatus.OPEN:
        facts["closed_at"] = day_fact(dispute.closed_at or dispute.opened_at, zone)
    return facts


async def dispute_status(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """The newest case about the order; an open one before any other."""
    order = known_order(context)
    disputes = await context.backend.disputes(order.id)
    told = _newest(disputes, DisputeStatus.OPEN) or max(
        disputes, key=lambda each: each.closed_at or each.opened_at, default=None
    )
    if told is None:
        nothing = order_result(context, "dispute_status", "none", "dispute.none", order.number)
        return replace(nothing, data={**nothing.data, **still_to_pay(order)})
    entry: Evidence = about_order(context, f"dispute.{told.status}", order.number, _facts(context, told))
    data = {"order_number": order.number}
    return ToolResult("dispute_status", str(told.status), (entry,), data)


DISPUTE_STATUS = Tool(
    name="dispute_status",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Whether a chargeback or a buyer-protection case (bank, card, PayPal, Klarna) about an order is known, and "
        "how it stands. While one is open nothing is refunded beside it; a person takes care of it. Needs an "
        "identified order.\n"
        "Outcomes: open; lost (the money went back to the customer through her bank); won (the shop keeps it, "
        "refunds work as usual); withdrawn; none (nothing has reached the shop yet); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=dispute_status,
)
