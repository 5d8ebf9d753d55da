"""Exchanges: a piece that comes back, and another size or colour of it that goes out instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from commerce.models import Record, Return, ReturnReason, ReturnStatus
from facts.values import Money

COUNTED = {
    ReturnStatus.REQUESTED,
    ReturnStatus.APPROVED,
    ReturnStatus.IN_TRANSIT,
    ReturnStatus.RECEIVED,
    ReturnStatus.REFUNDED,
}
"""Returns whose pieces are counted as coming or back already."""


class ExchangeShip(StrEnum):
    """When the new piece leaves."""

    ON_RECEIPT = "on_receipt"
    AT_ONCE = "at_once"


class ExchangeStatus(StrEnum):
    AGREED = "agreed"
    """The new piece is set aside; what has to be paid for it, if anything, is settled."""
    SENT = "sent"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ExchangeDraft(Record):
    """What an exchange will be if the shop accepts it."""

    order_id: str
    order_line_id: str
    quantity: int = Field(gt=0)
    sku: str
    """The variant that goes out, of the product that was bought."""
    reason: ReturnReason
    difference: Money
    """What the new pieces cost more; below zero where they cost less."""
    fee: Money
    """What the way back costs her."""
    ship: ExchangeShip
    send_by: date

    @property
    def balance(self) -> Money:
        """What she pays, below zero what she gets back once the goods are back."""
        return self.difference + self.fee


class Exchange(Record):
    id: str
    number: str
    order_id: str
    order_line_id: str
    quantity: int = Field(gt=0)
    sku: str
    options: dict[str, str] = Field(default_factory=dict)
    """Of the new variant, as they were when it was set aside."""
    reason: ReturnReason
    status: ExchangeStatus
    difference: Money
    fee: Money
    ship: ExchangeShip
    send_by: date
    return_id: str
    """The return under which the old pieces come back."""
    return_number: str
    created_at: AwareDatetime

    @property
    def stands(self) -> bool:
        """Whether its pieces are spoken for."""
        return self.status is not ExchangeStatus.CANCELLED

    @property
    def balance(self) -> Money:
        return self.difference + self.fee


def swapped(exchanges: Iterable[Exchange], returns: Iterable[Return]) -> Counter[str]:
    """Line id → pieces that an exchange has settled although no return counts them: theirs was cancelled or rejected."""
    counted = {each.id for each in returns if each.status in COUNTED}
    pieces: Counter[str] = Counter()
    for exchange in exchanges:
        if exchange.stands and exchange.return_id not in counted:
            pieces[exchange.order_line_id] += exchange.quantity
    return pieces
