"""Cancelling an order that is not packed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field

from commerce.errors import OrderNotCancellable, OrderNotFound
from commerce.models import CancelReason, Order, OrderStatus
from conversations.models import Level
from facts.values import Duration, Fact, Money
from tools.days import day_fact
from tools.disputes import still_refundable
from tools.items import items
from tools.limits import within
from tools.lookup import OrderArguments, known_order
from tools.results import about_order, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

TOO_LATE = {
    OrderStatus.PACKED: "too_late_packed",
    OrderStatus.PARTIALLY_SHIPPED: "too_late_shipped",
    OrderStatus.SHIPPED: "too_late_shipped",
    OrderStatus.DELIVERED: "already_delivered",
    OrderStatus.RETURNED: "already_delivered",
    OrderStatus.CANCELLED: "already_cancelled",
}


async def cancellable(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Whether the order may still be cancelled, before anybody is asked for a code."""
    order = known_order(context)
    if order.status in TOO_LATE:
        return replace(_too_late(context, order), tool="cancellable")
    return ToolResult("cancellable", "yes", data={"order_number": order.number})


CANCELLABLE = Tool(
    name="cancellable",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Whether an order can still be cancelled. Call it before cancel_order and for the question alone. Needs an "
        "identified order.\n"
        "Outcomes: yes; too_late_packed, too_late_shipped, already_delivered, already_cancelled, dispute_open, "
        "dispute_lost (each with a statement); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=cancellable,
    refunds=True,
)


class CancelArguments(OrderArguments):
    reason: CancelReason = Field(CancelReason.OTHER, description="Why, if she said so; never ask for it.")


async def propose(context: ToolContext, arguments: CancelArguments) -> ProposalDraft | ToolResult:
    """What a cancellation would do; nothing is changed."""
    order = known_order(context)
    if order.status in TOO_LATE:
        return _too_late(context, order)
    refund = await still_refundable(context, order)
    facts: dict[str, Fact] = {"items": items(order)}
    if refund is None:
        told = about_order(context, "cancel.proposed_unpaid", order.number, facts)
    else:
        told = about_order(context, "cancel.proposed", order.number, {**facts, **_refund(context, refund)})
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=refund,
        evidence=told,
        payload={"order_id": order.id, "reason": str(arguments.reason)},
        needs_approval=refund is not None and not within(context.policy.limits, "cancel_refund", refund),
    )


def _refund(context: ToolContext, amount: Money) -> dict[str, Fact]:
    within_days = Duration(value=context.policy.cancellation.refund_within_days)
    return {"refund": amount, "refund_within": within_days}


def _too_late(context: ToolContext, order: Order) -> ToolResult:
    outcome = TOO_LATE[order.status]
    facts: dict[str, Fact] = {}
    if outcome == "already_cancelled" and order.cancelled_at is not None:
        facts["cancelled_at"] = day_fact(order.cancelled_at, context.locale.zone)
    if outcome == "already_delivered" and order.delivered_at is not None:
        facts["delivered_at"] = day_fact(order.delivered_at, context.locale.zone)
    return order_result(context, "cancel_order", outcome, f"cancel.{outcome}", order.number, facts)


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Cancel it, once for this key."""
    order_id, reason = payload["order_id"], CancelReason(payload["reason"])
    try:
        done = await context.backend.cancel_order(order_id, reason=reason, version=version, key=key)
    except OrderNotCancellable:
        order = await context.backend.order(order_id)
        return _too_late(context, order) if order and order.status in TOO_LATE else refused("cancel_order")
    except OrderNotFound:
        return refused("cancel_order")
    number = done.order.number
    if done.refund is None:
        return order_result(context, "cancel_order", "done", "cancel.done_unpaid", number)
    facts = _refund(context, done.refund.amount)
    return order_result(context, "cancel_order", "done", "cancel.done", number, facts)


CANCEL_ORDER = Tool(
    name="cancel_order",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose to cancel a whole order and refund what was paid. Nothing happens yet: the customer is "
        "shown what would happen and must say yes in a later message. Only before packing; single items "
        "cannot be cancelled. Needs a confirmed customer.\n"
        "Outcomes: proposed (place its statement and ask for a yes; data.proposal_id); too_late_packed; "
        "too_late_shipped and already_delivered (offer start_return after delivery); already_cancelled; "
        "dispute_open; dispute_lost; identity_needed with needed=confirmed (call request_code) or "
        "needed=order_read (call find_order); not_matched; unavailable. After the yes: done, awaiting_approval, "
        "requested, changed, expired."
    ),
    arguments=CancelArguments,
    propose=propose,
    execute=execute,
    refunds=True,
)
