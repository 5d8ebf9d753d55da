"""Scans of several carriers become one story of a parcel."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from commerce.models import Leg, Shipment, TrackingEvent
from facts.tracking import TrackingStatus as S
from tests.unit.tools.harness import NOW
from tools.stitching import stitch, timeline

LEGS = (
    Leg(carrier="Yanwen", tracking_number="YW1", origin="CN", destination="DE"),
    Leg(carrier="DHL", tracking_number="DH2", origin="DE", destination="DE"),
)


def scan(hours: float, status: S, leg: int = 0, place: str = "", country: str | None = None) -> TrackingEvent:
    """A scan so many hours after the start of the journey."""
    at = NOW + timedelta(hours=hours)
    return TrackingEvent(
        id=f"{hours}{status}{leg}", at=at, status=status, leg=leg, location=place, country=country
    )


def parcel(*events: TrackingEvent, legs: tuple[Leg, ...] = LEGS, shipped: datetime | None = NOW) -> Shipment:
    return Shipment(id="s1", order_id="o1", legs=legs, lines={}, shipped_at=shipped, events=events)


@pytest.mark.parametrize(
    ("events", "status", "carrier"),
    [
        ((), S.PENDING, "Yanwen"),
        ((scan(0, S.PENDING),), S.PENDING, "Yanwen"),
        ((scan(0, S.UNKNOWN),), S.PENDING, "Yanwen"),
        ((scan(0, S.PICKED_UP),), S.PICKED_UP, "Yanwen"),
        ((scan(0, S.IN_TRANSIT), scan(5, S.UNKNOWN)), S.IN_TRANSIT, "Yanwen"),
        # The last carrier announces a parcel long before it has it.
        ((scan(0, S.IN_TRANSIT), scan(5, S.PENDING, 1)), S.IN_TRANSIT, "Yanwen"),
        ((scan(0, S.IN_TRANSIT), scan(50, S.IN_TRANSIT, 1)), S.IN_TRANSIT, "DHL"),
        # A first-mile carrier's "delivered" is a hand-over.
        ((scan(0, S.IN_TRANSIT), scan(50, S.DELIVERED)), S.IN_TRANSIT, "DHL"),
        ((scan(50, S.DELIVERED), scan(80, S.DELIVERED, 1)), S.DELIVERED, "DHL"),
        # Late reports, by their own time and by the carrier's slow clock.
        ((scan(80, S.DELIVERED, 1), scan(70, S.OUT_FOR_DELIVERY, 1)), S.DELIVERED, "DHL"),
        ((scan(80, S.DELIVERED, 1), scan(81, S.IN_TRANSIT)), S.DELIVERED, "DHL"),
        ((scan(80, S.DELIVERED, 1), scan(81, S.DELIVERY_FAILED, 1)), S.DELIVERED, "DHL"),
        # But a delivered parcel may go back.
        ((scan(80, S.DELIVERED, 1), scan(99, S.RETURN_TO_SENDER, 1)), S.RETURN_TO_SENDER, "DHL"),
        # A later carrier's scans do not lead back to the first one.
        ((scan(50, S.IN_TRANSIT, 1), scan(55, S.CUSTOMS)), S.CUSTOMS, "DHL"),
    ],
)
def test_state_and_carrier(events: tuple[TrackingEvent, ...], status: S, carrier: str) -> None:
    journey = stitch(parcel(*events))
    assert (journey.status, journey.leg.carrier) == (status, carrier)


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        (scan(1.9, S.IN_TRANSIT, 1, "leipzig", "DE"), 1),
        (scan(2.1, S.IN_TRANSIT, 1, "Leipzig", "DE"), 2),
        (scan(1, S.CUSTOMS, 1, "Leipzig", "DE"), 2),
        (scan(1, S.IN_TRANSIT, 1, "Berlin", "DE"), 2),
        (scan(1, S.IN_TRANSIT, 0, "Leipzig", "DE"), 2),
        (scan(0, S.IN_TRANSIT, 0, "Leipzig", "DE"), 1),
    ],
)
def test_one_scan_reported_twice_is_told_once(second: TrackingEvent, kept: int) -> None:
    first = scan(0, S.IN_TRANSIT, 0, "Leipzig", "DE")
    assert len(stitch(parcel(second, first)).scans) == kept


def test_order_of_arrival_does_not_matter() -> None:
    events = [scan(hours, S.IN_TRANSIT, hours // 30, f"p{hours}") for hours in range(0, 60, 7)]
    assert stitch(parcel(*reversed(events))) == stitch(parcel(*events))


def test_place_is_that_of_the_last_scan_that_names_one() -> None:
    journey = stitch(parcel(scan(0, S.IN_TRANSIT, 0, "Shenzhen", "CN"), scan(9, S.IN_TRANSIT)))
    place, country = journey.place()
    assert (place.model_dump()["value"], country.code) == ("Shenzhen", "CN")


def test_place_without_a_name_is_the_country() -> None:
    place, country = stitch(parcel(scan(0, S.CUSTOMS, 0, "", "DE"))).place()
    assert place == country
    assert country.code == "DE"


def test_last_mile_starts_in_the_country_of_destination() -> None:
    abroad = scan(10, S.IN_TRANSIT, 1, "Liège", "BE")
    customs = scan(20, S.CUSTOMS, 1, "Leipzig", "DE")
    depot = scan(30, S.IN_TRANSIT, 1, "Leipzig", "DE")
    assert stitch(parcel(abroad, customs)).last_mile_since is None
    assert stitch(parcel(abroad, customs, depot)).last_mile_since == depot.at
    assert stitch(parcel(scan(1, S.IN_TRANSIT), legs=LEGS[:1])).last_mile_since is None


def test_leg_that_does_not_exist_counts_as_the_last_one() -> None:
    assert stitch(parcel(scan(1, S.DELIVERED, 7))).leg.carrier == "DHL"


def test_timeline_leaves_out_what_the_carrier_wrote() -> None:
    event = scan(0, S.IN_TRANSIT, 0, "Leipzig", "DE").model_copy(update={"message": "Call +49 900 123"})
    (told,) = timeline(parcel(event))
    assert told.keys() == {"at", "status", "place", "country"}
    assert "900" not in str(told)
