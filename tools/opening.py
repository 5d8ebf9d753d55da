"""When people are there: the working hours that run now or come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from facts.values import DateTime
from knowledge.policy import Staff

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = 31
"""Days; a shop that is closed for longer has no hours to tell."""


@dataclass(frozen=True, slots=True)
class Shift:
    open_now: bool
    opens_at: DateTime
    closes_at: DateTime


def shift(staff: Staff, now: datetime) -> Shift | None:
    """The shift that runs at that instant, else the next one; None where none comes soon."""
    today = now.astimezone(ZoneInfo(staff.zone)).date()
    for ahead in range(LOOK_AHEAD):
        found = _on(staff, today + timedelta(days=ahead))
        if found is not None and now < found[1]:
            opens, closes = found
            return Shift(
                open_now=opens <= now,
                opens_at=DateTime.at(opens, staff.zone),
                closes_at=DateTime.at(closes, staff.zone),
            )
    return None


def _on(staff: Staff, day: date) -> tuple[datetime, datetime] | None:
    hours = staff.hours.get(WEEKDAYS[day.weekday()])
    if hours is None or day in staff.closed_on:
        return None
    zone = ZoneInfo(staff.zone)
    return datetime.combine(day, hours.opens, zone), datetime.combine(day, hours.closes, zone)
