"""When a parcel should arrive, stage by stage."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.tracking import TrackingStatus as S
from facts.values import Money
from knowledge.policy import DayRange, Duties, ShippingZone
from tools.days import SATURDAY, add_business_days, next_business_day
from tools.eta import Progress, estimate

ZONE = ShippingZone(
    id="z", countries=("DE",), transit=DayRange(low=3, high=5), cost=Money(minor=0, currency="EUR"),
    duties=Duties.NONE, normal_scan_gap_days=3,
)  # fmt: skip
MONDAY = date(2026, 11, 2)


def on(november: int) -> date:
    return date(2026, 11, november)


@pytest.mark.parametrize(
    ("status", "since", "last_mile", "today", "window"),
    [
        # Sent on Monday the 2nd, three to five business days: Thursday to Monday.
        (S.IN_TRANSIT, 2, None, 3, (5, 9)),
        (S.IN_TRANSIT, 4, None, 4, (5, 9)),
        # The early part of the window has passed.
        (S.IN_TRANSIT, 5, None, 6, (9, 10)),
        # The whole window has passed: moved forward, not repeated.
        (S.IN_TRANSIT, 10, None, 12, (13, 16)),
        # With the driver: today. Yesterday's driver did not come.
        (S.OUT_FOR_DELIVERY, 6, 6, 6, (6, 6)),
        (S.OUT_FOR_DELIVERY, 5, 5, 6, (9, 10)),
        # In customs nothing arrives tomorrow.
        (S.CUSTOMS, 4, None, 5, (9, 12)),
        # The last carrier has it: one to three business days from then, sooner or later than usual.
        (S.IN_TRANSIT, 3, 3, 3, (4, 6)),
        (S.IN_TRANSIT, 12, 12, 12, (13, 17)),
        # Back in customs after the last carrier's first scan.
        (S.CUSTOMS, 4, 3, 4, (6, 11)),
        # A delay that the carrier reports adds two business days.
        (S.DELIVERY_DELAYED, 4, None, 4, (9, 11)),
    ],
)
def test_window(status: S, since: int, last_mile: int | None, today: int, window: tuple[int, int]) -> None:
    arrived = on(last_mile) if last_mile else None
    progress = Progress(status=status, since=on(since), shipped=MONDAY, last_mile_since=arrived)
    found = estimate(ZONE, progress, on(today))
    assert (found.first.day, found.last.day) == window


moving = st.sampled_from([S.IN_TRANSIT, S.CUSTOMS, S.OUT_FOR_DELIVERY, S.DELIVERY_DELAYED])


@given(moving, st.integers(0, 60), st.integers(0, 60), st.none() | st.integers(0, 60))
def test_window_is_never_in_the_past_nor_upside_down(
    status: S, since: int, waited: int, last_mile: int | None
) -> None:
    today = MONDAY + timedelta(days=since + waited)
    arrived = None if last_mile is None else MONDAY + timedelta(days=last_mile)
    found = estimate(ZONE, Progress(status, MONDAY + timedelta(days=since), MONDAY, arrived), today)
    assert today <= found.first <= found.last
    if status is S.OUT_FOR_DELIVERY and not waited:
        assert found.last == today
    else:
        assert today < found.first < found.last
        assert found.first.weekday() < SATURDAY
        assert found.last.weekday() < SATURDAY


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 30), st.integers(0, 30))
def test_business_days_add_up(day: date, a: int, b: int) -> None:
    assert add_business_days(add_business_days(day, a), b) == add_business_days(day, a + b)
    assert add_business_days(day, a).weekday() < SATURDAY
    assert day < next_business_day(day) <= day + timedelta(days=3)
