"""Parcels on their way: legs, scans with local times, and the disorder in which carriers send them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commerce.demo.lanes import HOME, STATUS, Lanes, Stop
from commerce.demo.market import Market
from commerce.demo.numbers import salt
from commerce.models import Address, Leg, OrderLine, Shipment, TrackingEvent
from facts.tracking import TrackingStatus

ANNOUNCED_HOURS = 9
"""From the label to the first scan."""
_DOORBELL = time(11, 24)


@dataclass(frozen=True, slots=True)
class ParcelMaker:
    """Turns a scenario's parcel into a shipment as it looks at `now`."""

    lanes: Lanes
    market: Market
    now: datetime

    def make(
        self, order_id: str, place: int, spec: dict[str, Any], lines: tuple[OrderLine, ...], address: Address
    ) -> Shipment:
        """One parcel; `place` counts the order's parcels from 1."""
        shipment_id = f"{order_id.replace('ord_', 'shp_')}-{place}"
        lane = self.lanes.to(address.country)
        legs = self.lanes.legs(lane, shipment_id)
        stops = _journey(lane.stops, spec)
        moments = self._moments(stops, spec, address, shipment_id)
        events = tuple(self._event(stop, at, address, legs) for stop, at in zip(stops, moments, strict=True))
        handed_over = moments[1] if len(moments) > 1 else None
        packed = spec.get("lines") or range(1, len(lines) + 1)
        return Shipment(
            id=shipment_id,
            order_id=order_id,
            legs=legs,
            lines={lines[number - 1].id: lines[number - 1].quantity for number in packed},
            shipped_at=handed_over,
            promised_by=self._promise(handed_over, address.country) if handed_over else None,
            events=_named(self._as_sent(events, legs, shipment_id), shipment_id),
        )

    def _moments(
        self, stops: tuple[Stop, ...], spec: dict[str, Any], address: Address, seed: str
    ) -> tuple[datetime, ...]:
        """When each stop was scanned, reckoned back from the last one."""
        if "days" in spec:
            zone = ZoneInfo(self.lanes.zone(address.city, address.country))
            last = self._at_the_door(self._days(spec["days"], address.country), zone, seed)
        else:
            last = self.now - timedelta(
                hours=self._hours(spec["ago"], address.country), minutes=salt(seed, 50)
            )
        moments = [last]
        for stop in reversed(stops[1:]):
            # Minutes keep scans off the full hour; gaps are hours, so the order stays.
            jitter = timedelta(minutes=salt(f"{seed}/{stop.stage}", 25))
            moments.append(moments[-1] - timedelta(hours=stop.hours) - jitter)
        return tuple(reversed(moments))

    def _days(self, days: int | str, country: str) -> int:
        if isinstance(days, int):
            return days
        return self.market.window(country) + int(days.removeprefix("window"))

    def _hours(self, ago: float | str, country: str) -> float:
        """Hours, or days before or beyond the gap between two scans that is normal on the way there (`gap+2`)."""
        if isinstance(ago, str):
            return 24 * (self.market.scan_gap(country) + int(ago.removeprefix("gap")))
        return ago

    def _at_the_door(self, days: int, zone: ZoneInfo, seed: str) -> datetime:
        """A delivery hour `days` calendar days ago where the customer lives, never in the future."""
        today = self.now.astimezone(zone)
        usual = datetime.combine(today.date() - timedelta(days=days), _DOORBELL, zone)
        usual += timedelta(minutes=salt(seed, 240))
        midnight = datetime.combine(today.date(), time(0), zone)
        latest = max(midnight, today - timedelta(minutes=40))
        return min(usual, latest).astimezone(self.now.tzinfo)

    def _event(self, stop: Stop, at: datetime, address: Address, legs: tuple[Leg, ...]) -> TrackingEvent:
        place = address.city if stop.place == HOME else stop.place
        return TrackingEvent(
            id="",
            at=at,
            zone=self.lanes.zone(place, stop.country),
            status=STATUS[stop.stage],
            leg=stop.leg,
            location=place,
            country=stop.country,
            message=self.lanes.words(legs[stop.leg].carrier, stop.stage),
        )

    def _as_sent(
        self, events: tuple[TrackingEvent, ...], legs: tuple[Leg, ...], seed: str
    ) -> tuple[TrackingEvent, ...]:
        """The events as carriers send them: hand-overs told by both sides, repeats, and now and then out of order."""
        sent: list[TrackingEvent] = []
        for before, event in zip((None, *events), events, strict=False):
            if before is not None and event.leg > before.leg and before.status is not TrackingStatus.PENDING:
                sent.append(self._handover(before, event.leg, legs))
            sent.append(event)
        if len(sent) > 3 and salt(seed, 3) == 0:
            sent.insert(3, sent[2])
        if len(sent) > 4 and salt(seed, 2) == 0:
            sent[2], sent[3] = sent[3], sent[2]
        return tuple(sent)

    def _handover(self, before: TrackingEvent, leg: int, legs: tuple[Leg, ...]) -> TrackingEvent:
        return before.model_copy(
            update={
                "at": before.at + timedelta(minutes=3),
                "leg": leg,
                "status": STATUS["handover"],
                "message": self.lanes.words(legs[leg].carrier, "handover"),
            }
        )

    def _promise(self, handed_over: datetime, country: str) -> date:
        day = handed_over.astimezone(ZoneInfo(self.lanes.zone("", "NL"))).date()
        left = self.market.transit_high(country)
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day


def _journey(smooth: tuple[Stop, ...], spec: dict[str, Any]) -> tuple[Stop, ...]:
    """The stops that this parcel has made, the label first."""
    first = smooth[0]
    stops = [Stop("announced", 0, 0, first.place, first.country)]
    if spec["until"] == "announced":
        return tuple(stops)
    for stop in smooth:
        hours = ANNOUNCED_HOURS if stop is first else stop.hours * spec.get("pace", 1)
        stops.append(replace(stop, hours=hours))
        if stop.stage == spec["until"]:
            break
    for stage, hours in spec.get("then", ()):
        stops.append(replace(stops[-1], stage=stage, hours=hours))
    return tuple(stops)


def _named(events: tuple[TrackingEvent, ...], shipment_id: str) -> tuple[TrackingEvent, ...]:
    return tuple(
        event.model_copy(update={"id": f"{shipment_id}-e{place}"}) for place, event in enumerate(events, 1)
    )
