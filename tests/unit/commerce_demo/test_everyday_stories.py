"""What goes wrong on an ordinary day has its order in each language."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from commerce.demo import demo_policy_file, stories
from commerce.disputes import DisputeStatus
from commerce.models import Order, OrderStatus, PaymentStatus, Product, ReturnStatus, Shipment
from commerce.shopdata import ShopData
from facts.tracking import TrackingStatus
from knowledge.policy import Policy, load_policy

LANGUAGES = ("de", "en", "zh", "es", "fr", "ja")
language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(demo_policy_file())


def order_of(shop: ShopData, handle: str) -> Order:
    number = stories()[handle].number
    return next(order for order in shop.orders if order.number == number)


def shipment_of(shop: ShopData, order: Order) -> Shipment:
    return next(shipment for shipment in shop.shipments if shipment.order_id == order.id)


def product_of(shop: ShopData, order: Order) -> Product:
    return next(product for product in shop.products if product.id == order.lines[0].product_id)


def test_each_situation_is_told_in_each_language() -> None:
    situations = {handle[: -len("_de")] for handle in stories() if handle.endswith("_de")}
    assert len(situations) >= 65
    for suffix, code in zip(LANGUAGES, ("de", "en", "zh-Hans", "es", "fr", "ja"), strict=True):
        assert all(stories()[f"{situation}_{suffix}"].language == code for situation in situations)


@language
def test_an_order_that_can_change_has_two_lines_in_sizes_that_are_there(
    shop: ShopData, language: str
) -> None:
    order = order_of(shop, f"changeable_{language}")
    assert order.status is OrderStatus.PROCESSING
    assert len(order.lines) == 2
    for line in order.lines:
        product = next(product for product in shop.products if product.id == line.product_id)
        twins = [v for v in product.variants if v.options["colour"] == line.options["colour"] and v.stock]
        assert len(twins) >= 3


@language
def test_an_order_that_is_not_packed_is_paid_by_paypal(shop: ShopData, language: str) -> None:
    order = order_of(shop, f"paid_by_paypal_{language}")
    assert (order.status, order.payment_method) == (OrderStatus.PROCESSING, "paypal")


@language
@pytest.mark.parametrize("situation", ["fits_shoes", "fits_clothing"])
def test_what_fits_differently_has_a_chart_with_its_size(
    shop: ShopData, situation: str, language: str
) -> None:
    order = order_of(shop, f"{situation}_{language}")
    chart = product_of(shop, order).size_chart
    assert order.status is OrderStatus.DELIVERED
    assert chart is not None
    assert order.lines[0].options["size"] in chart.rows
    assert ("foot_length" in chart.measures) is (situation == "fits_shoes")


@language
def test_the_wanted_variant_of_an_exchange_is_sold_out(shop: ShopData, language: str) -> None:
    order = order_of(shop, f"exchange_sold_out_{language}")
    colour = order.lines[0].options["colour"]
    twins = [v for v in product_of(shop, order).variants if v.options["colour"] == colour]
    assert any(variant.stock == 0 for variant in twins)


@language
def test_a_cheap_item_costs_less_than_ten_euro(shop: ShopData, language: str) -> None:
    order = order_of(shop, f"cheap_item_{language}")
    assert order.status is OrderStatus.DELIVERED
    assert product_of(shop, order).variants[0].price.minor < 1_000


@language
@pytest.mark.parametrize(("situation", "days"), [("warranty_8_months", 240), ("warranty_30_months", 912)])
def test_electronics_were_delivered_long_ago(
    shop: ShopData, now: datetime, situation: str, days: int, language: str
) -> None:
    order = order_of(shop, f"{situation}_{language}")
    assert product_of(shop, order).category == "electronics"
    assert order.delivered_at is not None
    assert abs(now - order.delivered_at - timedelta(days=days)) < timedelta(days=2)


@language
def test_a_maker_s_longer_warranty_still_runs_after_thirty_months(shop: ShopData, language: str) -> None:
    months = product_of(shop, order_of(shop, f"maker_warranty_{language}")).warranty_months
    assert months is not None
    assert months > 30
    assert product_of(shop, order_of(shop, f"warranty_30_months_{language}")).warranty_months is None


@language
@pytest.mark.parametrize(
    ("situation", "beyond"), [("quiet_parcel", -1), ("stuck_parcel", 2), ("reship_open", 45)]
)
def test_a_silent_parcel_stands_where_its_story_says(
    shop: ShopData, now: datetime, policy: Policy, situation: str, beyond: int, language: str
) -> None:
    order = order_of(shop, f"{situation}_{language}")
    zone = policy.shipping.zone_for(order.shipping_address.country)
    assert zone is not None
    latest = max(event.at for event in shipment_of(shop, order).events)
    assert (now - latest).days == zone.normal_scan_gap_days + beyond


@language
def test_a_parcel_that_nobody_has_was_delivered_two_days_ago(
    shop: ShopData, now: datetime, language: str
) -> None:
    delivered = order_of(shop, f"not_received_{language}").delivered_at
    assert delivered is not None
    assert timedelta(days=1) < now - delivered < timedelta(days=3)


@language
@pytest.mark.parametrize("situation", ["gift", "gift_in_transit"])
def test_a_gift_goes_to_somebody_else_in_the_same_country(
    shop: ShopData, situation: str, language: str
) -> None:
    order = order_of(shop, f"{situation}_{language}")
    buyer = next(customer for customer in shop.customers if customer.id == order.customer_id)
    assert order.gift
    assert order.shipping_address.name != buyer.name
    assert order.shipping_address.postcode != order.billing_postcode
    assert order.shipping_address.country == buyer.country


@language
def test_cash_is_paid_at_the_door(shop: ShopData, language: str) -> None:
    before = order_of(shop, f"cod_out_for_delivery_{language}")
    after = order_of(shop, f"cod_delivered_{language}")
    assert before.payment_method == after.payment_method == "cash_on_delivery"
    assert (before.payment_status, after.payment_status) == (PaymentStatus.PENDING, PaymentStatus.PAID)
    latest = max(shipment_of(shop, before).events, key=lambda event: event.at)
    assert latest.status is TrackingStatus.OUT_FOR_DELIVERY
    assert before.shipping_address.country in {"ES", "IT", "PL"}


@language
@pytest.mark.parametrize("status", [DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST])
def test_a_dispute_is_about_the_whole_order(shop: ShopData, status: DisputeStatus, language: str) -> None:
    order = order_of(shop, f"dispute_{status}_{language}")
    (dispute,) = [dispute for dispute in shop.disputes if dispute.order_id == order.id]
    assert (dispute.status, dispute.amount) == (status, order.total)
    assert (dispute.closed_at is None) is (status is DisputeStatus.OPEN)
    assert order.delivered_at is not None
    assert order.delivered_at < dispute.opened_at


@language
def test_a_return_has_come_back_and_is_not_refunded_yet(shop: ShopData, language: str) -> None:
    order = order_of(shop, f"return_received_{language}")
    (return_,) = [return_ for return_ in shop.returns if return_.order_id == order.id]
    assert return_.status is ReturnStatus.RECEIVED
    assert not [refund for refund in shop.refunds if refund.order_id == order.id]


@language
def test_the_coupon_of_an_order_is_one_of_the_shop(shop: ShopData, language: str) -> None:
    order = order_of(shop, f"coupon_order_{language}")
    coupon = next(coupon for coupon in shop.coupons if coupon.id == order.coupon)
    line = order.lines[0]
    assert coupon.percent == 10
    assert line.total.minor == line.unit_price.minor * 9 // 10 + (line.unit_price.minor * 9 % 10 > 0)


@language
def test_a_company_s_order_stands_above_the_limit(shop: ShopData, policy: Policy, language: str) -> None:
    order = order_of(shop, f"bulk_order_{language}")
    limit = next(each for each in policy.limits.cancel_refund if each.currency == order.total.currency)
    assert order.total.minor > 1.5 * limit.minor
    assert sum(line.quantity for line in order.lines) >= 20


@language
def test_a_held_sku_is_with_a_customer(shop: ShopData, language: str) -> None:
    order = order_of(shop, f"held_sku_{language}")
    variant = next(v for v in product_of(shop, order).variants if v.sku == order.lines[0].sku)
    assert variant.held
    assert variant.stock > 0
