"""Delivered but not there, or silent for too long: what to check, when the carrier is asked, when it is settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commerce.claims import ClaimKind, ClaimRemedy, ClaimStatus
from commerce.models import Order
from facts.values import Date, Money
from tests.unit.tools.harness import STORIES, Shop, owner
from tests.unit.tools.putting import put
from tools.tool import ToolContext

SILENT = STORIES["no_scan_12_days_en"]
SINGLE = STORIES["delivered_single_en"]


async def order_of(shop: Shop, number: str) -> Order:
    order = await shop.backend.order_by_number(number)
    assert order is not None
    return order


def hers(shop: Shop, number: str, turn: str = "t1") -> ToolContext:
    story = next(story for story in STORIES.values() if story.number == number)
    return shop.context(turn, identity=owner(story))


async def test_a_silent_parcel_has_a_day_from_which_it_is_sent_again_or_refunded(shop: Shop) -> None:
    told = await shop.call("track_shipment", {"order_number": SILENT.number}, hers(shop, SILENT.number))
    assert told.outcome == "no_scan"
    day = told.evidence[0].facts["lost_from"]
    assert isinstance(day, Date)
    last = told.evidence[0].facts["last_scan_at"]
    assert day.value == last.value.date() + timedelta(days=20)  # type: ignore[union-attr]
    shop.clock.advance(timedelta(days=(day.value - shop.clock.now().date()).days - 1))
    again = await shop.call("track_shipment", {"order_number": SILENT.number}, hers(shop, SILENT.number))
    assert again.outcome == "no_scan"
    shop.clock.advance(timedelta(days=1))
    lost = await shop.call("track_shipment", {"order_number": SILENT.number}, hers(shop, SILENT.number))
    assert (lost.outcome, lost.evidence[0].statement) == ("lost", "tracking.lost")


async def test_a_long_overdue_promise_ends_the_wait_before_the_lane_does(shop: Shop) -> None:
    order = await order_of(shop, SILENT.number)
    (shipment,) = await shop.backend.shipments(order.id)
    early = shipment.model_copy(update={"promised_by": date(2026, 10, 5)})
    await put(shop, shipments=(early,))
    told = await shop.call("track_shipment", {"order_number": SILENT.number}, hers(shop, SILENT.number))
    assert told.outcome == "lost"


async def test_of_imported_data_no_day_is_promised(shop: Shop) -> None:
    order = await order_of(shop, SILENT.number)
    await put(shop, orders=(order.model_copy(update={"as_of": shop.clock.now()}),))
    imported = await order_of(shop, SILENT.number)
    if imported.as_of is None:
        pytest.skip("this back end sets the time of an import for the whole shop")
    told = await shop.call("track_shipment", {"order_number": SILENT.number}, hers(shop, SILENT.number))
    assert told.evidence[0].statement == "tracking.no_scan_undated"


async def lost(shop: Shop) -> Order:
    shop.clock.advance(timedelta(days=9))
    return await order_of(shop, SILENT.number)


async def test_before_that_day_nothing_is_sent_or_refunded(shop: Shop) -> None:
    arguments = {"order_number": SILENT.number, "remedy": "refund"}
    assert (await shop.call("settle_lost", arguments, hers(shop, SILENT.number))).outcome == "not_delivered"


async def test_a_lost_order_is_refunded_in_full_once(shop: Shop) -> None:
    order = await lost(shop)
    options = await shop.call("lost_options", {"order_number": order.number}, hers(shop, order.number))
    assert options.evidence[0].facts["refund"] == order.total
    arguments = {"order_number": order.number, "remedy": "refund"}
    proposed = await shop.call("settle_lost", arguments, hers(shop, order.number))
    assert proposed.outcome == "proposed"
    assert await shop.backend.claims(order.id) == []
    done = await shop.confirm(proposed.data["proposal_id"], identity=owner(SILENT))
    assert (done.outcome, done.evidence[0].statement) == ("done", "lost.done_refund")
    again = await shop.confirm(proposed.data["proposal_id"], identity=owner(SILENT))
    assert again.outcome == "done"
    (claim,) = await shop.backend.claims(order.id)
    assert (claim.kind, claim.remedy) == (ClaimKind.LOST, ClaimRemedy.REFUND_WITHOUT_RETURN)
    assert [refund.amount for refund in await shop.backend.refunds(order.id)] == [order.total]
    anew = await shop.call("settle_lost", arguments, hers(shop, order.number, "t5"))
    assert (anew.outcome, anew.evidence[0].statement) == ("settled", "missing.settled")


async def test_a_replacement_is_only_offered_from_stock(shop: Shop) -> None:
    order = await lost(shop)
    product = await shop.backend.product(order.lines[0].product_id)
    assert product is not None
    empty = tuple(variant.model_copy(update={"stock": 0}) for variant in product.variants)
    await put(shop, products=(product.model_copy(update={"variants": empty}),))
    options = await shop.call("lost_options", {"order_number": order.number}, hers(shop, order.number))
    assert (options.outcome, options.data["remedies"]) == ("refund_only", ["refund"])
    arguments = {"order_number": order.number, "remedy": "replacement"}
    assert (await shop.call("settle_lost", arguments, hers(shop, order.number))).outcome == "refund_only"


async def test_a_replacement_leaves_the_stock_and_refunds_nothing(shop: Shop) -> None:
    order = await lost(shop)
    arguments = {"order_number": order.number, "remedy": "replacement"}
    proposed = await shop.call("settle_lost", arguments, hers(shop, order.number))
    done = await shop.confirm(proposed.data["proposal_id"], identity=owner(SILENT))
    assert done.evidence[0].statement == "lost.done_replacement"
    assert await shop.backend.refunds(order.id) == []


async def test_above_the_limit_a_person_allows_it(shop: Shop) -> None:
    order = await lost(shop)
    tight = (Money(minor=1, currency=order.total.currency),)
    limits = shop.policy.limits.model_copy(update={"lost_refund": tight})
    eased = Shop(shop.database, shop.backend, shop.clock, shop.policy.model_copy(update={"limits": limits}))
    arguments = {"order_number": order.number, "remedy": "refund"}
    proposed = await eased.call("settle_lost", arguments, hers(eased, order.number))
    said = await eased.confirm(proposed.data["proposal_id"], identity=owner(SILENT))
    assert (said.outcome, said.evidence[0].statement) == ("awaiting_approval", "lost.awaiting_approval")
    assert await shop.backend.refunds(order.id) == []


async def test_a_parcel_scanned_as_delivered_today_may_still_come(shop: Shop) -> None:
    number = STORIES["delivered_today_en"].number
    told = await shop.call("check_delivery", {"order_number": number}, hers(shop, number))
    assert told.outcome == "wait"
    refused = await shop.call("open_inquiry", {"order_number": number}, hers(shop, number))
    assert (refused.outcome, refused.evidence[0].statement) == ("wait", "missing.wait")


async def test_not_delivered_yet_is_a_question_of_tracking(shop: Shop) -> None:
    number = STORIES["in_transit_en"].number
    told = await shop.call("check_delivery", {"order_number": number}, hers(shop, number))
    assert (told.outcome, told.evidence) == ("not_delivered", ())


async def test_an_inquiry_has_a_day_and_that_day_brings_the_remedy(shop: Shop) -> None:
    order = await order_of(shop, SINGLE.number)
    arguments = {"order_number": order.number}
    proposed = await shop.call("open_inquiry", arguments, hers(shop, order.number))
    by = proposed.evidence[0].facts["remedy_by"]
    assert isinstance(by, Date)
    assert by.value == date(2026, 11, 10), "five business days after a Tuesday"
    opened = await shop.confirm(proposed.data["proposal_id"], identity=owner(SINGLE))
    assert (opened.outcome, opened.evidence[0].statement) == ("done", "inquiry.opened")
    running = await shop.call("check_delivery", arguments, hers(shop, order.number))
    assert running.outcome == "inquiry_open"
    assert running.evidence[0].facts["remedy_by"] == by
    early = await shop.call("settle_lost", {**arguments, "remedy": "refund"}, hers(shop, order.number))
    assert early.outcome == "inquiry_open"
    assert (await shop.call("returnable_items", arguments, hers(shop, order.number))).outcome != "some"
    shop.clock.advance(timedelta(days=8))
    due = await shop.call("lost_options", arguments, hers(shop, order.number))
    assert due.outcome in ("choose", "refund_only")
    settling = await shop.call(
        "settle_lost", {**arguments, "remedy": "refund"}, hers(shop, order.number, "t7")
    )
    done = await shop.confirm(settling.data["proposal_id"], "t8", owner(SINGLE))
    assert done.outcome == "done"
    inquiry, refund = await shop.backend.claims(order.id)
    assert (inquiry.status, inquiry.stands) == (ClaimStatus.SETTLED, False)
    assert refund.refund == order.total


async def test_pieces_that_came_back_are_not_paid_twice(shop: Shop) -> None:
    order = await lost(shop)
    back = order.lines[0].model_copy(update={"returned_quantity": order.lines[0].quantity})
    await put(shop, orders=(order.model_copy(update={"lines": (back, *order.lines[1:])}),))
    options = await shop.call("lost_options", {"order_number": order.number}, hers(shop, order.number))
    if len(order.lines) == 1:
        assert options.outcome == "not_automated"
    else:
        assert options.evidence[0].facts["refund"].minor < order.total.minor  # type: ignore[union-attr]
