"""From a proposal to one effect: confirmed later, once, and never against what she was shown."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from commerce.models import OrderStatus
from conversations.models import Level
from tests.contract.tools.proposing import ME, ledger_state, order_of, propose, refunds_of, state_of
from tests.unit.tools.harness import NOBODY, STORIES, Shop, owner
from tools.proposals import LedgerState, ProposalState
from tools.tables import proposals


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
