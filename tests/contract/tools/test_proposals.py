"""From a proposal to one effect: confirmed later, once, and never against what she was shown."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from commerce.embedded.tables import shop_orders, shop_refunds
from commerce.errors import BackendUnavailable
from commerce.models import Order, OrderStatus
from conversations.models import Level, TaskKind
from facts.values import Money
from tests.unit.tools.harness import NOBODY, POLICY, STORIES, Shop, owner
from tools.proposals import LedgerState, Proposal, ProposalState
from tools.tables import ledger, proposals
from tools.tool import Identity

STORY = STORIES["processing_eur_en"]
ME = owner(STORY)


class Crash(BaseException):
    """The process dies here."""


class Interrupted:
    """The demo shop's back end; a WRITE meets what `before` and `after` raise, once each."""

    def __init__(
        self, inner: Any, before: BaseException | None = None, after: BaseException | None = None
    ) -> None:
        self._inner, self._before, self._after = inner, before, after
        self.live = True
        self.keys: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def cancel_order(self, *arguments: Any, key: str, **named: Any) -> Any:
        self.keys.append(key)
        raised, self._before = self._before, None
        if raised is not None:
            raise raised
        done = await self._inner.cancel_order(*arguments, key=key, **named)
        raised, self._after = self._after, None
        if raised is not None:
            raise raised
        return done


async def propose(
    shop: Shop, turn: str = "t1", number: str = STORY.number, identity: Identity = ME
) -> Proposal:
    result = await shop.call("cancel_order", {"order_number": number}, shop.context(turn, identity))
    assert result.outcome == "proposed", result
    proposal = await shop.proposals.get(result.data["proposal_id"])
    assert proposal is not None
    return proposal


async def order_of(shop: Shop, number: str = STORY.number) -> Order:
    order = await shop.backend.order_by_number(number)
    assert order is not None
    return order


async def state_of(shop: Shop, proposal: Proposal) -> ProposalState:
    found = await shop.proposals.get(proposal.id)
    assert found is not None
    return found.state


async def refunds_of(shop: Shop, order_id: str) -> int:
    async with shop.database.read() as connection:
        counted = select(func.count()).select_from(shop_refunds).where(shop_refunds.c.order_id == order_id)
        return int((await connection.execute(counted)).scalar_one())


async def ledger_state(shop: Shop, proposal: Proposal) -> str | None:
    async with shop.database.read() as connection:
        row = (await connection.execute(select(ledger).where(ledger.c.key == proposal.id))).one_or_none()
    return None if row is None else row.state


async def test_yes_of_a_later_turn_does_it_once_and_says_so(shop: Shop) -> None:
    proposal = await propose(shop)
    done = await shop.confirm(proposal.id, identity=ME)
    assert (done.outcome, done.evidence[0].statement) == ("done", "cancel.done")
    assert done.evidence[0].facts["refund"] == proposal.amount
    assert (await order_of(shop)).status is OrderStatus.CANCELLED
    assert await state_of(shop, proposal) is ProposalState.EXECUTED
    assert await ledger_state(shop, proposal) == LedgerState.DONE
    again = await shop.confirm(proposal.id, identity=ME)
    assert again.outcome == "done"
    assert again.evidence[0].facts == done.evidence[0].facts
    assert await refunds_of(shop, proposal.order_id) == 1


async def test_turn_that_proposed_cannot_confirm(shop: Shop) -> None:
    proposal = await propose(shop)
    assert await shop.proposals.settle("cnv_1", "t1") is None
    assert (await shop.confirm(proposal.id, turn="t1", identity=ME)).outcome == "refused"
    assert (await order_of(shop)).status is OrderStatus.PROCESSING


async def test_another_conversation_cannot_confirm(shop: Shop) -> None:
    proposal = await propose(shop)
    other = shop.context("t2", ME, conversation="cnv_2")
    assert (await shop.proposals.confirm(other, proposal.id, "t2")).outcome == "refused"
    assert await state_of(shop, proposal) is ProposalState.OPEN


async def test_identity_is_asked_again_at_the_yes(shop: Shop) -> None:
    proposal = await propose(shop)
    result = await shop.confirm(proposal.id, identity=NOBODY)
    assert (result.outcome, result.data["needed"]) == ("identity_needed", "confirmed")
    assert await state_of(shop, proposal) is ProposalState.OPEN
    await shop.desk.grant("cnv_1", proposal.order_id, Level.CONFIRMED)
    assert (await shop.confirm(proposal.id, identity=NOBODY)).outcome == "done"


async def test_same_turn_run_again_gives_the_same_row(shop: Shop) -> None:
    first, second = await propose(shop), await propose(shop)
    assert first.id == second.id
    async with shop.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(proposals))).scalar_one() == 1


async def test_new_proposal_supersedes_the_open_one(shop: Shop) -> None:
    first = await propose(shop)
    second = await propose(shop, turn="t2")
    assert first.id != second.id
    found = await shop.proposals.open_for("cnv_1")
    assert found is not None
    assert found.id == second.id
    assert (await shop.confirm(first.id, turn="t3", identity=ME)).outcome == "superseded"
    assert (await order_of(shop)).status is OrderStatus.PROCESSING


async def test_one_of_two_proposals_of_a_turn_run_again_is_open_alone(shop: Shop) -> None:
    twin = STORIES["processing_paid_gb"]
    await shop.desk.grant("cnv_1", (await order_of(shop, twin.number)).id, Level.CONFIRMED)
    first = await propose(shop)
    second = await propose(shop, number=twin.number)
    assert (await propose(shop)).id == first.id
    assert await state_of(shop, first) is ProposalState.OPEN
    assert await state_of(shop, second) is ProposalState.SUPERSEDED


async def test_other_questions_in_between_leave_it_open(shop: Shop) -> None:
    proposal = await propose(shop)
    await shop.call("answer_policy", {"topic": "cancellation"}, shop.context("t2", ME))
    assert (await shop.confirm(proposal.id, turn="t3", identity=ME)).outcome == "done"


async def test_yes_after_half_an_hour_is_too_late(shop: Shop) -> None:
    proposal = await propose(shop)
    shop.clock.advance(timedelta(minutes=30))
    assert await shop.proposals.open_for("cnv_1") is None
    settled = await shop.proposals.settle("cnv_1", "t2")
    assert settled is not None
    result = await shop.confirm(settled.id, identity=ME)
    assert (result.outcome, result.evidence[0].statement) == ("expired", "proposal.expired")
    assert (await shop.confirm(proposal.id, identity=ME)).outcome == "expired"
    assert (await order_of(shop)).status is OrderStatus.PROCESSING
    assert await shop.proposals.settle("cnv_1", "t3") is None


async def test_proposal_of_the_day_before_yesterday_is_forgotten(shop: Shop) -> None:
    await propose(shop)
    shop.clock.advance(timedelta(days=2))
    assert await shop.proposals.settle("cnv_1", "t2") is None


async def test_no_closes_it(shop: Shop) -> None:
    proposal = await propose(shop)
    assert await shop.proposals.decline(proposal.id, "t2")
    assert not await shop.proposals.decline(proposal.id, "t2")
    assert (await shop.confirm(proposal.id, turn="t3", identity=ME)).outcome == "declined"
    assert await shop.proposals.settle("cnv_1", "t3") is None


async def test_turn_that_answered_finds_its_proposal_again(shop: Shop) -> None:
    proposal = await propose(shop)
    await shop.confirm(proposal.id, turn="t2", identity=ME)
    found = await shop.proposals.settle("cnv_1", "t2")
    assert found is not None
    assert found.id == proposal.id
    assert await shop.proposals.settle("cnv_1", "t3") is None


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


async def test_amount_above_the_limit_waits_for_a_person(shop: Shop) -> None:
    story = STORIES["high_value_en"]
    me = owner(story)
    proposal = await propose(shop, number=story.number, identity=me)
    for _ in range(2):
        result = await shop.confirm(proposal.id, identity=me)
        assert (result.outcome, result.evidence[0].statement) == (
            "awaiting_approval",
            "cancel.awaiting_approval",
        )
    assert shop.staff.kinds == [TaskKind.APPROVE]
    assert [each.id for each in await shop.proposals.waiting()] == [proposal.id]
    assert (await order_of(shop, story.number)).status is OrderStatus.PROCESSING
    approved = await shop.proposals.approve(shop.context("t9"), proposal.id, "staff_1")
    assert approved.outcome == "done"
    assert (await shop.proposals.approve(shop.context("t9"), proposal.id, "staff_1")).outcome == "done"
    assert await refunds_of(shop, proposal.order_id) == 1
    assert not await shop.proposals.reject(proposal.id, "staff_1")


async def test_currency_without_a_limit_waits_for_a_person(shop: Shop) -> None:
    limits = POLICY.limits.model_copy(update={"cancel_refund": (Money(minor=10**9, currency="CHF"),)})
    shop.policy = POLICY.model_copy(update={"limits": limits})
    proposal = await propose(shop)
    assert proposal.needs_approval
    assert (await shop.confirm(proposal.id, identity=ME)).outcome == "awaiting_approval"


async def test_person_may_refuse_what_waits(shop: Shop) -> None:
    story = STORIES["high_value_en"]
    proposal = await propose(shop, number=story.number, identity=owner(story))
    await shop.confirm(proposal.id, identity=owner(story))
    assert await shop.proposals.reject(proposal.id, "staff_1")
    assert await shop.proposals.reject(proposal.id, "staff_1")
    assert (await shop.proposals.approve(shop.context("t9"), proposal.id, "staff_1")).outcome == "refused"
    assert (await order_of(shop, story.number)).status is OrderStatus.PROCESSING


async def test_nobody_approves_what_the_customer_has_not_confirmed(shop: Shop) -> None:
    proposal = await propose(shop)
    assert (await shop.proposals.approve(shop.context("t9"), proposal.id, "staff_1")).outcome == "refused"
    assert await state_of(shop, proposal) is ProposalState.OPEN


async def test_approval_survives_a_dead_back_end(shop: Shop) -> None:
    story = STORIES["high_value_en"]
    proposal = await propose(shop, number=story.number, identity=owner(story))
    await shop.confirm(proposal.id, identity=owner(story))
    shop.backend = Interrupted(shop.backend, after=BackendUnavailable())
    assert (await shop.proposals.approve(shop.context("t9"), proposal.id, "staff_1")).outcome == "unavailable"
    assert await state_of(shop, proposal) is ProposalState.AWAITING_APPROVAL
    assert (await shop.proposals.approve(shop.context("t9"), proposal.id, "staff_2")).outcome == "done"
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


async def test_return_is_opened_with_what_was_proposed(shop: Shop) -> None:
    story = STORIES["delivered_quantity_de"]
    me = owner(story)
    order = await order_of(shop, story.number)
    line = next(line for line in order.lines if line.quantity > 1)
    arguments = {
        "order_number": story.number,
        "lines": [{"line_id": line.id, "quantity": 1}],
        "reason": "too_small",
    }
    proposed = await shop.call("start_return", arguments, shop.context("t1", me))
    done = await shop.confirm(proposed.data["proposal_id"], identity=me)
    assert (done.outcome, done.evidence[0].statement) == ("done", "return.opened")
    for fact in ("refund", "fee", "send_by", "items"):
        assert done.evidence[0].facts[fact] == proposed.evidence[0].facts[fact]
    (opened,) = await shop.backend.returns(order.id)
    assert opened.expected_refund == proposed.evidence[0].facts["refund"]
    # What is promised to this return can be promised to no other.
    left = await shop.call("returnable_items", {"order_number": story.number}, shop.context("t3", me))
    by_line = {entry["line_id"]: entry["quantity"] for entry in left.data.get("lines", [])}
    assert by_line.get(line.id, 0) == line.quantity - 1
