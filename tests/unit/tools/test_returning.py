"""What may be sent back, and what a return would be worth."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from commerce.models import Order, PaymentStatus, ReturnReason
from facts.values import Date, Money
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tools.refunds import share
from tools.tool import ToolResult


async def order_of(shop: Shop, handle: str) -> Order:
    order = await shop.backend.order_by_number(STORIES[handle].number)
    assert order is not None
    return order


async def ask(shop: Shop, handle: str, tool: str = "returnable_items", **arguments: Any) -> ToolResult:
    story = STORIES[handle]
    context = shop.context(identity=owner(story))
    return await shop.call(tool, {"order_number": story.number, **arguments}, context)


async def start(shop: Shop, handle: str, pieces: dict[str, int], reason: str = "too_small") -> ToolResult:
    lines = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in pieces.items()]
    return await ask(shop, handle, "start_return", lines=lines, reason=reason)


@pytest.mark.parametrize(
    ("handle", "outcome"),
    [
        ("delivered_recent_de", "some"),
        ("window_closing_de", "some"),
        ("window_closed_de", "too_late"),
        ("in_transit_de", "not_delivered"),
        ("final_sale_only_de", "final_sale"),
        ("cancelled_already_de", "cancelled"),
        ("return_open_de", "some"),
        ("return_in_transit_de", "already_open"),
        ("returned_all_de", "none_left"),
    ],
)
async def test_each_situation_has_its_outcome(shop: Shop, handle: str, outcome: str) -> None:
    result = await ask(shop, handle)
    assert result.outcome == outcome
    assert result.evidence
    pieces = {"line-of-no-order": 1}
    if outcome != "some":
        assert (await start(shop, handle, pieces)).outcome == outcome


async def test_window_ends_with_its_last_day_in_the_customers_zone(shop: Shop) -> None:
    order = await order_of(shop, "delivered_recent_de")
    assert order.delivered_at is not None
    days = POLICY.returns.window_for("DE")
    midnight = order.delivered_at.replace(hour=22, minute=59, second=0) + timedelta(days=days)
    # 22:59 UTC is 23:59 in Berlin in winter.
    shop.clock.advance(midnight - NOW)
    assert (await ask(shop, "delivered_recent_de")).outcome == "some"
    shop.clock.advance(timedelta(minutes=1))
    late = await ask(shop, "delivered_recent_de")
    assert late.outcome == "too_late"
    assert late.evidence[0].facts["last_day"] == Date(value=midnight.date())


async def test_window_follows_the_country_of_delivery(shop: Shop) -> None:
    german = (await ask(shop, "delivered_long_ago_de")).evidence[0].facts["window"]
    chinese = (await ask(shop, "delivered_long_ago_zh")).evidence[0].facts["window"]
    assert german.model_dump()["value"] == POLICY.returns.window_for("DE")
    assert chinese.model_dump()["value"] == POLICY.returns.window_for("CN")


async def test_final_sale_lines_are_left_out_and_refused(shop: Shop) -> None:
    order = await order_of(shop, "final_sale_zh")
    final = [line.id for line in order.lines if line.final_sale]
    listed = [line["line_id"] for line in (await ask(shop, "final_sale_zh")).data["lines"]]
    assert final
    assert listed
    assert not set(final) & set(listed)
    assert (await start(shop, "final_sale_zh", {final[0]: 1})).outcome == "final_sale"


async def test_what_is_on_its_way_back_is_named_beside_what_is_left(shop: Shop) -> None:
    listed = await ask(shop, "return_open_ja")
    left = {line["line_id"] for line in listed.data["lines"]}
    away = [line for line in listed.data["excluded"] if line["line_id"] not in left]
    assert left
    assert away
    told = {entry.id: entry.statement for entry in listed.evidence}
    assert {told[line["evidence"]] for line in away} == {"return.line_settled"}


async def test_refund_is_the_share_of_the_line_less_the_fee(shop: Shop) -> None:
    order = await order_of(shop, "delivered_quantity_de")
    line = next(line for line in order.lines if line.quantity > 1)
    (told,) = (await start(shop, "delivered_quantity_de", {line.id: 1})).evidence
    fee = POLICY.returns.fee.for_country("DE")
    assert told.statement == "return.proposed"
    assert told.facts["fee"] == fee
    assert told.facts["refund"] == share(line, 0, 1) - fee
    assert told.facts["send_by"] == Date(
        value=date(2026, 11, 3) + timedelta(days=POLICY.returns.send_by_days)
    )


@pytest.mark.parametrize("reason", list(ReturnReason))
async def test_way_back_is_free_for_the_sellers_faults_alone(shop: Shop, reason: ReturnReason) -> None:
    order = await order_of(shop, "delivered_single_de")
    (told,) = (await start(shop, "delivered_single_de", {order.lines[0].id: 1}, reason)).evidence
    free = reason in POLICY.returns.seller_pays
    assert told.statement == ("return.proposed_free" if free else "return.proposed")
    assert ("fee" in told.facts) is not free


async def test_more_pieces_than_are_left_are_refused_with_their_number(shop: Shop) -> None:
    order = await order_of(shop, "delivered_quantity_de")
    line = next(line for line in order.lines if line.quantity > 1)
    result = await start(shop, "delivered_quantity_de", {line.id: line.quantity + 1})
    assert result.outcome == "quantity_too_high"
    assert result.evidence[0].facts["quantity"].model_dump()["value"] == line.quantity


async def test_one_line_asked_twice_counts_together(shop: Shop) -> None:
    order = await order_of(shop, "delivered_single_de")
    piece = {"line_id": order.lines[0].id, "quantity": order.lines[0].quantity}
    result = await ask(shop, "delivered_single_de", "start_return", lines=[piece, piece], reason="late")
    assert result.outcome == "quantity_too_high"


async def test_unknown_line_is_an_invalid_argument(shop: Shop) -> None:
    result = await start(shop, "delivered_single_de", {"nope": 1})
    assert (result.outcome, result.data["errors"][0]["field"]) == ("invalid_arguments", "lines")


class Altered:
    """The demo shop's back end with its orders changed."""

    def __init__(self, inner: Any, **changes: Any) -> None:
        self._inner, self._changes = inner, changes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def order_by_number(self, number: str) -> Any:
        order = await self._inner.order_by_number(number)
        return order and order.model_copy(update=self._changes)


async def test_fee_in_another_currency_is_not_converted_but_left_to_a_person(shop: Shop) -> None:
    fee = POLICY.returns.fee.model_copy(update={"by_country": {"DE": Money(minor=490, currency="CHF")}})
    returns = POLICY.returns.model_copy(update={"fee": fee})
    shop.policy = POLICY.model_copy(update={"returns": returns})
    order = await order_of(shop, "delivered_single_de")
    result = await start(shop, "delivered_single_de", {order.lines[0].id: 1})
    assert result.outcome == "not_automated"
    free = await start(shop, "delivered_single_de", {order.lines[0].id: 1}, "damaged")
    assert free.outcome == "proposed"


async def test_fee_above_the_value_is_left_to_a_person(shop: Shop) -> None:
    fee = POLICY.returns.fee.model_copy(update={"by_country": {"DE": Money(minor=10**7, currency="EUR")}})
    shop.policy = POLICY.model_copy(update={"returns": POLICY.returns.model_copy(update={"fee": fee})})
    order = await order_of(shop, "delivered_single_de")
    assert (await start(shop, "delivered_single_de", {order.lines[0].id: 1})).outcome == "not_automated"


async def test_order_that_was_never_paid_is_left_to_a_person(shop: Shop) -> None:
    order = await order_of(shop, "delivered_single_de")
    shop.backend = Altered(shop.backend, payment_status=PaymentStatus.PENDING)
    assert (await start(shop, "delivered_single_de", {order.lines[0].id: 1})).outcome == "not_automated"


async def test_nothing_changes_by_a_proposal(shop: Shop) -> None:
    before = await order_of(shop, "delivered_single_de")
    await start(shop, "delivered_single_de", {before.lines[0].id: 1})
    assert await order_of(shop, "delivered_single_de") == before
    assert not await shop.backend.returns(before.id)
