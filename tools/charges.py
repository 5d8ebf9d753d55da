"""What may still be due for a parcel, from the order itself: when a message or a courier asks for money."""

from __future__ import annotations

from pydantic import Field

from commerce.models import Order, OrderStatus, PaymentStatus
from conversations.models import Level
from facts.values import Code, Country, Fact, Text
from knowledge.policy import Duties
from tools.lookup import Arguments, OrderArguments, known_order
from tools.results import evidence, order_result
from tools.stitching import stitch
from tools.tool import Effect, Tool, ToolContext, ToolResult

AT_THE_DOOR = "cash_on_delivery"
OVER = {OrderStatus.CANCELLED, OrderStatus.RETURNED}
NOT_TAKEN = {PaymentStatus.PENDING, PaymentStatus.AUTHORISED}


async def parcel_charges(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Whether anybody may ask for money for this order's parcel, and what for."""
    order = known_order(context)
    outcome, facts = await _due(context, order)
    facts["country"] = Country(code=order.shipping_address.country)
    return order_result(context, "parcel_charges", outcome, f"charges.{outcome}", order.number, facts)


async def _due(context: ToolContext, order: Order) -> tuple[str, dict[str, Fact]]:
    if order.status in OVER:
        return "order_over", {}
    if order.payment_method == AT_THE_DOOR and order.payment_status in NOT_TAKEN:
        return "cash_on_delivery", {"total": order.total}
    shipments = await context.backend.shipments(order.id)
    if not shipments and order.status is not OrderStatus.DELIVERED:
        return "not_shipped", {}
    zone = context.policy.shipping.zone_for(order.shipping_address.country)
    if order.duties.minor > 0 or (zone is not None and zone.duties is not Duties.CUSTOMER_PAYS):
        return "nothing_due", {}
    if not shipments:
        return "duties_possible_untracked", {}
    journey = stitch(shipments[-1])
    carrier = Text(value=journey.leg.carrier)
    return "duties_possible", {"carrier": carrier, "tracking_number": Code(value=journey.leg.tracking_number)}


PARCEL_CHARGES = Tool(
    name="parcel_charges",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Whether anything is still to be paid for an order's parcel: for a text message or e-mail that asks for a "
        "parcel or customs fee, and for a courier who asks for money at the door. Never say that a message or a "
        "link is genuine. Needs an identified order.\n"
        "Outcomes: nothing_due; not_shipped (no carrier has the parcel yet, so no such message can be about it); "
        "cash_on_delivery (exactly the total is due at the door); duties_possible (duties of that country are the "
        "customer's: where to check them); duties_possible_untracked; order_over (cancelled or returned); "
        "identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=parcel_charges,
)


class CashOnDeliveryArguments(Arguments):
    country: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="Country of delivery, ISO 3166-1 alpha-2, if she named one."
    )


async def cash_on_delivery(context: ToolContext, arguments: CashOnDeliveryArguments) -> ToolResult:
    """Whether one can pay at the door, and what the carrier takes for it."""
    rule = context.policy.payment.cash_on_delivery
    if rule is None:
        return _told(context, "impossible", "cash_on_delivery.impossible", {})
    code = arguments.country or context.market
    if code is None:
        return ToolResult("cash_on_delivery", "country_needed")
    country = Country(code=code)
    if code not in rule.countries:
        return _told(context, "not_there", "cash_on_delivery.not_there", {"country": country})
    facts: dict[str, Fact] = {"country": country, "fee": rule.fee.for_country(code)}
    return _told(context, "possible", "cash_on_delivery.possible", facts)


def _told(context: ToolContext, outcome: str, statement: str, facts: dict[str, Fact]) -> ToolResult:
    title = Text(value=context.policy.shop.name)
    told = evidence(context, statement, "policy:payment", title, facts)
    return ToolResult("cash_on_delivery", outcome, (told,))


CASH_ON_DELIVERY = Tool(
    name="cash_on_delivery",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Whether a new order can be paid in cash at the door, and what it costs. For money that a courier asks for "
        "now use parcel_charges.\n"
        "Outcomes: possible; not_there (not in this country); impossible (nowhere); country_needed (ask for the "
        "country of delivery)."
    ),
    arguments=CashOnDeliveryArguments,
    read=cash_on_delivery,
)
