"""Claims: what a customer reports as broken, wrong, missing or never arrived, and what the shop does about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from commerce.models import Record
from facts.values import Money


class ClaimKind(StrEnum):
    DAMAGED = "damaged"
    """Arrived broken."""
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    """The parcel came, the piece was not in it."""
    NOT_RECEIVED = "not_received"
    """The carrier says delivered, the customer has nothing."""
    LOST = "lost"
    """On its way, and not scanned for so long that it counts as lost."""
    DEFECTIVE = "defective"
    """Worked at first: the statutory warranty's case."""


class ClaimRemedy(StrEnum):
    NONE = "none"
    """Nothing is decided: a person looks at it."""
    REPLACEMENT = "replacement"
    REFUND_WITHOUT_RETURN = "refund_without_return"
    RETURN = "return"
    """Comes back at the shop's cost; the refund follows."""
    REPAIR = "repair"
    INQUIRY = "inquiry"
    """The carrier is asked first; `remedy_by` is when it is decided at the latest."""


class ClaimStatus(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    """The remedy is under way."""
    SETTLED = "settled"
    REJECTED = "rejected"


class ClaimLine(Record):
    order_line_id: str
    quantity: int = Field(gt=0)


class ClaimDraft(Record):
    """What a claim will be if the shop accepts it."""

    order_id: str
    kind: ClaimKind
    lines: tuple[ClaimLine, ...]
    photos: tuple[str, ...] = ()
    """Ids of attachments of the conversation; the pictures themselves stay there and go with it."""
    remedy: ClaimRemedy = ClaimRemedy.NONE
    remedy_by: date | None = None
    refund: Money | None = None
    """What is paid back: at once without a return, otherwise when the goods are back."""
    send_by: date | None = None
    """Until when the pieces are to be sent back; without it they need not be."""


class Claim(Record):
    id: str
    number: str
    order_id: str
    kind: ClaimKind
    lines: tuple[ClaimLine, ...]
    photos: tuple[str, ...] = ()
    status: ClaimStatus
    remedy: ClaimRemedy
    remedy_by: date | None = None
    refund: Money | None = None
    return_id: str | None = None
    """The return under which the pieces come back."""
    return_number: str | None = None
    created_at: AwareDatetime

    @property
    def stands(self) -> bool:
        """Whether its pieces are spoken for: nothing else may be paid or sent for them."""
        answered = self.remedy is ClaimRemedy.INQUIRY and self.status is ClaimStatus.SETTLED
        return self.status is not ClaimStatus.REJECTED and not answered

    @property
    def waits_for_carrier(self) -> bool:
        """An inquiry that is open: the claim which settles it takes over its pieces."""
        return self.remedy is ClaimRemedy.INQUIRY and self.status is ClaimStatus.OPEN


def spoken_for(claims: Iterable[Claim]) -> Counter[str]:
    """Line id → pieces that a claim settles by itself; those of a plain return are counted by the return."""
    pieces: Counter[str] = Counter()
    for claim in claims:
        if claim.stands and claim.remedy is not ClaimRemedy.RETURN:
            for line in claim.lines:
                pieces[line.order_line_id] += line.quantity
    return pieces


def returns_beside(claims: Iterable[Claim]) -> set[str]:
    """Returns whose pieces `spoken_for` has counted already: what comes back for a replacement that was sent."""
    settled = (claim for claim in claims if claim.stands and claim.remedy is not ClaimRemedy.RETURN)
    return {claim.return_id for claim in settled if claim.return_id}
