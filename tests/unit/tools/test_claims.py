"""What is done about damaged, wrong and missing goods: by policy, once, and never twice for one piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from commerce.claims import ClaimRemedy, ClaimStatus
from commerce.disputes import Dispute, DisputeStatus
from commerce.models import Order, OrderStatus, PaymentStatus, Refund, RefundStatus
from commerce.shopdata import ShopData
from conversations.models import TaskKind
from facts.values import Money
from knowledge.policy import Policy
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tools.tool import ToolContext, ToolResult

HANDLE = "delivered_single_en"
STORY = STORIES[HANDLE]


def capped(minor: int, **changes: Any) -> Policy:
    """The demo's policy with this limit for what need not come back."""
    limits = tuple(Money(minor=minor, currency=each.currency) for each in POLICY.claims.refund_without_return)
    claims = POLICY.claims.model_copy(update={"refund_without_return": limits, **changes})
    return POLICY.model_copy(update={"claims": claims})


@pytest.fixture
def generous(shop: Shop) -> Shop:
    """A shop that never wants anything back."""
    return replace(shop, policy=capped(10_000_000))


@pytest.fixture
def strict(shop: Shop) -> Shop:
    """A shop that wants everything back."""
    return replace(shop, policy=capped(0))


async def order_of(shop: Shop) -> Order:
    order = await shop.backend.order_by_number(STORY.number)
    assert order is not None
    return order


def context(shop: Shop, turn: str = "t1", photos: tuple[str, ...] = ("att_1",)) -> ToolContext:
    return replace(shop.context(turn, owner(STORY)), photos=photos)


async def options(shop: Shop, kind: str = "damaged", **more: Any) -> ToolResult:
    return await shop.call(
        "claim_options", {"order_number": STORY.number, "kind": kind, **more}, context(shop)
    )


async def claim(
    shop: Shop,
    kind: str = "damaged",
    remedy: str = "refund",
    turn: str = "t1",
    photos: tuple[str, ...] = ("att_1",),
) -> ToolResult:
    order = await order_of(shop)
    lines = [{"line_id": order.lines[0].id, "quantity": 1}]
    arguments = {"order_number": STORY.number, "kind": kind, "lines": lines, "remedy": remedy}
    return await shop.call("open_claim", arguments, context(shop, turn, photos))


async def settle(shop: Shop, **changes: Any) -> ToolResult:
    proposed = await claim(shop, **changes)
    assert proposed.outcome == "proposed"
    turn = changes.get("turn", "t1") + "-yes"
    return await shop.confirm(proposed.data["proposal_id"], turn, owner(STORY))


async def change(shop: Shop, **changes: Any) -> Order:
    order = (await order_of(shop)).model_copy(update=changes)
    await shop.backend.load(ShopData((), (), (order,), ()))  # type: ignore[attr-defined]
    return order


async def test_what_is_cheap_is_refunded_and_need_not_come_back(generous: Shop) -> None:
    done = await settle(generous)
    order = await order_of(generous)
    (opened,) = await generous.backend.claims(order.id)
    (refund,) = await generous.backend.refunds(order.id)
    assert done.evidence[0].statement == "claim.opened_refund"
    assert (opened.remedy, opened.status) == (ClaimRemedy.REFUND_WITHOUT_RETURN, ClaimStatus.SETTLED)
    assert opened.photos == ("att_1",)
    assert refund.amount == opened.refund == done.evidence[0].facts["refund"]
    assert not await generous.backend.returns(order.id)


async def test_it_needs_a_photo_and_what_comes_back_needs_none(
    shop: Shop, generous: Shop, strict: Shop
) -> None:
    assert (await claim(generous, photos=())).outcome == "photo_needed"
    assert (await claim(strict, photos=())).outcome == "proposed"


async def test_a_photo_of_an_earlier_claim_shows_no_other_one(generous: Shop) -> None:
    order = await change(
        generous, lines=((await order_of(generous)).lines[0].model_copy(update={"quantity": 3}),)
    )
    assert order.lines[0].quantity == 3
    assert (await settle(generous)).outcome == "done"
    assert (await claim(generous, turn="t2")).outcome == "photo_needed"
    assert (await claim(generous, turn="t3", photos=("att_1", "att_2"))).outcome == "proposed"


async def test_what_is_dear_comes_back_free_of_charge(strict: Shop) -> None:
    done = await settle(strict)
    order = await order_of(strict)
    (opened,) = await strict.backend.claims(order.id)
    (back,) = await strict.backend.returns(order.id)
    assert done.evidence[0].statement == "claim.opened_return"
    assert (back.id, back.fee.minor, back.expected_refund) == (opened.return_id, 0, opened.refund)
    assert not await strict.backend.refunds(order.id)


async def test_a_customer_has_only_so_many_claims_without_a_return(shop: Shop) -> None:
    few = replace(shop, policy=capped(10_000_000, per_customer=1))
    await change(few, lines=((await order_of(few)).lines[0].model_copy(update={"quantity": 2}),))
    assert (await settle(few)).evidence[0].statement == "claim.opened_refund"
    again = await claim(few, turn="t2", photos=("att_2",))
    assert again.evidence[0].statement == "claim.proposed_return"
    few.clock.advance(timedelta(days=few.policy.claims.per_days + 1))
    later = await few.backend.claims_of(STORY.customer_id, few.clock.now() - timedelta(days=90))
    assert not later


async def test_missing_above_the_limit_waits_for_a_person(strict: Shop) -> None:
    asked = await settle(strict, kind="missing", photos=())
    assert asked.outcome == "awaiting_approval"
    assert strict.staff.kinds == [TaskKind.APPROVE]
    assert not await strict.backend.claims((await order_of(strict)).id)


async def test_a_replacement_is_offered_only_from_stock(generous: Shop) -> None:
    order = await order_of(generous)
    lines = [{"line_id": order.lines[0].id, "quantity": 1}]
    assert (await options(generous, lines=lines)).data["remedies"] == ["replacement", "refund"]
    await generous.backend.hold_variants([order.lines[0].sku])
    assert (await options(generous, lines=lines)).data["remedies"] == ["refund"]
    assert (await claim(generous, remedy="replacement")).outcome == "not_automated"


@pytest.mark.parametrize("status", [DisputeStatus.OPEN, DisputeStatus.LOST])
async def test_what_a_bank_decides_is_not_paid_beside_it(generous: Shop, status: DisputeStatus) -> None:
    order = await order_of(generous)
    dispute = Dispute(
        id="d1", order_id=order.id, channel="paypal", amount=order.total, status=status, opened_at=NOW
    )
    await generous.backend.load(ShopData((), (), (), (), disputes=(dispute,)))  # type: ignore[attr-defined]
    assert (await options(generous)).outcome == f"dispute_{status}"
    assert (await claim(generous)).outcome == f"dispute_{status}"


@pytest.mark.parametrize(("left", "outcome"), [(0, "proposed"), (-1, "not_automated")])
async def test_of_an_order_that_a_bank_took_back_in_part_the_rest_is_settled(
    generous: Shop, left: int, outcome: str
) -> None:
    order = await order_of(generous)
    worth = order.lines[0].total.minor // order.lines[0].quantity
    taken = Money(minor=order.total.minor - worth - left, currency=order.total.currency)
    part = Dispute(
        id="d1", order_id=order.id, channel="card", amount=taken, status=DisputeStatus.LOST, opened_at=NOW
    )
    await generous.backend.load(ShopData((), (), (), (), disputes=(part,)))  # type: ignore[attr-defined]
    assert (await options(generous)).outcome == "some"
    assert (await claim(generous)).outcome == outcome


async def test_a_dispute_that_the_shop_won_closes_nothing(generous: Shop) -> None:
    order = await order_of(generous)
    won = Dispute(
        id="d1",
        order_id=order.id,
        channel="card",
        amount=order.total,
        status=DisputeStatus.WON,
        opened_at=NOW,
    )
    await generous.backend.load(ShopData((), (), (), (), disputes=(won,)))  # type: ignore[attr-defined]
    assert (await claim(generous)).outcome == "proposed"


async def test_a_dispute_opened_between_proposal_and_yes_is_seen(generous: Shop) -> None:
    proposed = await claim(generous)
    order = await order_of(generous)
    opened = Dispute(
        id="d1",
        order_id=order.id,
        channel="card",
        amount=order.total,
        status=DisputeStatus.OPEN,
        opened_at=NOW,
    )
    await generous.backend.load(ShopData((), (), (), (), disputes=(opened,)))  # type: ignore[attr-defined]
    after = await generous.confirm(proposed.data["proposal_id"], "t2", owner(STORY))
    assert after.outcome == "dispute_open"
    assert not await generous.backend.refunds(order.id)


async def test_a_second_claim_and_a_return_of_the_same_piece_are_refused(generous: Shop) -> None:
    assert (await settle(generous)).outcome == "done"
    order = await order_of(generous)
    assert (await claim(generous, turn="t2")).outcome == "already_claimed"
    started = await generous.call(
        "start_return",
        {"order_number": STORY.number, "lines": [{"line_id": order.lines[0].id}], "reason": "damaged"},
        context(generous, "t3"),
    )
    assert started.outcome == "claimed"
    assert len(await generous.backend.refunds(order.id)) == 1


async def test_two_proposals_for_one_piece_have_one_effect(generous: Shop) -> None:
    first = await claim(generous)
    second = await claim(generous, remedy="replacement", turn="t2")
    done = await generous.confirm(second.data["proposal_id"], "t3", owner(STORY))
    late = await generous.confirm(first.data["proposal_id"], "t4", owner(STORY))
    assert (done.outcome, late.outcome) == ("done", "superseded")
    assert len(await generous.backend.claims((await order_of(generous)).id)) == 1


async def test_after_a_full_refund_nothing_is_paid_again(generous: Shop) -> None:
    order = await change(generous, payment_status=PaymentStatus.PARTIALLY_REFUNDED)
    paid = Refund(id="r1", order_id=order.id, amount=order.total, status=RefundStatus.DONE, created_at=NOW)
    await generous.backend.load(ShopData((), (), (), (), refunds=(paid,)))  # type: ignore[attr-defined]
    assert (await claim(generous)).outcome == "not_automated"


async def test_final_sale_is_claimed_like_anything_else(generous: Shop) -> None:
    line = (await order_of(generous)).lines[0].model_copy(update={"final_sale": True})
    await change(generous, lines=(line,))
    assert (await claim(generous)).outcome == "proposed"


async def test_late_damage_is_a_case_of_the_warranty(generous: Shop) -> None:
    await change(generous, delivered_at=NOW - timedelta(days=200))
    found = await options(generous)
    assert (found.outcome, found.data["kind"]) == ("some", "defective")


async def test_after_the_warranty_the_answer_is_an_honest_no(generous: Shop) -> None:
    await change(generous, delivered_at=NOW - timedelta(days=365 * 4))
    found = await options(generous)
    assert (found.outcome, found.evidence[0].statement) == ("warranty_over", "claim.warranty_over")
    assert (await claim(generous)).outcome == "warranty_over"


async def test_what_is_reported_missing_months_later_goes_to_a_person(generous: Shop) -> None:
    await change(generous, delivered_at=NOW - timedelta(days=200))
    assert (await options(generous, "missing")).outcome == "late"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (OrderStatus.PROCESSING, "not_shipped"),
        (OrderStatus.PACKED, "not_shipped"),
        (OrderStatus.CANCELLED, "cancelled"),
    ],
)
async def test_what_never_left_cannot_be_broken(generous: Shop, status: OrderStatus, outcome: str) -> None:
    await change(generous, status=status)
    assert (await options(generous, "missing")).outcome == outcome


async def test_what_is_in_another_parcel_is_not_missing(generous: Shop) -> None:
    order = await order_of(generous)
    (shipment, *_) = await generous.backend.shipments(order.id)
    second = order.lines[0].model_copy(update={"id": "later"})
    await change(generous, lines=(*order.lines, second), delivered_at=NOW - timedelta(days=1))
    by = (NOW + timedelta(days=2)).date()
    coming = shipment.model_copy(
        update={"id": "s-later", "lines": {"later": 1}, "events": (), "promised_by": by}
    )
    await generous.backend.load(ShopData((), (), (), (coming,)))  # type: ignore[attr-defined]
    lines = [{"line_id": "later", "quantity": 1}]
    found = await options(generous, "missing", lines=lines)
    assert (found.outcome, found.evidence[0].statement) == ("on_the_way_by", "claim.on_the_way_by")
    assert (await options(generous, "damaged", lines=lines)).outcome == "some"


async def test_what_was_not_sent_yet_is_not_missing(generous: Shop) -> None:
    order = await order_of(generous)
    second = order.lines[0].model_copy(update={"id": "later"})
    await change(
        generous,
        lines=(*order.lines, second),
        status=OrderStatus.PARTIALLY_SHIPPED,
        delivered_at=NOW - timedelta(days=1),
    )
    found = await options(generous, "missing", lines=[{"line_id": "later", "quantity": 1}])
    assert found.outcome == "rest_not_shipped"


@pytest.mark.parametrize("line", ["none", "' OR 1=1", "ord_1-1"])
async def test_lines_of_no_order_are_refused(generous: Shop, line: str) -> None:
    found = await options(generous, lines=[{"line_id": line, "quantity": 1}])
    assert found.outcome == "invalid_arguments"


async def test_what_is_on_its_way_back_is_named_beside_what_may_be_claimed(shop: Shop) -> None:
    story = STORIES["return_open_ja"]
    arguments = {"order_number": story.number, "kind": "damaged"}
    found = await shop.call("claim_options", arguments, shop.context("t1", owner(story)))
    told = {entry.id: entry.statement for entry in found.evidence}
    assert [told[line["evidence"]] for line in found.data["excluded"]] == ["return.line_settled"]


async def test_more_pieces_than_were_bought_are_refused(generous: Shop) -> None:
    order = await order_of(generous)
    found = await options(generous, lines=[{"line_id": order.lines[0].id, "quantity": 999}])
    assert found.outcome == "nothing_left"


async def test_a_shop_that_sets_no_limits_gives_nothing_without_a_return(shop: Shop) -> None:
    plain = POLICY.model_copy(update={"claims": type(POLICY.claims)()})
    careful = replace(shop, policy=plain)
    assert (await claim(careful)).evidence[0].statement == "claim.proposed_return"
