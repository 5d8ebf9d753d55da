"""The merchant's limits: above them a WRITE waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from facts.values import Money
from knowledge.policy import Limits

LimitName = Literal["cancel_refund", "return_refund", "lost_refund"]


def within(limits: Limits, name: LimitName, amount: Money) -> bool:
    """Whether a refund may be made without a person; one in a currency that has no limit may not."""
    allowed = limits.return_refund
    if name == "cancel_refund":
        allowed = limits.cancel_refund
    elif name == "lost_refund" and limits.lost_refund is not None:
        allowed = limits.lost_refund
    return covers(allowed, amount)


def covers(allowed: Iterable[Money], amount: Money) -> bool:
    """Whether one of the limits is in the amount's currency and not below it."""
    return any(amount.currency == limit.currency and amount.minor <= limit.minor for limit in allowed)
