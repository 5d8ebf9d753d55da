"""A parcel's way as one story: the scans of all its carriers, merged, and where it stands by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commerce.models import Leg, Shipment, TrackingEvent
from facts.tracking import TrackingStatus
from facts.values import Country, DateTime, Fact, Text

SAME_SCAN = timedelta(hours=2)
"""Two carriers report one hand-over as two scans, each by its own clock; within this time they are one."""

SILENT = {TrackingStatus.PENDING, TrackingStatus.UNKNOWN}
"""Scans that do not show that the parcel moved."""


@dataclass(frozen=True, slots=True)
class Journey:
    """Where a parcel stands; `scans` is in order of time and holds each scan once."""

    scans: tuple[TrackingEvent, ...]
    status: TrackingStatus
    leg: Leg
    last_mile_since: datetime | None
    """When the last of several carriers first scanned it in the country of destination."""
    at: TrackingEvent | None
    """The scan that `status` comes from; None before the first one that says something."""

    @property
    def last_scan(self) -> datetime | None:
        return self.scans[-1].at if self.scans else None

    @property
    def delivered_at(self) -> TrackingEvent | None:
        return self.at if self.status is TrackingStatus.DELIVERED else None

    def place(self) -> tuple[Fact, Country]:
        """The place of the last scan that names one (by name, else by its country), and its country."""
        for scan in reversed(self.scans):
            if scan.location or scan.country:
                country = Country(code=scan.country or self.leg.origin)
                return (Text(value=scan.location) if scan.location else country), country
        origin = Country(code=self.leg.origin)
        return origin, origin


def stitch(shipment: Shipment) -> Journey:
    """Merge the scans of all legs and read the parcel's state from them."""
    scans = _merged(shipment.events)
    final = len(shipment.legs) - 1
    status, at = _standing(scans, final)
    current = _current_leg(scans, final)
    return Journey(
        scans=scans,
        status=status,
        leg=shipment.legs[current],
        last_mile_since=_last_mile(scans, shipment.legs[final], final),
        at=at,
    )


def _merged(events: Sequence[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    kept: list[TrackingEvent] = []
    for event in sorted(events, key=lambda event: (event.at, event.leg)):
        if not any(_same(event, earlier) for earlier in reversed(kept)):
            kept.append(event)
    return tuple(kept)


def _same(event: TrackingEvent, earlier: TrackingEvent) -> bool:
    apart = event.at - earlier.at
    return (
        event.status is earlier.status
        and (event.location.casefold(), event.country) == (earlier.location.casefold(), earlier.country)
        and (apart <= SAME_SCAN if event.leg != earlier.leg else not apart)
    )


def _standing(scans: Sequence[TrackingEvent], final: int) -> tuple[TrackingStatus, TrackingEvent | None]:
    status, at = TrackingStatus.PENDING, None
    for scan in scans:
        meaning = _meaning(scan, final)
        if meaning is TrackingStatus.UNKNOWN or (meaning is TrackingStatus.PENDING and at is not None):
            continue
        # What comes in after the delivery is a late report of an earlier scan, except a parcel on its way back.
        if status is TrackingStatus.DELIVERED and meaning is not TrackingStatus.RETURN_TO_SENDER:
            continue
        status, at = meaning, scan
    return status, at


def _meaning(scan: TrackingEvent, final: int) -> TrackingStatus:
    # A first-mile carrier calls its hand-over to the next carrier a delivery.
    if scan.status is TrackingStatus.DELIVERED and scan.leg < final:
        return TrackingStatus.IN_TRANSIT
    return scan.status


def _current_leg(scans: Sequence[TrackingEvent], final: int) -> int:
    current = 0
    for scan in scans:
        if scan.status not in SILENT:
            handed_over = scan.status is TrackingStatus.DELIVERED and scan.leg < final
            current = max(current, scan.leg + 1 if handed_over else scan.leg)
    return min(current, final)


def _last_mile(scans: Sequence[TrackingEvent], leg: Leg, final: int) -> datetime | None:
    here = (None, leg.destination)
    waiting = SILENT | {TrackingStatus.CUSTOMS}
    arrived = (s.at for s in scans if s.leg >= final > 0 and s.status not in waiting and s.country in here)
    return next(arrived, None)


def timeline(shipment: Shipment) -> list[dict[str, Any]]:
    """The scans for a card, oldest first; `at` is a DateTime fact.

    The carriers' free text is not part of it: nobody vouches for it.
    """
    return [
        {
            "at": DateTime.at(scan.at, scan.zone).model_dump(mode="json"),
            "status": str(scan.status),
            "place": scan.location,
            "country": scan.country,
        }
        for scan in stitch(shipment).scans
    ]
