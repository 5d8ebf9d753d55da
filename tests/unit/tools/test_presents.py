"""Who got an order as a present sees where it is, and never what it cost, who paid, or anything that tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commerce.models import Order
from conversations.models import Level
from facts.values import Listing, Money
from i18n.catalogue import IcuRenderer
from i18n.languages import load_languages
from i18n.locale import Locale
from tests.unit.tools.harness import STORIES, Shop, owner
from tests.unit.tools.putting import put
from tools.gifts import PAYERS, WITHHELD
from tools.tool import Effect, Identity, ToolContext, ToolResult

RENDERER = IcuRenderer(load_languages())
HANDLES = [
    "in_transit_en",
    "delivered_single_en",
    "refund_pending_en",
    "processing_eur_en",
    "no_scan_12_days_en",
]
READS = ("order_status", "track_shipment", "returnable_items", "list_orders", "find_order", "parcel_charges",
         "check_delivery", "lost_options", "cancellable", "dispute_status")  # fmt: skip


async def given(shop: Shop, handle: str) -> Order:
    order = await shop.backend.order_by_number(STORIES[handle].number)
    assert order is not None
    present = order.model_copy(update={"gift": True})
    await put(shop, orders=(present,))
    return present


def recipient(shop: Shop, order: Order) -> ToolContext:
    return shop.context(identity=Identity(grants={order.id: Level.ORDER_READ}))


def money(result: ToolResult) -> list[str]:
    facts = [(name, fact) for entry in result.evidence for name, fact in entry.facts.items()]
    return [
        name
        for name, fact in facts
        if isinstance(fact, Money)
        or name in PAYERS
        or (isinstance(fact, Listing) and any(isinstance(each, Money) for each in fact.items))
    ]


@pytest.mark.parametrize("handle", [h for h in HANDLES if h in STORIES])
@pytest.mark.parametrize("tool", READS)
async def test_no_price_and_no_payer_in_anything_the_recipient_reads(
    shop: Shop, handle: str, tool: str
) -> None:
    order = await given(shop, handle)
    arguments = {} if tool == "list_orders" else {"order_number": order.number}
    result = await shop.guard.call(recipient(shop, order), tool, arguments)
    assert money(result) == []
    assert order.email not in str(result)
    assert order.customer_id not in str(result)
    for entry in result.evidence:
        for language in ("en", "de", "zh-Hans", "es", "fr", "ja"):
            assert RENDERER.message(Locale(language), entry.statement or "", entry.facts)


async def test_the_buyer_sees_her_own_order_as_ever(shop: Shop) -> None:
    order = await given(shop, "delivered_single_en")
    context = shop.context(identity=owner(STORIES["delivered_single_en"]))
    seen = await shop.call("order_status", {"order_number": order.number}, context)
    assert seen.evidence[0].facts["total"] == order.total


async def test_what_is_all_about_money_is_withheld_and_says_so(shop: Shop) -> None:
    handle = next(h for h in STORIES if h.startswith("refund_pending"))
    order = await given(shop, handle)
    seen = await shop.guard.call(recipient(shop, order), "order_status", {"order_number": order.number})
    assert [e.statement for e in seen.evidence][-1] == WITHHELD


async def test_who_says_that_it_was_a_present_sees_no_price_although_the_shop_does_not_know(
    shop: Shop,
) -> None:
    order = await shop.backend.order_by_number(STORIES["delivered_single_en"].number)
    assert order is not None
    context = replace(recipient(shop, order), recipient=True)
    assert money(await shop.guard.call(context, "order_status", {"order_number": order.number})) == []


@pytest.mark.parametrize("tool", ["start_return", "cancel_order", "open_inquiry"])
async def test_no_write_of_a_present_without_its_buyer_even_where_a_shop_relaxes_it(
    shop: Shop, tool: str
) -> None:
    order = await given(shop, "delivered_single_en")
    relaxed = shop.policy.model_copy(update={"relaxed_tools": {tool: "order_read"}})
    eased = Shop(shop.database, shop.backend, shop.clock, relaxed)
    line = {"line_id": order.lines[0].id, "quantity": 1}
    arguments = {"order_number": order.number}
    if tool == "start_return":
        arguments |= {"lines": [line], "reason": "too_small"}  # type: ignore[dict-item]
    result = await eased.call(tool, arguments, recipient(eased, order))
    assert (result.outcome, result.data["present"]) == ("identity_needed", True)
    assert result.evidence[0].statement in ("present.voucher", "present.person")


async def test_a_code_for_a_present_does_not_tell_the_buyers_address(shop: Shop) -> None:
    order = await given(shop, "delivered_single_en")
    sent = await shop.call("request_code", {"order_number": order.number}, recipient(shop, order))
    assert [e.statement for e in sent.evidence] == ["present.code_sent"]


async def test_every_write_is_known_by_its_effect(shop: Shop) -> None:
    writes = {tool.name for tool in shop.registry if tool.effect is Effect.WRITE}
    assert {"start_return", "cancel_order", "open_inquiry", "settle_lost"} <= writes
