"""Coupons: codes that take something off an order."""

from __future__ import annotations

from pydantic import AwareDatetime, Field, model_validator

from commerce.models import Record
from facts.values import Money


class Coupon(Record):
    """A code and its terms: either `percent` or `amount` comes off."""

    id: str
    """The code as customers type it; compared without case, spaces and hyphens."""
    percent: int | None = Field(None, gt=0, le=100)
    amount: Money | None = None
    minimum: Money | None = None
    """The least order value, in one of the shop's currencies."""
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    countries: tuple[str, ...] = ()
    """Where it holds; everywhere when empty."""
    categories: tuple[str, ...] = ()
    """What it holds for; everything when empty."""
    first_order_only: bool = False
    once_per_customer: bool = False
    active: bool = True

    @model_validator(mode="after")
    def _one_benefit(self) -> Coupon:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("a coupon takes off either a percent or an amount")
        return self
