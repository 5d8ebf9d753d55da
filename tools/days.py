"""Calendar days as the shop counts them. A business day is Monday to Friday."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from facts.values import Date

SATURDAY = 5


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_fact(moment: datetime, zone: str) -> Date:
    return Date(value=local_day(moment, zone))


def add_business_days(day: date, count: int) -> date:
    """The business day that is `count` business days later; with 0 the day itself or the next business day."""
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day


def next_business_day(day: date) -> date:
    """The first business day after a day."""
    return add_business_days(day + timedelta(days=1), 0)
