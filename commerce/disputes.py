"""Disputes: what a customer's bank or payment service asks the shop to answer for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import AwareDatetime

from commerce.models import Record
from facts.values import Money


class DisputeStatus(StrEnum):
    OPEN = "open"
    WON = "won"
    """The shop keeps the money."""
    LOST = "lost"
    """The money went back to the customer: a refund beside it would pay her twice."""
    WITHDRAWN = "withdrawn"


class Dispute(Record):
    """A chargeback, or a case at a payment service; `channel` names who decides it (`card`, `paypal`, `klarna`)."""

    id: str
    order_id: str
    channel: str
    amount: Money
    status: DisputeStatus
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None


def taken_back(disputes: Iterable[Dispute], currency: str) -> Money | None:
    """What banks and payment services have given back to the customer; None where it was in another currency."""
    taken = Money(minor=0, currency=currency)
    for dispute in disputes:
        if dispute.status is not DisputeStatus.LOST:
            continue
        if dispute.amount.currency != currency:
            return None
        taken = taken + dispute.amount
    return taken


def decided_elsewhere(disputes: Sequence[Dispute], total: Money) -> bool:
    """Whether somebody else gives the money back, or may: the shop must not pay beside it.

    Of an order of which a part was given back, the rest is still the shop's to settle.
    """
    if any(dispute.status is DisputeStatus.OPEN for dispute in disputes):
        return True
    taken = taken_back(disputes, total.currency)
    return taken is None or 0 < total.minor <= taken.minor
