"""Fit reports: pieces whose size comes out otherwise than it says, counted per variant."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from commerce.models import Record


class Fit(StrEnum):
    SMALLER = "smaller"
    LARGER = "larger"


class FitReport(Record):
    """One order line's report; a line that reports again is still one."""

    sku: str
    order_id: str
    order_line_id: str
    kind: Fit
    position: int
    """Which one it is of the variant's reports, from 1."""
    sold: int
    """How many pieces of the variant have left the shop when it was made."""
    created_at: AwareDatetime
