"""Every story finds its order, and the order is in the state that the story's name says."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from commerce.demo import demo_policy_file, stories
from commerce.models import Order, OrderStatus
from commerce.shopdata import ShopData
from facts.tracking import TrackingStatus
from knowledge.policy import load_policy

LANGUAGES = {"de": "de", "en": "en", "zh": "zh-Hans", "es": "es", "fr": "fr", "ja": "ja"}

STATUS = {
    "in_transit": OrderStatus.SHIPPED,
    "in_customs": OrderStatus.SHIPPED,
    "delivered_recent": OrderStatus.DELIVERED,
    "delivered_long_ago": OrderStatus.DELIVERED,
    "processing_paid": OrderStatus.PROCESSING,
    "packed": OrderStatus.PACKED,
    "shipped_refuse_cancel": OrderStatus.SHIPPED,
    "pending_payment": OrderStatus.PENDING_PAYMENT,
    "on_hold": OrderStatus.ON_HOLD,
    "cancelled_already": OrderStatus.CANCELLED,
    "return_open": OrderStatus.DELIVERED,
    "refund_pending": OrderStatus.DELIVERED,
    "refund_done": OrderStatus.DELIVERED,
    "returned_all": OrderStatus.RETURNED,
    "partially_shipped": OrderStatus.PARTIALLY_SHIPPED,
}

PARCEL = {
    "in_customs": TrackingStatus.CUSTOMS,
    "customs_hold": TrackingStatus.ON_HOLD,
    "failed_delivery": TrackingStatus.DELIVERY_FAILED,
    "pickup": TrackingStatus.READY_FOR_PICKUP,
    "delayed": TrackingStatus.DELIVERY_DELAYED,
    "out_for_delivery": TrackingStatus.OUT_FOR_DELIVERY,
    "return_to_sender": TrackingStatus.RETURN_TO_SENDER,
    "delivered_today": TrackingStatus.DELIVERED,
}


@pytest.fixture(scope="module")
def orders(shop: ShopData) -> dict[str, Order]:
    by_number = {order.number: order for order in shop.orders}
    return {handle: by_number[story.number] for handle, story in stories().items()}


def test_a_story_tells_what_opens_its_order(orders: dict[str, Order]) -> None:
    assert len({story.number for story in stories().values()}) >= 45
    for handle, story in stories().items():
        order = orders[handle]
        assert (story.email, story.customer_id) == (order.email, order.customer_id)
        assert story.postcode == order.shipping_address.postcode
        assert story.language == order.language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", [*STATUS, *PARCEL, "no_scan_12_days", "untrusted_note", "high_value"])
def test_each_situation_exists_in_each_language(situation: str, language: str) -> None:
    assert stories()[f"{situation}_{language}"].language == LANGUAGES[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", STATUS)
def test_the_order_has_the_status_of_its_story(
    orders: dict[str, Order], situation: str, language: str
) -> None:
    assert orders[f"{situation}_{language}"].status is STATUS[situation]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", PARCEL)
def test_the_parcel_has_the_state_of_its_story(
    shop: ShopData, orders: dict[str, Order], situation: str, language: str
) -> None:
    order = orders[f"{situation}_{language}"]
    events = [event for s in shop.shipments if s.order_id == order.id for event in s.events]
    assert max(events, key=lambda event: event.at).status is PARCEL[situation]


@pytest.mark.parametrize("language", LANGUAGES)
def test_recently_delivered_is_five_days_ago_in_two_colours(
    orders: dict[str, Order], now: datetime, language: str
) -> None:
    order = orders[f"delivered_recent_{language}"]
    colours = [line.options["colour"] for line in order.lines]
    assert colours == ["black", "blue"]
    assert len({line.product_id for line in order.lines}) == 1
    assert order.delivered_at is not None
    assert timedelta(days=4) < now - order.delivered_at < timedelta(days=6)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("situation", "inside"), [("window_closing", True), ("window_closed", False)])
def test_window_stories_stand_on_their_side_of_the_policy(
    orders: dict[str, Order], now: datetime, language: str, situation: str, inside: bool
) -> None:
    order = orders[f"{situation}_{language}"]
    window = load_policy(demo_policy_file()).returns.window_for(order.shipping_address.country)
    assert order.delivered_at is not None
    days = (now.astimezone(ZoneInfo("UTC")).date() - order.delivered_at.date()).days
    assert (days <= window) is inside


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lost_parcel_has_had_no_scan_for_twelve_days(
    shop: ShopData, orders: dict[str, Order], now: datetime, language: str
) -> None:
    order = orders[f"no_scan_12_days_{language}"]
    policy = load_policy(demo_policy_file())
    zone = policy.shipping.zone_for(order.shipping_address.country)
    latest = max(event.at for s in shop.shipments if s.order_id == order.id for event in s.events)
    assert zone is not None
    assert (now - latest).days == 12 > zone.normal_scan_gap_days


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_open_orders_are_all_that_their_customer_has(shop: ShopData, language: str) -> None:
    found = stories()
    pair = {found[f"two_open_orders_{language}"].number, found[f"two_open_orders_second_{language}"].number}
    customer = found[f"two_open_orders_{language}"].customer_id
    assert {order.number for order in shop.orders if order.customer_id == customer} == pair


@pytest.mark.parametrize("language", LANGUAGES)
def test_high_values_stand_above_the_limits(orders: dict[str, Order], language: str) -> None:
    limits = load_policy(demo_policy_file()).limits
    for handle, allowed in (
        ("high_value", limits.cancel_refund),
        ("high_value_return", limits.return_refund),
    ):
        total = orders[f"{handle}_{language}"].total
        assert total.minor > next(limit.minor for limit in allowed if limit.currency == total.currency)


@pytest.mark.parametrize("language", LANGUAGES)
def test_untrusted_words_stand_in_the_note_and_in_the_scan(
    shop: ShopData, orders: dict[str, Order], language: str
) -> None:
    order = orders[f"untrusted_note_{language}"]
    words = " ".join(event.message for s in shop.shipments if s.order_id == order.id for event in s.events)
    marks = {
        "de": ("ignorieren", "Entschädigung"),
        "en": ("ignore", "ignore"),
        "zh": ("忽略", "忽略"),
        "es": ("ignora", "ignora"),
        "fr": ("ignorer", "ignorer"),
        "ja": ("無視", "無視"),
    }
    in_note, in_scan = marks[language]
    assert in_note in order.note
    assert in_scan in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_final_sale_stands_beside_a_returnable_line(orders: dict[str, Order], language: str) -> None:
    assert {line.final_sale for line in orders[f"final_sale_{language}"].lines} == {True, False}
    assert all(line.final_sale for line in orders[f"final_sale_only_{language}"].lines)


def test_a_partial_shipment_leaves_a_line_behind(shop: ShopData, orders: dict[str, Order]) -> None:
    order = orders["partially_shipped_de"]
    packed = {line for s in shop.shipments if s.order_id == order.id for line in s.lines}
    assert 0 < len(packed) < len(order.lines)
    both = orders["two_parcels_de"]
    assert sum(s.order_id == both.id for s in shop.shipments) == 2


def test_a_finished_return_is_counted_on_the_line_and_an_open_one_is_not(orders: dict[str, Order]) -> None:
    assert orders["refund_done_de"].lines[0].returned_quantity == 1
    assert all(line.returned_quantity == 0 for line in orders["return_open_de"].lines)
    assert orders["refund_done_de"].total.amount > Decimal(0)
