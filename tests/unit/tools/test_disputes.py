"""While a bank decides about an order's money, nothing gives it back: neither offered, nor confirmed, nor approved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commerce.demo import Story
from commerce.disputes import Dispute, DisputeStatus
from facts.values import Money
from tests.unit.tools.harness import NOW, STORIES, Shop, owner
from tests.unit.tools.putting import put
from tools.disputes import still_refundable
from tools.registry import toolset

STORY, UNPACKED = STORIES["delivered_single_en"], STORIES["processing_eur_en"]
GUARDED = {
    "returnable_items", "start_return", "cancellable", "cancel_order", "claim_options", "open_claim",
    "check_delivery", "open_inquiry", "lost_options", "settle_lost",
}  # fmt: skip


async def dispute(
    shop: Shop, number: str, status: DisputeStatus, amount: Money | None = None, channel: str = "paypal"
) -> None:
    order = await shop.backend.order_by_number(number)
    assert order is not None
    case = Dispute(
        id="dsp_1",
        order_id=order.id,
        channel=channel,
        amount=amount or order.total,
        status=status,
        opened_at=NOW - timedelta(days=9),
        closed_at=None if status is DisputeStatus.OPEN else NOW - timedelta(days=1),
    )
    await put(shop, disputes=(case,))


def test_everything_that_gives_money_or_goods_back_is_held() -> None:
    assert {tool.name for tool in toolset() if tool.refunds} >= GUARDED


@pytest.mark.parametrize(("tool", "story"), [
    ("returnable_items", STORY), ("cancellable", UNPACKED), ("cancel_order", UNPACKED), ("check_delivery", STORY),
    ("open_inquiry", STORY), ("lost_options", STORY),
])  # fmt: skip
async def test_an_open_case_holds_every_refund_back(shop: Shop, tool: str, story: Story) -> None:
    number = story.number
    await dispute(shop, number, DisputeStatus.OPEN)
    result = await shop.call(tool, {"order_number": number}, shop.context(identity=owner(story)))
    assert result.outcome == "dispute_open"
    assert [entry.statement for entry in result.evidence] == ["dispute.open"]


async def test_a_case_opened_after_the_proposal_stops_the_yes(shop: Shop) -> None:
    her = owner(UNPACKED)
    proposed = await shop.call("cancel_order", {"order_number": UNPACKED.number}, shop.context(identity=her))
    await dispute(shop, UNPACKED.number, DisputeStatus.OPEN)
    said = await shop.confirm(proposed.data["proposal_id"], identity=her)
    assert said.outcome == "dispute_open"
    order = await shop.backend.order_by_number(UNPACKED.number)
    assert order is not None
    assert order.status == "processing"
    assert await shop.backend.refunds(order.id) == []


async def test_a_case_opened_while_it_waited_stops_the_approval(shop: Shop) -> None:
    her = owner(UNPACKED)
    limits = shop.policy.limits.model_copy(update={"cancel_refund": ()})
    shop.policy = shop.policy.model_copy(update={"limits": limits})
    proposed = await shop.call("cancel_order", {"order_number": UNPACKED.number}, shop.context(identity=her))
    assert (await shop.confirm(proposed.data["proposal_id"], identity=her)).outcome == "awaiting_approval"
    await dispute(shop, UNPACKED.number, DisputeStatus.OPEN)
    done = await shop.proposals.approve(shop.context("t3"), proposed.data["proposal_id"], "anna")
    assert done.outcome == "dispute_open"
    again = await shop.proposals.approve(shop.context("t4"), proposed.data["proposal_id"], "anna")
    assert again.outcome == "refused"


@pytest.mark.parametrize("status", [DisputeStatus.WON, DisputeStatus.WITHDRAWN])
async def test_a_case_that_is_over_stops_nothing(shop: Shop, status: DisputeStatus) -> None:
    await dispute(shop, STORY.number, status)
    arguments = {"order_number": STORY.number}
    context = shop.context(identity=owner(STORY))
    assert (await shop.call("returnable_items", arguments, context)).outcome == "some"
    assert (await shop.call("dispute_status", arguments, context)).outcome == status


async def test_money_that_the_bank_took_back_is_not_refunded_once_more(shop: Shop) -> None:
    await dispute(shop, STORY.number, DisputeStatus.LOST)
    result = await shop.call(
        "returnable_items", {"order_number": STORY.number}, shop.context(identity=owner(STORY))
    )
    assert result.outcome == "dispute_lost"
    assert result.evidence[0].facts["channel"].model_dump()["id"] == "term.dispute_channel.paypal"


async def test_of_a_part_that_the_bank_took_back_only_the_rest_is_left(shop: Shop) -> None:
    order = await shop.backend.order_by_number(STORY.number)
    assert order is not None
    part = Money(minor=100, currency=order.total.currency)
    await dispute(shop, STORY.number, DisputeStatus.LOST, part, channel="a new service")
    assert await still_refundable(shop.context(), order) == order.total - part


async def test_a_case_settled_in_another_currency_is_for_a_person(shop: Shop) -> None:
    await dispute(shop, STORY.number, DisputeStatus.LOST, Money(minor=100, currency="KRW"))
    result = await shop.call(
        "returnable_items", {"order_number": STORY.number}, shop.context(identity=owner(STORY))
    )
    assert result.outcome == "dispute_lost"
