"""The evaluation sees whatever a dialogue changed in the shop, on any order of any story's customer."""

from __future__ import annotations

from typing import cast

from commerce.claims import ClaimDraft, ClaimKind, ClaimLine
from commerce.embedded.backend import EmbeddedBackend
from commerce.models import CancelReason
from evals.cases import EndState
from evals.endstate import Snapshot, differences, later_snapshot, snapshot
from tests.unit.tools.harness import STORIES, Shop


async def look(shop: Shop) -> Snapshot:
    return await snapshot(shop.backend, sorted({story.customer_id for story in STORIES.values()}))


async def test_the_order_of_every_story_is_looked_at(shop: Shop) -> None:
    before = await look(shop)
    assert {story.number for story in STORIES.values()} <= set(before.orders)
    assert await differences(shop.backend, before, await look(shop), EndState(), {}) == []


async def test_a_cancellation_and_a_claim_that_nobody_wanted_are_found(shop: Shop) -> None:
    before = await look(shop)
    doomed = before.orders[STORIES["processing_eur_en"].number]
    await shop.backend.cancel_order(
        doomed.id, reason=CancelReason.OTHER, version=doomed.version, key="unwanted-cancel"
    )
    broken = before.orders[STORIES["delivered_single_es"].number]
    lines = (ClaimLine(order_line_id=broken.lines[0].id, quantity=1),)
    draft = ClaimDraft(order_id=broken.id, kind=ClaimKind.DAMAGED, lines=lines)
    await shop.backend.open_claim(draft, version=broken.version, key="unwanted-claim")
    after = await later_snapshot(cast(EmbeddedBackend, shop.backend), before)
    assert after == await look(shop)
    found = " ".join(await differences(shop.backend, before, after, EndState(), {}))
    assert f"{doomed.number} changed to cancelled" in found
    assert f"{broken.number} has 1 new claims, not 0" in found
    assert await differences(shop.backend, before, after, EndState(cancelled=(doomed.number,)), {}) != []
