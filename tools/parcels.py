"""One parcel as evidence: its outcome, and only those facts that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from commerce.models import Order, OrderStatus, Shipment
from facts.evidence import Evidence
from facts.tracking import TrackingStatus
from facts.values import Code, Date, DateTime, Duration, Fact, Quantity, Term, Text
from tools.days import add_business_days, day_fact, local_day
from tools.eta import Progress, Window, estimate
from tools.items import items
from tools.orders import order_facts
from tools.results import about_order, evidence
from tools.stitching import Journey, stitch, timeline
from tools.tool import ToolContext

MOVING = {
    TrackingStatus.IN_TRANSIT,
    TrackingStatus.CUSTOMS,
    TrackingStatus.OUT_FOR_DELIVERY,
    TrackingStatus.DELIVERY_DELAYED,
}
"""States in which a parcel should be scanned again soon, and in which an arrival can be estimated."""

LEFT = {
    OrderStatus.PARTIALLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
    OrderStatus.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Parcel:
    outcome: str
    evidence: Evidence
    timeline: list[dict[str, Any]]


def parcel(context: ToolContext, order: Order, shipment: Shipment, all_: Sequence[Shipment]) -> Parcel:
    """What may be said about one of an order's parcels."""
    journey = stitch(shipment)
    outcome, statement, more = _standing(context, order, shipment, journey)
    facts = {**_base(context, order, shipment, journey, all_), **more}
    number = Code(value=journey.leg.tracking_number)
    told = evidence(context, f"tracking.{statement}", f"shipment:{shipment.id}", number, facts)
    return Parcel(outcome, told, timeline(shipment))


def _base(
    context: ToolContext, order: Order, shipment: Shipment, journey: Journey, all_: Sequence[Shipment]
) -> dict[str, Fact]:
    zone = context.locale.zone
    status = _status(journey)
    facts: dict[str, Fact] = {
        "order_number": Code(value=order.number),
        "carrier": Text(value=journey.leg.carrier),
        "tracking_number": Code(value=journey.leg.tracking_number),
        "status": Term(id=f"term.tracking.{status}"),
        "parcel_index": Quantity(value=Decimal(all_.index(shipment) + 1)),
        "parcel_count": Quantity(value=Decimal(len(all_))),
    }
    if shipment.promised_by is not None:
        facts["promised_by"] = Date(value=shipment.promised_by)
    if shipment.shipped_at is not None:
        facts["shipped_at"] = day_fact(shipment.shipped_at, zone)
    if order.as_of is not None:
        facts["as_of"] = DateTime.at(order.as_of, zone)
    return {**facts, **_last_scan(_seen(order, context.clock.now()), shipment, journey, zone)}


def _seen(order: Order, now: datetime) -> datetime:
    """The instant up to which scans are known: silence after an import means nothing."""
    return now if order.as_of is None else min(order.as_of, now)


def _last_scan(seen: datetime, shipment: Shipment, journey: Journey, zone: str) -> dict[str, Fact]:
    last = _last_sign(shipment, journey)
    if last is None:
        return {}
    place, country = journey.place()
    where = journey.scans[-1].zone if journey.scans else zone
    return {
        "last_scan_at": DateTime.at(last, where),
        "days_since_scan": Duration(value=_days_between(last, seen)),
        "place": place,
        "place_country": country,
    }


def _days_between(last: datetime, seen: datetime) -> int:
    return max((seen - last).days, 0)


def _last_sign(shipment: Shipment, journey: Journey) -> datetime | None:
    """The last scan; before the first one the hand-over to the carrier."""
    return journey.last_scan or shipment.shipped_at


def _status(journey: Journey) -> TrackingStatus:
    status = journey.status
    return TrackingStatus.IN_TRANSIT if status is TrackingStatus.PICKED_UP else status


def _standing(
    context: ToolContext, order: Order, shipment: Shipment, journey: Journey
) -> tuple[str, str, dict[str, Fact]]:
    """Outcome, statement, and the facts that belong to it."""
    status = _status(journey)
    if _silent_too_long(context, order, shipment, journey):
        return _silent(context, order, shipment, journey)
    if journey.delivered_at is not None:
        scan = journey.delivered_at
        return "delivered", "delivered", {"delivered_at": DateTime.at(scan.at, scan.zone)}
    if status is TrackingStatus.CANCELLED:
        return "cancelled", "parcel_cancelled", {}
    if status in MOVING:
        return _moving(context, order, shipment, journey, status)
    return str(status), str(status), {}


def _silent_too_long(context: ToolContext, order: Order, shipment: Shipment, journey: Journey) -> bool:
    last = _last_sign(shipment, journey)
    if last is None or _status(journey) not in {*MOVING, TrackingStatus.PENDING}:
        return False
    return _days_between(last, _seen(order, context.clock.now())) > _normal_gap(context, order)


def _silent(
    context: ToolContext, order: Order, shipment: Shipment, journey: Journey
) -> tuple[str, str, dict[str, Fact]]:
    """Silent for too long: from which day it is sent again or refunded, or that this day has come."""
    gap: dict[str, Fact] = {"normal_gap": Duration(value=_normal_gap(context, order))}
    opens = lost_from(context, order, shipment, journey)
    if opens is None:
        return "no_scan", "no_scan_undated", gap
    outcome = "lost" if opens <= local_day(context.clock.now(), context.locale.zone) else "no_scan"
    return outcome, outcome, {**gap, "lost_from": Date(value=opens)}


def lost_from(context: ToolContext, order: Order, shipment: Shipment, journey: Journey) -> date | None:
    """The day from which a parcel that is not scanned any more counts as lost; None where nobody can know.

    Counted from the last scan, by the lane; at the latest so many days after the promised date, where a shop says so.
    Of imported data the silence since the import means nothing.
    """
    last = _last_sign(shipment, journey)
    if last is None or order.as_of is not None:
        return None
    shipping = context.policy.shipping
    opens = local_day(last, context.locale.zone) + timedelta(
        days=shipping.lost_after(order.shipping_address.country)
    )
    if shipping.lost_after_promise_days is not None and shipment.promised_by is not None:
        opens = min(opens, shipment.promised_by + timedelta(days=shipping.lost_after_promise_days))
    # Never before it is silent for longer than is normal.
    silent = local_day(last, context.locale.zone) + timedelta(days=_normal_gap(context, order) + 1)
    return max(opens, silent)


def is_lost(context: ToolContext, order: Order, shipment: Shipment) -> bool:
    """Whether it counts as lost today."""
    return parcel_standing(context, order, shipment) == "lost"


def parcel_standing(context: ToolContext, order: Order, shipment: Shipment) -> str:
    """The outcome of one parcel, without evidence."""
    return _standing(context, order, shipment, stitch(shipment))[0]


def _normal_gap(context: ToolContext, order: Order) -> int:
    shipping = context.policy.shipping
    zone = shipping.zone_for(order.shipping_address.country)
    return zone.normal_scan_gap_days if zone else max(z.normal_scan_gap_days for z in shipping.zones)


def _moving(
    context: ToolContext, order: Order, shipment: Shipment, journey: Journey, status: TrackingStatus
) -> tuple[str, str, dict[str, Fact]]:
    today = local_day(context.clock.now(), context.locale.zone)
    window = _window(context, order, shipment, journey, today)
    if window is None:
        return str(status), "no_eta", {}
    late = status is TrackingStatus.OUT_FOR_DELIVERY and window.last > today
    eta: dict[str, Fact] = {"eta_from": Date(value=window.first), "eta_to": Date(value=window.last)}
    return str(status), "out_for_delivery_earlier" if late else str(status), eta


def _window(
    context: ToolContext, order: Order, shipment: Shipment, journey: Journey, today: date
) -> Window | None:
    zone = context.policy.shipping.zone_for(order.shipping_address.country)
    if zone is None or journey.at is None:
        return None
    here = context.locale.zone
    shipped = shipment.shipped_at or journey.scans[0].at
    arrived = journey.last_mile_since
    progress = Progress(
        status=_status(journey),
        since=local_day(journey.at.at, here),
        shipped=local_day(shipped, here),
        last_mile_since=local_day(arrived, here) if arrived is not None else None,
    )
    return estimate(zone, progress, today)


def nothing_shipped(context: ToolContext, order: Order) -> tuple[str, Evidence]:
    """An order without a parcel: why, and by when it leaves."""
    number = order.number
    if order.status is OrderStatus.CANCELLED:
        facts: dict[str, Fact] = {}
        if order.cancelled_at is not None:
            facts["cancelled_at"] = day_fact(order.cancelled_at, context.locale.zone)
        return "cancelled", about_order(context, "tracking.cancelled", number, facts)
    if order.status in LEFT:
        return "no_tracking", about_order(
            context, f"order.status.{order.status}", number, order_facts(context, order)
        )
    told: dict[str, Fact] = {"items": items(order)}
    if order.status is OrderStatus.PENDING_PAYMENT:
        return "not_shipped", about_order(context, "tracking.not_shipped_unpaid", number, told)
    if order.status is OrderStatus.ON_HOLD:
        return "not_shipped", about_order(context, "tracking.not_shipped_on_hold", number, told)
    shop = context.policy.shop.zone
    ship_by = add_business_days(local_day(order.placed_at, shop), context.policy.shipping.handling.high)
    late = ship_by < local_day(context.clock.now(), shop)
    told["ship_by"] = Date(value=ship_by)
    statement = "tracking.not_shipped_late" if late else "tracking.not_shipped"
    return "not_shipped", about_order(context, statement, number, told)


def rest(context: ToolContext, order: Order, shipments: Sequence[Shipment]) -> Evidence | None:
    """The pieces of a part-shipped order that are in no parcel yet."""
    if order.status is not OrderStatus.PARTIALLY_SHIPPED:
        return None
    sent: Counter[str] = Counter()
    for shipment in shipments:
        sent.update(shipment.lines)
    left = [(line, line.quantity - sent[line.id]) for line in order.lines if line.quantity > sent[line.id]]
    if not left:
        return None
    return about_order(context, "tracking.rest_not_shipped", order.number, {"items": items(order, left)})
