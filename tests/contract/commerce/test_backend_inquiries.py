"""What follows on an inquiry takes over its pieces, once; until then nothing else may have them."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from commerce.claims import Claim, ClaimDraft, ClaimKind, ClaimLine, ClaimRemedy, ClaimStatus
from commerce.embedded.backend import EmbeddedBackend
from commerce.errors import LineNotClaimable, LineNotReturnable
from tests.contract.commerce.test_backend_claims import eur, returning


def claim(kind: ClaimKind, remedy: ClaimRemedy, pieces: int = 2) -> ClaimDraft:
    paid = eur(8000) if remedy is ClaimRemedy.REFUND_WITHOUT_RETURN else None
    lines = (ClaimLine(order_line_id="l1", quantity=pieces),)
    by = date(2026, 11, 20) if remedy is ClaimRemedy.INQUIRY else None
    return ClaimDraft(order_id="o2", kind=kind, lines=lines, remedy=remedy, remedy_by=by, refund=paid)


ASKED = claim(ClaimKind.NOT_RECEIVED, ClaimRemedy.INQUIRY)
REFUNDED = claim(ClaimKind.NOT_RECEIVED, ClaimRemedy.REFUND_WITHOUT_RETURN)


async def test_the_remedy_takes_over_what_the_carrier_was_asked_for(backend: EmbeddedBackend) -> None:
    await backend.open_claim(ASKED, version=1, key="k1")
    await backend.open_claim(REFUNDED, version=2, key="k2")
    asked, paid = await backend.claims("o2")
    assert (asked.status, asked.stands) == (ClaimStatus.SETTLED, False)
    assert (paid.status, paid.stands) == (ClaimStatus.SETTLED, True)
    assert len(await backend.refunds("o2")) == 1


async def test_while_the_carrier_looks_the_pieces_cannot_be_returned_or_claimed_as_broken(
    backend: EmbeddedBackend,
) -> None:
    await backend.open_claim(ASKED, version=1, key="k1")
    with pytest.raises(LineNotReturnable):
        await backend.create_return(returning("l1", 1), version=2, key="k2")
    broken = claim(ClaimKind.DAMAGED, ClaimRemedy.REFUND_WITHOUT_RETURN, 1)
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(broken, version=2, key="k3")
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(ASKED, version=2, key="k4")


async def test_a_remedy_that_fails_leaves_the_inquiry_open(backend: EmbeddedBackend) -> None:
    await backend.open_claim(ASKED, version=1, key="k1")
    too_many = claim(ClaimKind.NOT_RECEIVED, ClaimRemedy.REPLACEMENT, 99)
    with pytest.raises(LineNotClaimable):
        await backend.open_claim(too_many, version=2, key="k2")
    (asked,) = await backend.claims("o2")
    assert asked.waits_for_carrier


async def test_fifty_remedies_at_once_are_one(backend: EmbeddedBackend) -> None:
    await backend.open_claim(ASKED, version=1, key="k1")
    tried = await asyncio.gather(
        *(backend.open_claim(REFUNDED, version=2, key="k2") for _ in range(50)), return_exceptions=True
    )
    assert all(isinstance(each, Claim) for each in tried)
    assert len(await backend.claims("o2")) == 2
    assert len(await backend.refunds("o2")) == 1
