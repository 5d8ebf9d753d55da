"""Where a parcel is, when it arrives, and how long a delivery to a country takes."""

from __future__ import annotations

from pydantic import Field

from commerce.models import OrderStatus
from conversations.models import Level
from facts.values import Country, Date, Duration, Fact, Term, TimeUnit
from knowledge.policy import ShippingZone
from tools.days import add_business_days, local_day
from tools.lookup import Arguments, OrderArguments, known_order
from tools.parcels import Parcel, nothing_shipped, parcel, rest
from tools.results import evidence
from tools.tool import Effect, Tool, ToolContext, ToolResult

ATTENTION = (
    "delivery_failed",
    "return_to_sender",
    "on_hold",
    "lost",
    "no_scan",
    "delivery_delayed",
    "ready_for_pickup",
    "customs",
    "in_transit",
    "pending",
    "out_for_delivery",
    "delivered",
    "cancelled",
)
"""With several parcels the call's outcome is that of the one that needs attention most."""


async def track_shipment(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Every parcel of an order, stitched over its carriers."""
    order = known_order(context)
    shipments = await context.backend.shipments(order.id)
    if not shipments or order.status is OrderStatus.CANCELLED:
        outcome, told = nothing_shipped(context, order)
        return ToolResult("track_shipment", outcome, (told,), {"order_number": order.number, "parcels": []})
    parcels = [parcel(context, order, each, shipments) for each in shipments]
    found = [each.evidence for each in parcels]
    left = rest(context, order, shipments)
    if left is not None:
        found.append(left)
    data = {"order_number": order.number, "parcels": [_card(each) for each in parcels]}
    outcome = min((each.outcome for each in parcels), key=ATTENTION.index)
    return ToolResult("track_shipment", outcome, tuple(found), data)


def _card(told: Parcel) -> dict[str, object]:
    return {"outcome": told.outcome, "evidence": told.evidence.id, "timeline": told.timeline}


TRACK_SHIPMENT = Tool(
    name="track_shipment",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Where an order's parcels are and when they arrive, over all carriers. Takes the order number or a "
        "tracking number. One piece of evidence for each parcel, and one for items that have not left yet. "
        "Needs an identified order. Promise no day where the evidence has no eta_from and eta_to.\n"
        "Outcomes: not_shipped, pending (label made, no scan yet), in_transit, customs, out_for_delivery, "
        "ready_for_pickup, delivery_delayed, delivery_failed, delivered, return_to_sender, on_hold, "
        "cancelled, no_scan (silent for longer than is normal: no arrival can be promised; lost_from is the day "
        "from which it is sent again or refunded), lost (that day has come: call lost_options), "
        "no_tracking (it left, but the shop has no tracking for it); or identity_needed; not_matched. With "
        "several parcels the outcome is that of the one that needs attention most."
    ),
    arguments=OrderArguments,
    read=track_shipment,
)


class DeliveryEstimateArguments(Arguments):
    country: str = Field(
        pattern=r"^[A-Z]{2}$", description="Country of delivery, ISO 3166-1 alpha-2, such as DE."
    )


async def delivery_estimate(context: ToolContext, arguments: DeliveryEstimateArguments) -> ToolResult:
    """What a delivery to a country costs and when it comes if ordered now."""
    country = Country(code=arguments.country)
    zone = context.policy.shipping.zone_for(country.code)
    data = {"country": country.code}
    if zone is None:
        told = evidence(context, "delivery.not_served", "policy:shipping", country, {"country": country})
        return ToolResult("delivery_estimate", "not_served", (told,), data)
    statement, facts = _estimate(context, zone, country)
    told = evidence(context, statement, f"policy:shipping/{zone.id}", country, facts)
    return ToolResult("delivery_estimate", "served", (told,), data)


def _estimate(context: ToolContext, zone: ShippingZone, country: Country) -> tuple[str, dict[str, Fact]]:
    today = local_day(context.clock.now(), context.policy.shop.zone)
    handling, transit = context.policy.shipping.handling, zone.transit
    facts: dict[str, Fact] = {
        "country": country,
        "from": Date(value=add_business_days(today, handling.low + transit.low)),
        "to": Date(value=add_business_days(today, handling.high + transit.high)),
        "transit": Duration(value=transit.low, until=transit.high, unit=TimeUnit.BUSINESS_DAY),
        "duties": Term(id=f"term.duties.{zone.duties}"),
    }
    if not zone.cost.minor:
        return "delivery.estimate_free", facts
    facts["cost"] = zone.cost
    if zone.free_from is None:
        return "delivery.estimate", facts
    return "delivery.estimate_free_from", {**facts, "free_from": zone.free_from}


DELIVERY_ESTIMATE = Tool(
    name="delivery_estimate",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "For a new order: the days between which it would arrive in a country if ordered now, what "
        "shipping costs, from which value it is free, and who pays duties. Not for an order that exists: "
        "use track_shipment.\n"
        "Outcomes: served; not_served (the shop does not deliver there)."
    ),
    arguments=DeliveryEstimateArguments,
    read=delivery_estimate,
)
