"""Above the limits of the shop a yes waits for a person."""

from __future__ import annotations

from commerce.errors import BackendUnavailable
from commerce.models import OrderStatus
from conversations.models import TaskKind
from facts.values import Money
from tests.contract.tools.proposing import ME, Interrupted, order_of, propose, refunds_of, state_of
from tests.unit.tools.harness import POLICY, STORIES, Shop, owner
from tools.proposals import ProposalState


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
