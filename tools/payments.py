"""How the payment of an order stands, and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from commerce.models import Order, OrderStatus, PaymentStatus
from conversations.models import Level
from facts.values import Date, Fact
from tools.days import local_day
from tools.lookup import OrderArguments, known_order
from tools.results import order_result, still_to_pay
from tools.tool import Effect, Tool, ToolContext, ToolResult

TOOL = "payment_status"
AT_THE_DOOR = "cash_on_delivery"


async def payment_status(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Pending, reserved, taken or given back: what our records say of the money."""
    order = known_order(context)
    facts: dict[str, Fact] = {"total": order.total}
    if order.payment_status is PaymentStatus.PENDING:
        outcome, statement = _pending(context, order, facts)
    else:
        outcome = str(order.payment_status)
        statement = f"payment.{outcome}"
    result = order_result(context, TOOL, outcome, statement, order.number, facts)
    return replace(result, data={**result.data, **still_to_pay(order)})


def _pending(context: ToolContext, order: Order, facts: dict[str, Fact]) -> tuple[str, str]:
    if order.status is OrderStatus.CANCELLED:
        return "voided", "payment.voided"
    if order.payment_method == AT_THE_DOOR:
        return "at_the_door", "payment.at_the_door"
    days = context.policy.payment.hold_days
    if days is None:
        return "pending", "payment.pending_plain"
    zone = context.locale.zone
    until = local_day(order.placed_at, zone) + timedelta(days=days)
    facts["held_until"] = Date(value=until)
    if until < local_day(context.clock.now(), zone):
        return "lapsed", "payment.lapsed"
    return "pending", "payment.pending"


PAYMENT_STATUS = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "How the payment of an order stands, for 'my payment failed', 'charged twice', 'is it paid?'. Never ask for "
        "card data. Two entries at her bank are usually one reservation and one payment; what she sees there a "
        "person can compare. Needs an identified order.\n"
        "Outcomes: pending (not paid yet, kept until a day); lapsed (the time to pay is over); at_the_door; "
        "authorised (reserved, not taken); paid; partially_refunded; refunded; voided (nothing was taken); "
        "identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=payment_status,
)
