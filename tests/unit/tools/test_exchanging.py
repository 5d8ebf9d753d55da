"""Another size or colour for a piece that comes back: what it would be, what it costs, and that it happens once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from commerce.disputes import Dispute, DisputeStatus
from commerce.embedded.tables import shop_order_lines, shop_variants
from commerce.models import Order, OrderLine, Product, Variant
from commerce.shopdata import ShopData
from conversations.models import Level, TaskKind
from facts.values import Listing, Money
from knowledge.policy import Dearer, Policy
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tools.tool import Identity, ToolResult

STORY = STORIES["delivered_single_en"]
FEE = {"exchange": POLICY.exchange.model_copy(update={"free": False})}


def ruled(**changes: Any) -> Policy:
    return POLICY.model_copy(update=changes)


async def order_of(shop: Shop, number: str = STORY.number) -> Order:
    order = await shop.backend.order_by_number(number)
    assert order is not None
    return order


async def bought(shop: Shop) -> tuple[OrderLine, Product, list[Variant]]:
    """The line, its product and the other sizes of the same colour."""
    line = (await order_of(shop)).lines[0]
    product = await shop.backend.product(line.product_id)
    assert product is not None
    same = [
        each
        for each in product.variants
        if each.sku != line.sku
        and all(each.options[name] == value for name, value in line.options.items() if name != "size")
    ]
    return line, product, same


async def change(shop: Shop, sku: str, **values: Any) -> None:
    async with shop.database.write() as connection:
        await connection.execute(shop_variants.update().where(shop_variants.c.sku == sku).values(**values))


async def ask(shop: Shop, tool: str = "exchangeable", turn: str = "t1", **arguments: Any) -> ToolResult:
    context = shop.context(turn, identity=owner(STORY))
    return await shop.call(tool, {"order_number": STORY.number, **arguments}, context)


async def start(shop: Shop, options: dict[str, str], reason: str = "too_small", **more: Any) -> ToolResult:
    line = (await order_of(shop)).lines[0]
    arguments = {"line_id": line.id, "options": options, "reason": reason, **more}
    return await ask(shop, "start_exchange", **arguments)


async def yes(shop: Shop, proposed: ToolResult, turn: str = "t2") -> ToolResult:
    return await shop.confirm(proposed.data["proposal_id"], turn, owner(STORY))


def facts(result: ToolResult) -> dict[str, Any]:
    return dict(result.evidence[0].facts)


async def test_what_is_in_stock_is_named_and_what_is_held_is_not(shop: Shop) -> None:
    line, product, same = await bought(shop)
    await change(shop, same[0].sku, held=True)
    told = (await ask(shop)).data["lines"][0]
    assert same[0].options not in told["in_stock"]
    assert line.options not in told["in_stock"]
    assert told["sizes"] == list(dict.fromkeys(each.options["size"] for each in product.variants))


async def test_same_price_is_proposed_and_happens_once_on_a_later_yes(shop: Shop) -> None:
    _, _, same = await bought(shop)
    await change(shop, same[0].sku, stock=1)
    proposed = await start(shop, {"size": same[0].options["size"]})
    assert (proposed.outcome, proposed.evidence[0].statement) == ("proposed", "exchange.proposed")
    order = await order_of(shop)
    assert not await shop.backend.exchanges(order.id)
    done = await yes(shop, proposed)
    assert (done.outcome, done.evidence[0].statement) == ("done", "exchange.started")
    again = await yes(shop, proposed)
    assert again.evidence[0].facts["exchange_number"] == done.evidence[0].facts["exchange_number"]
    assert len(await shop.backend.exchanges(order.id)) == 1


async def test_piece_under_exchange_is_settled_for_return_claim_and_exchange(shop: Shop) -> None:
    _, _, same = await bought(shop)
    await yes(shop, await start(shop, {"size": same[0].options["size"]}))
    for tool, more in (
        ("returnable_items", {}),
        ("exchangeable", {}),
        ("claim_options", {"kind": "damaged"}),
    ):
        refused = await ask(shop, tool, turn="t3", **more)
        assert refused.outcome == "exchanged", tool
        assert "exchange_number" in facts(refused)


async def test_sold_out_size_names_what_there_is_instead_and_no_date(shop: Shop) -> None:
    line, product, same = await bought(shop)
    wanted, others = same[0], same[1:]
    await change(shop, wanted.sku, stock=0)
    refused = await start(shop, {"size": wanted.options["size"]})
    assert (refused.outcome, refused.evidence[0].statement) == ("out_of_stock", "exchange.out_of_stock")
    available = facts(refused)["available"]
    assert isinstance(available, Listing)
    in_her_size = {
        each.options["colour"]
        for each in product.variants
        if each.options["size"] == wanted.options["size"] and each.sku != wanted.sku and each.stock
    }
    assert {each.type for each in available.items} == ({"term"} if in_her_size else {"code"})
    for each in product.variants:
        if each.options["size"] == wanted.options["size"]:
            await change(shop, each.sku, stock=0)
    sizes = facts(await start(shop, {"size": wanted.options["size"]}))["available"]
    assert isinstance(sizes, Listing)
    told = {each.value for each in sizes.items if each.type == "code"}
    assert told == {each.options["size"] for each in others if each.stock} - {line.options["size"]}
    for each in product.variants:
        if each.sku != line.sku:
            await change(shop, each.sku, stock=0)
    assert (await start(shop, {"size": wanted.options["size"]})).evidence[0].statement == "exchange.sold_out"
    assert (await ask(shop)).evidence[1].statement == "exchange.nothing_there"


async def test_held_variant_counts_as_sold_out(shop: Shop) -> None:
    _, _, same = await bought(shop)
    await shop.backend.hold_variants([same[0].sku])
    assert (await start(shop, {"size": same[0].options["size"]})).outcome == "out_of_stock"


async def test_last_piece_that_goes_before_the_yes_leaves_her_with_alternatives(shop: Shop) -> None:
    _, _, same = await bought(shop)
    proposed = await start(shop, {"size": same[0].options["size"]})
    await change(shop, same[0].sku, stock=0)
    refused = await yes(shop, proposed)
    assert refused.outcome == "out_of_stock"
    order = await order_of(shop)
    assert not await shop.backend.exchanges(order.id)
    assert not await shop.backend.returns(order.id)


@pytest.mark.parametrize(
    ("options", "outcome"), [({"size": "77"}, "no_such_variant"), ({"flavour": "mint"}, "no_such_variant")]
)
async def test_version_that_does_not_exist_is_said(shop: Shop, options: dict[str, str], outcome: str) -> None:
    assert (await start(shop, options)).outcome == outcome


async def test_what_she_has_already_is_no_exchange(shop: Shop) -> None:
    line, _, _ = await bought(shop)
    assert (await start(shop, {"size": line.options["size"]})).outcome == "same"


@pytest.mark.parametrize(
    ("reason", "statement"), [("too_small", "exchange_payment.proposed"), ("damaged", "exchange.proposed")]
)
async def test_way_back_costs_by_reason_where_exchanges_are_not_free(
    shop: Shop, reason: str, statement: str
) -> None:
    shop = replace(shop, policy=ruled(**FEE))
    _, _, same = await bought(shop)
    proposed = await start(shop, {"size": same[0].options["size"]}, reason)
    assert proposed.evidence[0].statement == statement
    fee = POLICY.returns.fee.for_country((await order_of(shop)).shipping_address.country)
    assert facts(proposed).get("to_pay") == (fee if reason == "too_small" else None)


async def test_dearer_one_is_never_charged_here_but_left_to_staff(shop: Shop) -> None:
    _, _, same = await bought(shop)
    await change(shop, same[0].sku, price_minor=same[0].price.minor + 1000)
    proposed = await start(shop, {"size": same[0].options["size"]})
    assert facts(proposed)["to_pay"] == Money(minor=1000, currency="EUR")
    asked = await yes(shop, proposed)
    assert (asked.outcome, asked.evidence[0].statement) == (
        "awaiting_approval",
        "exchange_payment.awaiting_approval",
    )
    assert shop.staff.kinds == [TaskKind.APPROVE]
    assert not await shop.backend.exchanges((await order_of(shop)).id)
    done = await shop.proposals.approve(shop.context("staff"), proposed.data["proposal_id"], "anna")
    assert done.evidence[0].statement == "exchange_payment.started"


async def test_shop_that_takes_no_difference_says_so(shop: Shop) -> None:
    rules = POLICY.exchange.model_copy(update={"dearer": Dearer.REFUSE})
    shop = replace(shop, policy=ruled(exchange=rules))
    _, _, same = await bought(shop)
    await change(shop, same[0].sku, price_minor=same[0].price.minor + 1000)
    refused = await start(shop, {"size": same[0].options["size"]})
    assert (refused.outcome, facts(refused)["difference"].minor) == ("dearer", 1000)


async def test_cheaper_one_gives_back_her_share_once_the_goods_are_there(shop: Shop) -> None:
    line, _, same = await bought(shop)
    half = line.total.minor // 2
    async with shop.database.write() as connection:
        changed = shop_order_lines.update().where(shop_order_lines.c.id == line.id)
        await connection.execute(changed.values(total_minor=half))
    await change(shop, same[0].sku, price_minor=same[0].price.minor - 1000)
    proposed = await start(shop, {"size": same[0].options["size"]})
    assert proposed.evidence[0].statement == "exchange.proposed_cheaper"
    refund = facts(proposed)["refund"].minor
    assert 0 < refund < 1000
    assert (await yes(shop, proposed)).outcome == "done"
    order = await order_of(shop)
    (back,) = await shop.backend.returns(order.id)
    assert back.expected_refund.minor == refund
    assert not await shop.backend.refunds(order.id)


async def test_more_than_the_limit_back_waits_for_a_person(shop: Shop) -> None:
    none = (Money(minor=0, currency="EUR"),)
    shop = replace(shop, policy=ruled(limits=POLICY.limits.model_copy(update={"return_refund": none})))
    _, _, same = await bought(shop)
    await change(shop, same[0].sku, price_minor=same[0].price.minor - 1000)
    assert (
        await yes(shop, await start(shop, {"size": same[0].options["size"]}))
    ).outcome == "awaiting_approval"


async def test_price_in_another_currency_is_for_a_person(shop: Shop) -> None:
    _, _, same = await bought(shop)
    await change(shop, same[0].sku, currency="JPY", price_minor=9000)
    assert (await start(shop, {"size": same[0].options["size"]})).outcome == "not_automated"


@pytest.mark.parametrize(
    ("handle", "outcome"),
    [
        ("window_closed_de", "too_late"),
        ("in_transit_de", "not_delivered"),
        ("processing_eur_en", "not_packed"),
        ("final_sale_only_de", "final_sale"),
        ("cancelled_already_de", "cancelled"),
        ("return_in_transit_de", "already_open"),
        ("returned_all_de", "none_left"),
    ],
)
async def test_each_situation_has_its_outcome(shop: Shop, handle: str, outcome: str) -> None:
    story = STORIES[handle]
    context = shop.context(identity=owner(story))
    result = await shop.call("exchangeable", {"order_number": story.number}, context)
    assert result.outcome == outcome
    wanted = {"line_id": "x", "options": {"size": "39"}, "reason": "too_small"}
    tried = await shop.call("start_exchange", {"order_number": story.number, **wanted}, context)
    assert tried.outcome == outcome


async def test_shop_without_exchanges_says_so(shop: Shop) -> None:
    shop = replace(shop, policy=ruled(exchange=POLICY.exchange.model_copy(update={"offered": False})))
    assert (await ask(shop)).outcome == "not_offered"


async def test_nothing_is_exchanged_while_a_bank_decides_not_even_after_the_proposal(shop: Shop) -> None:
    _, _, same = await bought(shop)
    proposed = await start(shop, {"size": same[0].options["size"]})
    order = await order_of(shop)
    case = Dispute(
        id="d1",
        order_id=order.id,
        channel="paypal",
        amount=order.total,
        status=DisputeStatus.OPEN,
        opened_at=NOW,
    )
    await shop.backend.load(ShopData((), (), (), (), disputes=(case,)))  # type: ignore[attr-defined]
    assert (await yes(shop, proposed)).outcome == "dispute_open"
    assert (await ask(shop, turn="t3")).outcome == "dispute_open"
    assert not await shop.backend.exchanges(order.id)


async def test_recipient_of_a_present_sees_no_price_and_cannot_exchange_behind_the_buyer(shop: Shop) -> None:
    order = await order_of(shop)
    given = order.model_copy(update={"gift": True})
    await shop.backend.load(ShopData((), (), (given,), ()))  # type: ignore[attr-defined]
    reader = shop.context(identity=Identity(grants={order.id: Level.ORDER_READ}))
    seen = await shop.call("exchangeable", {"order_number": STORY.number}, reader)
    assert seen.outcome == "some"
    assert "money" not in str([entry.model_dump() for entry in seen.evidence])
    wanted = {"line_id": order.lines[0].id, "options": {"size": "39"}, "reason": "too_small"}
    asked = await shop.call("start_exchange", {"order_number": STORY.number, **wanted}, reader)
    assert (asked.outcome, asked.evidence[0].statement) == ("identity_needed", "present.voucher")
