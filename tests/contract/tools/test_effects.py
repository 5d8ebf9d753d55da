"""One effect at most, whatever breaks off or changes between the proposal and it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from commerce.embedded.tables import shop_orders
from commerce.errors import BackendUnavailable
from commerce.models import OrderStatus
from conversations.models import TaskKind
from tests.contract.tools.proposing import (
    ME,
    Interrupted,
    ledger_state,
    order_of,
    propose,
    refunds_of,
    state_of,
)
from tests.unit.tools.harness import Shop
from tools.proposals import LedgerState, ProposalState


class Crash(BaseException):
    """The process dies here."""


async def test_order_that_changed_is_asked_again(shop: Shop) -> None:
    proposal = await propose(shop)
    async with shop.database.write() as connection:
        moved = update(shop_orders).where(shop_orders.c.id == proposal.order_id)
        await connection.execute(moved.values(version=proposal.order_version + 1))
    for _ in range(2):
        result = await shop.confirm(proposal.id, identity=ME)
        assert (result.outcome, result.evidence[0].statement) == ("changed", "proposal.changed")
    assert (await order_of(shop)).status is OrderStatus.PROCESSING
    fresh = await propose(shop, turn="t3")
    assert (await shop.confirm(fresh.id, turn="t4", identity=ME)).outcome == "done"


async def test_order_that_changes_between_check_and_effect_is_not_touched(shop: Shop) -> None:
    proposal = await propose(shop)

    class Racing(Interrupted):
        async def cancel_order(self, *arguments: Any, **named: Any) -> Any:
            async with shop.database.write() as connection:
                moved = update(shop_orders).where(shop_orders.c.id == proposal.order_id)
                await connection.execute(moved.values(version=shop_orders.c.version + 1))
            return await self._inner.cancel_order(*arguments, **named)

    shop.backend = Racing(shop.backend)
    assert (await shop.confirm(proposal.id, identity=ME)).outcome == "changed"
    assert await ledger_state(shop, proposal) == LedgerState.REFUSED
    assert await refunds_of(shop, proposal.order_id) == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_crash_around_the_effect_is_resumed_with_the_same_key(shop: Shop, when: str) -> None:
    proposal = await propose(shop)
    backend = Interrupted(shop.backend, **{when: Crash()})
    shop.backend = backend
    with pytest.raises(Crash):
        await shop.confirm(proposal.id, identity=ME)
    assert await ledger_state(shop, proposal) == LedgerState.STARTED
    found = await shop.proposals.settle("cnv_1", "t2")
    assert found is not None
    # The rerun may come long after the proposal's time, and after its own effect moved the order's version.
    shop.clock.advance(timedelta(hours=3))
    result = await shop.confirm(found.id, identity=ME)
    assert (result.outcome, result.evidence[0].statement) == ("done", "cancel.done")
    assert backend.keys == [proposal.id] * 2
    assert await refunds_of(shop, proposal.order_id) == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_dead_back_end_leaves_it_open_for_another_yes(shop: Shop, when: str) -> None:
    proposal = await propose(shop)
    shop.backend = Interrupted(shop.backend, **{when: BackendUnavailable()})
    result = await shop.confirm(proposal.id, identity=ME)
    assert (result.outcome, result.evidence[0].statement) == ("unavailable", "proposal.unavailable")
    found = await shop.proposals.settle("cnv_1", "t3")
    assert found is not None
    assert (await shop.confirm(found.id, turn="t3", identity=ME)).outcome == "done"
    assert await refunds_of(shop, proposal.order_id) == 1


async def test_two_who_confirm_at_once_have_one_effect(shop: Shop) -> None:
    proposal = await propose(shop)
    results = await asyncio.gather(
        *(shop.confirm(proposal.id, turn=f"t{turn}", identity=ME) for turn in range(2, 8))
    )
    assert {result.outcome for result in results} == {"done"}
    assert await refunds_of(shop, proposal.order_id) == 1


async def test_imported_shop_turns_a_yes_into_a_request(shop: Shop) -> None:
    proposal = await propose(shop)
    backend = Interrupted(shop.backend)
    backend.live = False
    shop.backend = backend
    result = await shop.confirm(proposal.id, identity=ME)
    assert (result.outcome, result.evidence[0].statement) == ("requested", "cancel.requested")
    assert shop.staff.kinds == [TaskKind.CARRY_OUT]
    assert backend.keys == []
    assert await shop.proposals.fulfil(proposal.id, "staff_1")
    assert await shop.proposals.fulfil(proposal.id, "staff_1")
    assert await shop.proposals.waiting() == []


async def test_changed_order_is_neither_requested_nor_sent_to_approval(shop: Shop) -> None:
    proposal = await propose(shop)
    async with shop.database.write() as connection:
        moved = update(shop_orders).where(shop_orders.c.id == proposal.order_id)
        await connection.execute(moved.values(version=proposal.order_version + 1))
    backend = Interrupted(shop.backend)
    backend.live = False
    shop.backend = backend
    assert (await shop.confirm(proposal.id, identity=ME)).outcome == "changed"
    assert shop.staff.kinds == []


async def test_order_packed_since_is_refused_by_the_shop_and_told(shop: Shop) -> None:
    proposal = await propose(shop)
    async with shop.database.write() as connection:
        packed = update(shop_orders).where(shop_orders.c.id == proposal.order_id)
        # A careless shop: the state moved on, the version did not.
        await connection.execute(packed.values(status=OrderStatus.PACKED))
    for _ in range(2):
        result = await shop.confirm(proposal.id, identity=ME)
        assert (result.outcome, result.evidence[0].statement) == ("too_late_packed", "cancel.too_late_packed")
    assert await state_of(shop, proposal) is ProposalState.FAILED
