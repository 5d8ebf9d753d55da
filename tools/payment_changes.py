"""Having an order paid by another method, while no money has been taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from commerce.errors import OrderNotChangeable, OrderNotFound
from commerce.models import PaymentStatus
from conversations.models import Level
from facts.values import Fact, Listing, Term
from tools.address_changes import AFTERWARDS, too_late
from tools.changeable import closed
from tools.lookup import OrderArguments, known_order
from tools.results import about_order, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

UNPAID = {PaymentStatus.PENDING, PaymentStatus.AUTHORISED}


class PaymentArguments(OrderArguments):
    method: str = Field(max_length=32, description="One of data.payment_methods of changeable.")


async def propose(context: ToolContext, arguments: PaymentArguments) -> ProposalDraft | ToolResult:
    """How the order would be paid; nothing is changed."""
    order = known_order(context)
    if stopped := closed(context, "change_payment", order):
        return stopped
    if not context.policy.changes.payment:
        return order_result(context, "change_payment", "not_automated", "change.not_automated", order.number)
    if order.payment_status not in UNPAID:
        return order_result(context, "change_payment", "already_paid", "paying.already_paid", order.number)
    if arguments.method not in context.policy.payment.methods:
        accepted = tuple(Term(id=f"term.payment.{method}") for method in context.policy.payment.methods)
        facts: dict[str, Fact] = {"methods": Listing(items=accepted)}
        return order_result(
            context, "change_payment", "not_accepted", "paying.not_accepted", order.number, facts
        )
    method: dict[str, Fact] = {"method": Term(id=f"term.payment.{arguments.method}")}
    if arguments.method == order.payment_method:
        return order_result(context, "change_payment", "same", "paying.same", order.number, method)
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=order.total,
        evidence=about_order(context, "paying.proposed", order.number, {**method, "total": order.total}),
        payload={"order_id": order.id, "method": arguments.method},
    )


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Change it, once for this key."""
    order_id, method = payload["order_id"], payload["method"]
    try:
        changed = await context.backend.change_payment_method(order_id, method, version=version, key=key)
    except OrderNotChangeable:
        return await too_late(context, "change_payment", order_id)
    except OrderNotFound:
        return refused("change_payment")
    facts: dict[str, Fact] = {"method": Term(id=f"term.payment.{method}")}
    return order_result(context, "change_payment", "done", "paying.done", changed.order.number, facts)


CHANGE_PAYMENT = Tool(
    name="change_payment",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose another payment method for an order that is not packed and for which no money has been taken. Nothing "
        "happens before a yes in a later message. Never ask for card or account numbers. Needs a confirmed customer.\n"
        "Outcomes: proposed; already_paid (cancel and order anew, or a person); not_accepted (the statement lists what "
        "is); same; not_automated (a person); too_late_packed; too_late_shipped; already_delivered; already_cancelled; "
        f"on_hold; {AFTERWARDS}"
    ),
    arguments=PaymentArguments,
    propose=propose,
    told_early=frozenset({"already_paid", "not_accepted"}),
    execute=execute,
)
