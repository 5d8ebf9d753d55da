"""Changes of an order that is not packed: what is proposed, what waits for people, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from commerce.disputes import Dispute, DisputeStatus
from commerce.embedded.backend import EmbeddedBackend
from commerce.embedded.tables import shop_orders, shop_variants
from commerce.models import Order
from commerce.shopdata import ShopData
from conversations.models import Level, TaskKind
from knowledge.policy import Changes, Dearer
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tools.tool import ToolContext, ToolResult

EUR, TWO, GB = STORIES["processing_eur_de"], STORIES["processing_eur_zh"], STORIES["processing_paid_gb"]
MOVE = {"line1": "Osterstraße 12", "postcode": "20255", "city": "Hamburg"}


def context(shop: Shop, story: Any, turn: str = "t1", conversation: str = "cnv_1") -> ToolContext:
    return shop.context(turn, owner(story), conversation)


async def order(shop: Shop, story: Any) -> Order:
    found = await shop.backend.order_by_number(story.number)
    assert found is not None
    return found


async def change(shop: Shop, story: Any, place: int = 0, **wanted: Any) -> ToolResult:
    line = (await order(shop, story)).lines[place]
    arguments = {"order_number": story.number, "changes": [{"line_id": line.id, **wanted}]}
    return await shop.call("change_items", arguments, context(shop, story))


async def yes(shop: Shop, story: Any, proposed: ToolResult) -> ToolResult:
    assert proposed.outcome == "proposed"
    return await shop.confirm(proposed.data["proposal_id"], identity=owner(story))


async def test_address_is_proposed_whole_and_changed_once_by_a_yes(shop: Shop) -> None:
    arguments = {"order_number": EUR.number, "address": MOVE}
    proposed = await shop.call("change_address", arguments, context(shop, EUR))
    shown = proposed.evidence[0].facts
    assert [str(shown[name].model_dump()["value"]) for name in ("recipient", "street", "place")] == [
        "Lena Hoffmann",
        "Osterstraße 12",
        "20255 Hamburg",
    ]
    done = await yes(shop, EUR, proposed)
    again = await shop.confirm(proposed.data["proposal_id"], identity=owner(EUR))
    assert (done.outcome, again.outcome) == ("done", "done")
    assert (await order(shop, EUR)).version == 2


async def test_what_the_ledger_keeps_for_good_holds_no_address(shop: Shop) -> None:
    arguments = {"order_number": EUR.number, "address": MOVE}
    done = await yes(shop, EUR, await shop.call("change_address", arguments, context(shop, EUR)))
    assert "Osterstra" not in repr(done)


async def test_payment_that_is_bound_to_its_address_is_for_a_person(shop: Shop) -> None:
    placed = await order(shop, EUR)
    async with shop.database.write() as connection:
        paid = update(shop_orders).where(shop_orders.c.id == placed.id).values(payment_method="paypal")
        await connection.execute(paid)
    shop.policy = POLICY.model_copy(update={"changes": Changes()})
    arguments = {"order_number": EUR.number, "address": MOVE}
    assert (await shop.call("change_address", arguments, context(shop, EUR))).outcome == "payment_bound"


async def test_order_that_is_packed_in_between_is_not_changed(shop: Shop) -> None:
    arguments = {"order_number": EUR.number, "address": MOVE}
    proposed = await shop.call("change_address", arguments, context(shop, EUR))
    async with shop.database.write() as connection:
        packed = update(shop_orders).where(shop_orders.c.number == EUR.number)
        await connection.execute(packed.values(status="packed", version=2))
    assert (await yes(shop, EUR, proposed)).outcome == "changed"


async def test_shop_that_allows_no_changes_has_people_do_them(shop: Shop) -> None:
    shop.policy = POLICY.model_copy(update={"changes": Changes(address=False, items=False, payment=False)})
    address = {"order_number": EUR.number, "address": MOVE}
    payment = {"order_number": EUR.number, "method": "visa"}
    assert (await shop.call("change_address", address, context(shop, EUR))).outcome == "not_automated"
    assert (await change(shop, EUR, quantity=2)).outcome == "not_automated"
    assert (await shop.call("change_payment", payment, context(shop, EUR))).outcome == "not_automated"


async def test_article_less_is_refunded_within_the_limit(shop: Shop) -> None:
    before = await order(shop, TWO)
    done = await yes(shop, TWO, await change(shop, TWO, quantity=0))
    assert done.evidence[0].statement == "items.done_cheaper"
    assert done.evidence[0].facts["refund"] == before.lines[0].total


async def test_refund_above_the_limit_waits_for_a_person(shop: Shop) -> None:
    limits = POLICY.limits.model_copy(update={"change_refund": ()})
    shop.policy = POLICY.model_copy(update={"limits": limits})
    waiting = await yes(shop, TWO, await change(shop, TWO, quantity=0))
    assert waiting.outcome == "awaiting_approval"
    assert shop.staff.kinds == [TaskKind.APPROVE]
    assert (await order(shop, TWO)).version == 1


async def test_dearer_waits_for_the_money_and_is_made_when_staff_approve(shop: Shop) -> None:
    proposed = await change(shop, EUR, quantity=2)
    assert proposed.evidence[0].statement == "surcharge.proposed"
    assert (await yes(shop, EUR, proposed)).outcome == "awaiting_approval"
    assert (await order(shop, EUR)).version == 1
    approved = await shop.proposals.approve(context(shop, EUR, "t3"), proposed.data["proposal_id"], "anna")
    assert approved.evidence[0].statement == "surcharge.done"
    assert (await order(shop, EUR)).lines[0].quantity == 2


async def test_shop_may_refuse_what_costs_more(shop: Shop) -> None:
    shop.policy = POLICY.model_copy(update={"changes": Changes(dearer=Dearer.REFUSE)})
    assert (await change(shop, EUR, quantity=2)).outcome == "dearer"


async def test_where_duties_were_collected_a_person_changes_the_value(shop: Shop) -> None:
    assert (await order(shop, GB)).duties.minor
    assert (await change(shop, GB, quantity=2)).outcome == "not_automated"


async def test_swap_of_the_size_is_free_and_says_what_she_gets(shop: Shop) -> None:
    line = (await order(shop, GB)).lines[0]
    proposed = await change(shop, GB, options={"size": "L" if line.options["size"] != "L" else "M"})
    assert proposed.evidence[0].statement == "items.proposed_swap"
    assert (await yes(shop, GB, proposed)).outcome == "done"


async def test_what_is_sold_out_names_what_is_left(shop: Shop) -> None:
    line = (await order(shop, GB)).lines[0]
    async with shop.database.write() as connection:
        gone = update(shop_variants).where(shop_variants.c.product_id == line.product_id)
        await connection.execute(gone.where(shop_variants.c.sku.like("%-L")).values(stock=0))
    told = await change(shop, GB, options={"size": "L"})
    assert told.outcome == "out_of_stock"
    assert told.evidence[0].facts["available"]


async def test_size_that_does_not_exist_names_those_that_do(shop: Shop) -> None:
    assert (await change(shop, GB, options={"size": "97"})).outcome == "no_such_variant"


@pytest.mark.parametrize("wanted", [{"quantity": 0}])
async def test_last_article_is_a_cancellation(shop: Shop, wanted: dict[str, Any]) -> None:
    assert (await change(shop, EUR, **wanted)).outcome == "nothing_left"


@pytest.mark.parametrize(
    "wanted", [{"quantity": -1}, {"quantity": 100}, {"line_id": "ord_0-9"}, {"options": {str(n): "x" for n in range(9)}}]
)  # fmt: skip
async def test_nonsense_is_refused_before_anything_is_proposed(shop: Shop, wanted: dict[str, Any]) -> None:
    assert (await change(shop, EUR, **wanted)).outcome == "invalid_arguments"


async def test_somebody_elses_line_is_no_line_of_hers(shop: Shop) -> None:
    theirs = (await order(shop, TWO)).lines[0].id
    assert (await change(shop, EUR, line_id=theirs, quantity=0)).outcome == "invalid_arguments"


async def test_default_address_of_another_mailbox_is_for_a_person(shop: Shop) -> None:
    placed = await order(shop, EUR)
    async with shop.database.write() as connection:
        other = (
            update(shop_orders).where(shop_orders.c.id == placed.id).values(email="gift@elsewhere.example")
        )
        await connection.execute(other)
    arguments = {"order_number": EUR.number, "address": MOVE}
    await shop.desk.grant("cnv_1", placed.id, Level.CONFIRMED)
    assert (await shop.call("set_default_address", arguments)).outcome == "not_automated"


async def test_payment_method_that_the_shop_does_not_take_lists_those_it_does(shop: Shop) -> None:
    story = STORIES["pending_payment_en"]
    arguments = {"order_number": story.number, "method": "barter"}
    assert (await shop.call("change_payment", arguments, context(shop, story))).outcome == "not_accepted"


async def test_nothing_is_paid_back_by_a_change_while_a_case_is_open(shop: Shop) -> None:
    placed = await order(shop, TWO)
    case = Dispute(
        id="dsp_1", order_id=placed.id, channel="card", amount=placed.total, status=DisputeStatus.OPEN, opened_at=NOW
    )  # fmt: skip
    assert isinstance(shop.backend, EmbeddedBackend)
    await shop.backend.load(ShopData((), (), (), (), disputes=(case,)))
    assert (await change(shop, TWO, quantity=0)).outcome == "dispute_open"


async def test_what_no_code_would_change_is_told_before_one_is_asked_for(shop: Shop) -> None:
    line = (await order(shop, EUR)).lines[0]
    reader = shop.context("t1", conversation="cnv_1")
    await shop.desk.grant("cnv_1", (await order(shop, EUR)).id, Level.ORDER_READ)
    hopeless = [{"line_id": line.id, "options": dict.fromkeys(line.options, "none such")}]
    told = await shop.call("change_items", {"order_number": EUR.number, "changes": hopeless}, reader)
    paid = await shop.call("change_payment", {"order_number": EUR.number, "method": "paypal"}, reader)
    fewer = [{"line_id": line.id, "quantity": 0}]
    code = await shop.call("change_items", {"order_number": EUR.number, "changes": fewer}, reader)
    assert (told.outcome, paid.outcome, code.outcome) == (
        "no_such_variant",
        "already_paid",
        "identity_needed",
    )
