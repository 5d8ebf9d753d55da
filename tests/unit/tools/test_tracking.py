"""What may be said about parcels: no date without a reason for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.demo import build_demo_shop
from commerce.models import OrderStatus
from facts.values import Date, Duration
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tools.tool import ToolResult


async def track(shop: Shop, handle: str) -> ToolResult:
    story = STORIES[handle]
    return await shop.call(
        "track_shipment", {"order_number": story.number}, shop.context(identity=owner(story))
    )


@pytest.mark.parametrize(
    ("handle", "outcome", "statement"),
    [
        ("in_transit_de", "in_transit", "tracking.in_transit"),
        ("in_customs_ch", "customs", "tracking.customs"),
        ("customs_hold_de", "on_hold", "tracking.on_hold"),
        ("out_for_delivery_de", "out_for_delivery", "tracking.out_for_delivery"),
        ("failed_delivery_de", "delivery_failed", "tracking.delivery_failed"),
        ("pickup_de", "ready_for_pickup", "tracking.ready_for_pickup"),
        ("delayed_de", "delivery_delayed", "tracking.delivery_delayed"),
        ("no_scan_12_days_de", "no_scan", "tracking.no_scan"),
        ("return_to_sender_de", "return_to_sender", "tracking.return_to_sender"),
        ("delivered_recent_de", "delivered", "tracking.delivered"),
        ("packed_de", "pending", "tracking.pending"),
        ("processing_paid_de", "not_shipped", "tracking.not_shipped"),
        ("pending_payment_de", "not_shipped", "tracking.not_shipped_unpaid"),
        ("on_hold_de", "not_shipped", "tracking.not_shipped_on_hold"),
        ("cancelled_already_de", "cancelled", "tracking.cancelled"),
    ],
)
async def test_each_situation_has_its_outcome_and_statement(
    shop: Shop, handle: str, outcome: str, statement: str
) -> None:
    result = await track(shop, handle)
    assert (result.outcome, result.evidence[0].statement) == (outcome, statement)


async def test_silent_parcel_is_told_honestly_and_promised_nothing(shop: Shop) -> None:
    (told,) = (await track(shop, "no_scan_12_days_de")).evidence
    assert "eta_from" not in told.facts
    silent, normal = told.facts["days_since_scan"], told.facts["normal_gap"]
    assert isinstance(silent, Duration)
    assert isinstance(normal, Duration)
    assert silent.value >= 12 > normal.value


async def test_parcel_falls_silent_one_day_after_the_normal_gap(shop: Shop) -> None:
    zone = POLICY.shipping.zone_for("DE")
    assert zone is not None
    last = (await track(shop, "in_transit_de")).evidence[0].facts["last_scan_at"]
    shop.clock.advance(last.model_dump()["value"] + timedelta(days=zone.normal_scan_gap_days, hours=23) - NOW)
    assert (await track(shop, "in_transit_de")).outcome == "in_transit"
    shop.clock.advance(timedelta(hours=1))
    assert (await track(shop, "in_transit_de")).outcome == "no_scan"


async def test_out_for_delivery_names_today_alone_and_tomorrow_no_longer(shop: Shop) -> None:
    (told,) = (await track(shop, "out_for_delivery_de")).evidence
    assert told.facts["eta_from"] == told.facts["eta_to"] == Date(value=NOW.date())
    shop.clock.advance(timedelta(days=1))
    (told,) = (await track(shop, "out_for_delivery_de")).evidence
    assert told.statement == "tracking.out_for_delivery_earlier"
    assert told.facts["eta_from"] == Date(value=NOW.date() + timedelta(days=2))


async def test_each_parcel_of_an_order_is_told(shop: Shop) -> None:
    result = await track(shop, "two_parcels_de")
    indexes = [each.facts["parcel_index"].model_dump()["value"] for each in result.evidence]
    assert indexes == [1, 2]
    assert [parcel["evidence"] for parcel in result.data["parcels"]] == [each.id for each in result.evidence]


async def test_what_has_not_left_yet_is_told_beside_what_has(shop: Shop) -> None:
    result = await track(shop, "partially_shipped_de")
    assert [each.statement for each in result.evidence][-1] == "tracking.rest_not_shipped"


async def test_order_that_should_have_left_is_not_promised_anew(shop: Shop) -> None:
    shop.clock.advance(timedelta(days=9))
    result = await track(shop, "processing_paid_de")
    assert result.evidence[0].statement == "tracking.not_shipped_late"


class Changed:
    """The demo shop's back end with orders and shipments as a test wants them."""

    def __init__(self, inner: Any, order: dict[str, Any], shipments: bool = True) -> None:
        self._inner, self._order, self._shipments = inner, order, shipments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def order_by_number(self, number: str) -> Any:
        order = await self._inner.order_by_number(number)
        return order and order.model_copy(update=self._order)

    async def shipments(self, order_id: str) -> Any:
        return await self._inner.shipments(order_id) if self._shipments else ()


async def test_country_without_a_lane_gets_no_date(shop: Shop) -> None:
    order = await shop.backend.order_by_number(STORIES["in_transit_de"].number)
    assert order is not None
    moved = order.shipping_address.model_copy(update={"country": "AQ"})
    shop.backend = Changed(shop.backend, {"shipping_address": moved})
    result = await track(shop, "in_transit_de")
    assert (result.outcome, result.evidence[0].statement) == ("in_transit", "tracking.no_eta")


async def test_shipped_order_without_tracking_says_no_more_than_its_status(shop: Shop) -> None:
    shop.backend = Changed(shop.backend, {"status": OrderStatus.SHIPPED}, shipments=False)
    result = await track(shop, "in_transit_de")
    assert (result.outcome, result.evidence[0].statement) == ("no_tracking", "order.status.shipped")


async def test_silence_since_an_import_is_no_silence(shop: Shop) -> None:
    shop.backend = Changed(shop.backend, {"as_of": NOW})
    shop.clock.advance(timedelta(days=30))
    result = await track(shop, "in_transit_de")
    assert result.outcome == "in_transit"
    assert "as_of" in result.evidence[0].facts


async def test_words_of_carriers_and_notes_never_become_facts(shop: Shop) -> None:
    untrusted = [event.message for s in build_demo_shop(NOW).shipments for event in s.events if event.message]
    notes = [order.note for order in build_demo_shop(NOW).orders if order.note]
    assert untrusted
    assert notes
    for handle in ("untrusted_note_de", "untrusted_note_en", "untrusted_note_zh"):
        story = STORIES[handle]
        for tool in ("order_status", "track_shipment", "cancel_order"):
            context = shop.context(identity=owner(story))
            result = await shop.call(tool, {"order_number": story.number}, context)
            assert not any(words in str(result) for words in [*untrusted, *notes])


@pytest.mark.parametrize(
    ("country", "outcome", "statement"),
    [("DE", "served", "delivery.estimate_free_from"), ("AQ", "not_served", "delivery.not_served")],
)
async def test_delivery_estimate(shop: Shop, country: str, outcome: str, statement: str) -> None:
    result = await shop.call("delivery_estimate", {"country": country})
    assert (result.outcome, result.evidence[0].statement) == (outcome, statement)


async def test_delivery_estimate_counts_business_days_from_the_clock(shop: Shop) -> None:
    facts = (await shop.call("delivery_estimate", {"country": "DE"})).evidence[0].facts
    # Tuesday the 3rd: one to two days of handling and two to four on the way.
    assert facts["from"] == Date.model_validate({"value": "2026-11-06"})
    assert facts["to"] == Date.model_validate({"value": "2026-11-11"})
