"""The demo shop is whole: its figures add up and its references hold."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commerce.demo import build_demo_shop
from commerce.models import Order, OrderStatus, PaymentStatus, RefundStatus, ReturnStatus
from commerce.shopdata import ShopData
from facts.values import Money

# Where it is not four or five digits.
POSTCODES = {
    "NL": r"\d{4} [A-Z]{2}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}",
    "IE": r"[A-Z]\d{2} [A-Z\d]{4}",
    "CA": r"[A-Z]\d[A-Z] \d[A-Z]\d",
    "CN": r"\d{6}",
    "HK": r"999077",
    "SG": r"\d{6}",
    "PL": r"\d{2}-\d{3}",
    "SE": r"\d{3} \d{2}",
    "CZ": r"\d{3} \d{2}",
    "GR": r"\d{3} \d{2}",
    "LU": r"L-\d{4}",
    "JP": r"\d{3}-\d{4}",
    "BR": r"\d{5}-\d{3}",
    "PT": r"\d{4}-\d{3}",
}
LANGUAGES = {"en", "de", "zh-Hans", "es", "fr", "ja"}


def _zero(order: Order) -> Money:
    return Money(minor=0, currency=order.total.currency)


def test_the_same_moment_gives_the_same_shop(shop: ShopData, now: datetime) -> None:
    assert build_demo_shop(now) == shop
    assert build_demo_shop(now.astimezone(ZoneInfo("Asia/Tokyo"))) == shop


def test_a_later_moment_moves_the_dates_but_not_the_numbers(shop: ShopData, now: datetime) -> None:
    later = build_demo_shop(now + timedelta(days=200))
    assert [order.number for order in later.orders] == [order.number for order in shop.orders]
    assert [order.total for order in later.orders] == [order.total for order in shop.orders]
    assert all(b.placed_at > a.placed_at for a, b in zip(shop.orders, later.orders, strict=True))


def test_it_is_large_enough_to_try_things_out(shop: ShopData) -> None:
    assert len(shop.products) >= 84
    assert len(shop.customers) >= 60
    assert len({customer.country for customer in shop.customers}) >= 20
    assert len(shop.orders) >= 250


def test_the_readme_tells_its_size(shop: ShopData) -> None:
    readme = " ".join((Path(__file__).parents[3] / "README.md").read_text("utf-8").split())
    countries = len({customer.country for customer in shop.customers})
    assert f"{len(shop.products)} products" in readme
    assert f"{len(shop.customers)} customers in {countries} countries" in readme
    assert f"{len(shop.orders)} orders" in readme


def test_every_status_occurs(shop: ShopData) -> None:
    assert {order.status for order in shop.orders} == set(OrderStatus)
    assert {order.payment_status for order in shop.orders} == set(PaymentStatus)
    assert {return_.status for return_ in shop.returns} == set(ReturnStatus)
    assert {refund.status for refund in shop.refunds} == set(RefundStatus)


def test_amounts_add_up(shop: ShopData) -> None:
    for order in shop.orders:
        lines = _zero(order)
        for line in order.lines:
            assert line.total.minor > 0
            assert line.total.minor <= (line.unit_price * line.quantity).minor
            lines = lines + line.total
        assert lines == order.subtotal
        assert order.subtotal + order.shipping + order.duties == order.total
        assert 0 <= order.tax.minor < order.total.minor


def test_some_orders_pay_shipping_duties_and_tax_and_some_have_a_discount(shop: ShopData) -> None:
    assert sum(order.shipping.minor > 0 for order in shop.orders) >= 10
    assert sum(order.duties.minor > 0 for order in shop.orders) >= 5
    assert sum(order.tax.minor > 0 for order in shop.orders) >= 50
    discounted = [
        line for order in shop.orders for line in order.lines if line.total != line.unit_price * line.quantity
    ]
    assert len(discounted) >= 4


@pytest.mark.parametrize("currency", ["EUR", "GBP", "USD", "CHF", "JPY", "CNY"])
def test_a_currency_is_used_with_its_own_exponent(shop: ShopData, currency: str) -> None:
    totals = [order.total for order in shop.orders if order.total.currency == currency]
    decimals = 0 if currency == "JPY" else 2
    assert totals
    assert all(-int(total.amount.as_tuple().exponent) == decimals for total in totals)
    assert all(10 < total.amount < 200_000 for total in totals)
    if currency == "JPY":
        assert all(total.minor >= 1_000 for total in totals)


def test_a_line_names_a_variant_that_exists(shop: ShopData) -> None:
    shelf = {variant.sku: variant for product in shop.products for variant in product.variants}
    assert len(shelf) == sum(len(product.variants) for product in shop.products)
    for order in shop.orders:
        for line in order.lines:
            assert shelf[line.sku].product_id == line.product_id
            assert shelf[line.sku].options == line.options
            assert set(line.titles) == LANGUAGES - {"en"}


def test_references_hold(shop: ShopData) -> None:
    customers = {customer.id: customer for customer in shop.customers}
    orders = {order.id: order for order in shop.orders}
    returns = {return_.id for return_ in shop.returns}
    assert len(orders) == len({order.number for order in shop.orders}) == len(shop.orders)
    for order in shop.orders:
        assert order.email == customers[order.customer_id].email
    for shipment in shop.shipments:
        assert set(shipment.lines) <= {line.id for line in orders[shipment.order_id].lines}
    for return_ in shop.returns:
        known = {line.id: line.quantity for line in orders[return_.order_id].lines}
        assert all(line.quantity <= known[line.order_line_id] for line in return_.lines)
        assert return_.expected_refund.currency == orders[return_.order_id].total.currency
    assert all(refund.return_id is None or refund.return_id in returns for refund in shop.refunds)


@pytest.mark.parametrize("hour", [1, 10, 19])
def test_order_numbers_have_one_style_and_grow_with_time(now: datetime, hour: int) -> None:
    orders = sorted(build_demo_shop(now.replace(hour=hour)).orders, key=lambda order: order.number)
    assert all(re.fullmatch(r"FH-\d{5}", order.number) for order in orders)
    # Deliveries keep to local days and the rest to hours ago, so neighbours may change places with the time of day.
    latest = orders[0].placed_at
    for order in orders:
        assert order.placed_at > latest - timedelta(days=2)
        latest = max(latest, order.placed_at)


def test_what_has_not_happened_yet_has_no_date(shop: ShopData, now: datetime) -> None:
    for order in shop.orders:
        assert order.placed_at < now
        assert (order.delivered_at is not None) == (order.status in ("delivered", "returned"))
        assert (order.cancelled_at is not None) == (order.status == "cancelled")
        if order.delivered_at:
            assert order.placed_at < order.delivered_at <= now


def test_refunds_never_exceed_what_was_paid(shop: ShopData) -> None:
    orders = {order.id: order for order in shop.orders}
    paid_back: Counter[str] = Counter()
    for refund in shop.refunds:
        if refund.status is not RefundStatus.FAILED:
            paid_back[refund.order_id] += refund.amount.minor
    assert all(minor <= orders[order_id].total.minor for order_id, minor in paid_back.items())


def test_mail_addresses_can_reach_nobody(shop: ShopData) -> None:
    assert all(customer.email.endswith(".example") for customer in shop.customers)
    assert len({customer.email for customer in shop.customers}) == len(shop.customers)
    assert all(customer.language for customer in shop.customers)


def test_products_are_described_in_six_languages_with_ordered_size_charts(shop: ShopData) -> None:
    assert {"shoes", "women", "men", "electronics", "home"} <= {product.category for product in shop.products}
    for product in shop.products:
        assert all([product.title, product.description, *product.titles.values()])
        assert all(product.descriptions.values())
        assert set(product.titles) == set(product.descriptions) == LANGUAGES - {"en"}
        sizes = {variant.options["size"] for variant in product.variants if "size" in variant.options}
        for size, row in product.size_chart.rows.items() if product.size_chart else ():
            assert size in sizes
            assert all(low <= high for low, high in row.values())
    assert sum(product.size_chart is not None for product in shop.products) >= 20
    assert any(variant.stock == 0 for product in shop.products for variant in product.variants)


def test_no_title_stands_for_two_products(shop: ShopData) -> None:
    for language in LANGUAGES - {"en"}:
        assert len({product.titles[language] for product in shop.products}) == len(shop.products)
    assert len({product.title for product in shop.products}) == len(shop.products)


def test_a_longer_warranty_of_the_maker_is_longer_than_any_country_s(shop: ShopData) -> None:
    longer = [product for product in shop.products if product.warranty_months]
    assert len(longer) >= 5
    assert all(product.warranty_months >= 36 for product in longer if product.warranty_months)
    assert all(product.category in ("electronics", "home") for product in longer)


def test_postcodes_look_as_they_do_in_their_country(shop: ShopData) -> None:
    places = [address for customer in shop.customers for address in customer.addresses]
    for place in places + [order.shipping_address for order in shop.orders]:
        assert re.fullmatch(POSTCODES.get(place.country, r"\d{4,5}"), place.postcode), place
    assert {place.country for place in places} == {order.shipping_address.country for order in shop.orders}


def test_coupons_hold_now_later_or_no_longer(shop: ShopData, now: datetime) -> None:
    assert len({coupon.id for coupon in shop.coupons}) == len(shop.coupons) >= 10
    assert any(coupon.ends_at and coupon.ends_at < now for coupon in shop.coupons)
    assert any(coupon.starts_at and coupon.starts_at > now for coupon in shop.coupons)
    assert any(not coupon.active for coupon in shop.coupons)
    assert {order.coupon for order in shop.orders} - {""} <= {coupon.id for coupon in shop.coupons}
