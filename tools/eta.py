"""When a parcel arrives: a range of days from the lane's usual transit, moved by what its scans say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from facts.tracking import TrackingStatus
from knowledge.policy import DayRange, ShippingZone
from tools.days import add_business_days, next_business_day

LAST_MILE = DayRange(low=1, high=3)
CUSTOMS = DayRange(low=2, high=5)
DELAY = 2
"""Business days: from the first scan of the last carrier; from now while in customs; added by a reported delay."""


@dataclass(frozen=True, slots=True)
class Window:
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Progress:
    """What the estimate is made from: `status` and the day of the scan it comes from, and when the last of several
    carriers took over."""

    status: TrackingStatus
    since: date
    shipped: date
    last_mile_since: date | None = None


def estimate(zone: ShippingZone, progress: Progress, today: date) -> Window:
    """The days between which the parcel should arrive.

    It starts today for a parcel that is with the driver, tomorrow at the earliest for any other; a window that has
    passed is moved forward instead of being repeated. Except for "today" it is at least two days wide.
    """
    if progress.status is TrackingStatus.OUT_FOR_DELIVERY:
        return _with_the_driver(progress, today)
    first, last = _usual(zone, progress)
    if progress.status is TrackingStatus.CUSTOMS:
        first = max(first, add_business_days(today, CUSTOMS.low))
        last = max(last, add_business_days(today, CUSTOMS.high))
    if progress.status is TrackingStatus.DELIVERY_DELAYED:
        first, last = add_business_days(first, DELAY), add_business_days(last, DELAY)
    return _forward(first, last, today)


def _with_the_driver(progress: Progress, today: date) -> Window:
    if progress.since >= today:
        return Window(today, today)
    return _forward(today, today, today)


def _usual(zone: ShippingZone, progress: Progress) -> tuple[date, date]:
    start, transit = progress.shipped, zone.transit
    if progress.last_mile_since is not None and progress.status is not TrackingStatus.CUSTOMS:
        start, transit = progress.last_mile_since, LAST_MILE
    return add_business_days(start, transit.low), add_business_days(start, transit.high)


def _forward(first: date, last: date, today: date) -> Window:
    first = max(first, next_business_day(today))
    return Window(first, max(last, next_business_day(first)))
