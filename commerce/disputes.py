"""Disputes: what a customer's bank or payment service asks the shop to answer for."""

from __future__ import annotations

from collections.abc import Iterable
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


def decided_elsewhere(disputes: Iterable[Dispute]) -> bool:
    """Whether the money is, or may be, given back by somebody else: the shop must not pay beside it."""
    return any(dispute.status in (DisputeStatus.OPEN, DisputeStatus.LOST) for dispute in disputes)
