"""The merchant's limits: above them a WRITE waits for a person."""

from __future__ import annotations

from typing import Literal

from facts.values import Money
from knowledge.policy import Limits

LimitName = Literal["cancel_refund", "return_refund", "change_refund"]


def within(limits: Limits, name: LimitName, amount: Money) -> bool:
    """Whether a refund may be made without a person; one in a currency that has no limit may not."""
    allowed: tuple[Money, ...] = getattr(limits, name)
    return any(amount.currency == limit.currency and amount.minor <= limit.minor for limit in allowed)
