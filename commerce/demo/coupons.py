"""The demo shop's coupons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from commerce.coupons import Coupon
from commerce.demo.files import read_table
from facts.values import Money


def load_coupons(now: datetime) -> tuple[Coupon, ...]:
    """Every coupon; `starts` and `ends` are days from now."""
    return tuple(_coupon(code, entry, now) for code, entry in read_table("coupons").items())


def _coupon(code: str, entry: dict[str, Any], now: datetime) -> Coupon:
    def moment(name: str) -> datetime | None:
        return now + timedelta(days=entry[name]) if name in entry else None

    return Coupon(
        id=code,
        percent=entry.get("percent"),
        amount=_money(entry.get("amount")),
        minimum=_money(entry.get("minimum")),
        starts_at=moment("starts"),
        ends_at=moment("ends"),
        countries=tuple(entry.get("countries", ())),
        categories=tuple(entry.get("categories", ())),
        first_order_only=entry.get("first_order", False),
        once_per_customer=entry.get("once", False),
        active=entry.get("active", True),
    )


def _money(entry: dict[str, Any] | None) -> Money | None:
    return Money(**entry) if entry else None
