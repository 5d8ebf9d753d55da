"""The ways that parcels take: carriers, legs and the scans of a smooth journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commerce.demo.files import read_data
from commerce.demo.numbers import parcel_number
from commerce.models import Leg
from facts.tracking import TrackingStatus

HOME = "home"
"""Stands in a lane for the customer's own city."""

STATUS = {
    "announced": TrackingStatus.PENDING,
    "accepted": TrackingStatus.PICKED_UP,
    "sorted": TrackingStatus.IN_TRANSIT,
    "departed": TrackingStatus.IN_TRANSIT,
    "handover": TrackingStatus.IN_TRANSIT,
    "arrived": TrackingStatus.IN_TRANSIT,
    "customs": TrackingStatus.CUSTOMS,
    "released": TrackingStatus.IN_TRANSIT,
    "hold": TrackingStatus.ON_HOLD,
    "depot": TrackingStatus.IN_TRANSIT,
    "out": TrackingStatus.OUT_FOR_DELIVERY,
    "delivered": TrackingStatus.DELIVERED,
    "failed": TrackingStatus.DELIVERY_FAILED,
    "pickup": TrackingStatus.READY_FOR_PICKUP,
    "delayed": TrackingStatus.DELIVERY_DELAYED,
    "returning": TrackingStatus.RETURN_TO_SENDER,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stage of a journey: `hours` after the stop before, scanned by the carrier of `leg`."""

    stage: str
    leg: int
    hours: float
    place: str
    country: str


@dataclass(frozen=True, slots=True)
class Lane:
    legs: tuple[tuple[str, str, str], ...]
    """Carrier, origin, destination."""
    stops: tuple[Stop, ...]


class Lanes:
    """All lanes, with the carriers' numbers and words."""

    def __init__(self) -> None:
        data = read_data("lanes")
        carriers = read_data("carriers")
        self._zones: dict[str, str] = data["zones"]
        self._places: dict[str, str] = data["places"]
        self._carriers: dict[str, dict[str, Any]] = carriers["carriers"]
        self._words: dict[str, str] = carriers["default"]
        first = data["first_mile"]
        self._lanes = {country: _lane(entry, first) for country, entry in data["lanes"].items()}

    def to(self, country: str) -> Lane:
        return self._lanes[country]

    def legs(self, lane: Lane, seed: str) -> tuple[Leg, ...]:
        """The lane's legs, each with its carrier's own number for this parcel."""
        return tuple(
            Leg(
                carrier=carrier,
                tracking_number=parcel_number(self._carriers[carrier]["mask"], f"{seed}/{place}"),
                origin=origin,
                destination=destination,
            )
            for place, (carrier, origin, destination) in enumerate(lane.legs)
        )

    def zone(self, place: str, country: str) -> str:
        """The IANA zone of a place."""
        return self._places.get(place, self._zones[country])

    def words(self, carrier: str, stage: str) -> str:
        """What this carrier writes at a stage."""
        return str(self._carriers[carrier].get("phrases", {}).get(stage, self._words[stage]))


def _lane(entry: dict[str, Any], first: list[list[Any]]) -> Lane:
    return Lane(
        legs=tuple((carrier, origin, destination) for carrier, origin, destination in entry["legs"]),
        stops=tuple(Stop(*stop) for stop in (*first, *entry["scans"])),
    )
