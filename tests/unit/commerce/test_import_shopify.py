"""Importing the CSV files that Shopify's admin exports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commerce.importing.report import ImportReport
from commerce.importing.service import ImportFormat, ImportTarget, import_directory
from commerce.importing.shopify_lines import spread
from commerce.importing.shopify_products import plain_text
from commerce.models import Customer, Order, OrderStatus, PaymentStatus, Product, Shipment
from facts.values import Money


async def run(folder: Path, shelf: ImportTarget, as_of: datetime, **options: Any) -> ImportReport:
    return await import_directory(folder, ImportFormat.SHOPIFY, shelf, as_of, **options)


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


async def test_export_comes_in_whole(shopify_folder: Path, shelf: Any, as_of: datetime) -> None:
    report = await run(shopify_folder, shelf, as_of)
    assert report.imported
    assert not report.errors
    assert report.counts == {"customers": 2, "products": 2, "orders": 3}
    assert [(str(problem.place.file), problem.place.line) for problem in report.warnings] == [
        ("customers_export.csv", 3),
        ("orders_export.csv", 7),
    ]


async def test_order_of_several_rows_has_all_its_lines(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    await run(shopify_folder, shelf, as_of)
    order = shelf.of(Order)[0]
    assert (order.id, order.number, order.customer_id) == ("5550000001", "#1001", "771")
    assert order.placed_at == datetime(2026, 10, 1, 16, 30, tzinfo=UTC)
    assert (order.status, order.payment_status) == (OrderStatus.SHIPPED, PaymentStatus.PAID)
    assert order.shipping_address.postcode == "04109" == order.billing_postcode
    assert order.note == 'Please ring twice.\nThank you, "Lena"'
    assert [(line.sku, line.product_id, line.title, line.quantity) for line in order.lines] == [
        ("RJ-M-BLU", "rain-jacket", "Rain jacket", 1),
        ("SK-1", "sock", "Sock", 2),
    ]
    assert order.lines[0].options == {"size": "M", "color": "Blue"}
    assert order.as_of == as_of


async def test_discount_of_the_order_is_spread_over_its_lines(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    await run(shopify_folder, shelf, as_of)
    order = shelf.of(Order)[0]
    assert [line.total for line in order.lines] == [eur(5400), eur(3600)]


async def test_tax_beside_the_prices_is_part_of_what_was_paid_for_a_line(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    await run(shopify_folder, shelf, as_of)
    order = shelf.of(Order)[1]
    assert [line.total for line in order.lines] == [eur(1629), eur(2171)]
    assert order.payment_status is PaymentStatus.AUTHORISED


async def test_cancelled_order_is_cancelled(shopify_folder: Path, shelf: Any, as_of: datetime) -> None:
    await run(shopify_folder, shelf, as_of)
    order = shelf.of(Order)[2]
    assert order.status is OrderStatus.CANCELLED
    assert order.cancelled_at == datetime(2026, 9, 21, 6, tzinfo=UTC)


async def test_guest_becomes_a_customer_whose_id_hides_the_address(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    await run(shopify_folder, shelf, as_of)
    lena, guest = shelf.of(Customer)
    assert lena.created_at == datetime(2026, 9, 20, 6, tzinfo=UTC)
    assert lena.addresses[0].phone == "+4934112345"
    assert (guest.email, guest.country, guest.name) == ("guest@example.com", "US", "Bo Ek")
    assert guest.id.startswith("guest_")
    assert "example" not in guest.id
    assert shelf.of(Order)[1].customer_id == guest.id


async def test_variants_have_options_prices_and_never_negative_stock(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    await run(shopify_folder, shelf, as_of)
    jacket, sock = shelf.of(Product)
    assert jacket.description == "Keeps you dry.\nHood"
    assert jacket.tags == ("rain", "outdoor")
    assert [(v.sku, v.options, v.stock, v.weight_g) for v in jacket.variants] == [
        ("RJ-M-BLU", {"size": "M", "color": "Blue"}, 4, 454),
        ("rain-jacket-2", {"size": "L", "color": "Blue"}, 0, 500),
    ]
    assert sock.variants[0].options == {}
    assert sock.variants[0].price == eur(2000)


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "reason"),
    [
        ("orders_export.csv", ",94.90,", ",95.90,", 2, "total 95.90 EUR is neither"),
        ("orders_export.csv", ",60.00,", ",80.00,", 2, "lines of 120.00 less a discount of 10.00"),
        ("orders_export.csv", ",60.00,", ",60.001,", 2, "Lineitem price: 60.001 has more decimals"),
        ("orders_export.csv", ",60.00,", ",sixty,", 2, "Lineitem price: 'sixty' is not an amount"),
        ("orders_export.csv", ",EUR,", ",XEURO,", 2, "Currency"),
        ("orders_export.csv", ",EUR,", ",QQQ,", 2, "QQQ is not a currency"),
        ("orders_export.csv", ",paid,", ",gifted,", 2, "Financial Status: 'gifted' is unknown"),
        ("orders_export.csv", ",fulfilled,", ",lost,", 2, "Fulfillment Status: 'lost' is unknown"),
        ("orders_export.csv", "2026-10-01 18:30:00 +0200", "01/10/2026", 2, "Created at: '01/10/2026'"),
        ("orders_export.csv", "#1003", "#1001", 7, "number #1001 is there twice"),
        ("orders_export.csv", "5550000003", "5550000001", 7, "id 5550000001 is there twice"),
        ("orders_export.csv", "#1001,Lena@example.de,,", "#1000,Lena@example.de,,", 4, "torn apart"),
        ("products_export.csv", ",60.00,", ",60.001,", 2, "Variant Price: 60.001"),
        ("products_export.csv", ",SK-1,", ",RJ-M-BLU,", 5, "SKU 'RJ-M-BLU' is there twice"),
        ("products_export.csv", "Rain jacket,", ",", 2, "torn apart"),
        ("customers_export.csv", ",DE,", ",Germany,", 2, "'Germany' is not a two-letter country code"),
    ],
)
async def test_bad_row_is_told_with_its_line(
    shopify_folder: Path, shelf: Any, as_of: datetime, file: str, old: str, new: str, line: int, reason: str
) -> None:
    change(shopify_folder, file, old, new)
    report = await run(shopify_folder, shelf, as_of)
    told = [(problem.place.file, problem.place.line, problem.reason) for problem in report.errors]
    assert any((f, n) == (file, line) and reason in why for f, n, why in told), told
    assert not report.imported
    assert not shelf.records


async def test_row_in_another_encoding_is_told(shopify_folder: Path, shelf: Any, as_of: datetime) -> None:
    path = shopify_folder / "products_export.csv"
    path.write_bytes(path.read_bytes().replace(b"Nordwind", "Nördwind".encode("latin-1"), 1))
    report = await run(shopify_folder, shelf, as_of)
    assert (report.errors[0].place.line, report.errors[0].reason) == (2, "not UTF-8; save the file as UTF-8")


async def test_another_table_is_refused_by_its_columns(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    (shopify_folder / "orders_export.csv").write_text("a,b\n1,2\n")
    report = await run(shopify_folder, shelf, as_of, skip_bad_rows=True)
    assert "columns are missing: Name, Email" in report.errors[-1].reason
    assert not report.imported


async def test_spreadsheet_with_the_name_of_a_csv_is_refused(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    (shopify_folder / "orders_export.csv").write_bytes(b"PK\x03\x04....")
    report = await run(shopify_folder, shelf, as_of, skip_bad_rows=True)
    assert "spreadsheet" in report.errors[-1].reason
    assert not report.imported


async def test_semicolons_of_a_spreadsheet_are_understood(
    shopify_folder: Path, shelf: Any, as_of: datetime
) -> None:
    path = shopify_folder / "customers_export.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert (await run(shopify_folder, shelf, as_of)).counts["customers"] == 2


async def test_orders_alone_are_enough(shopify_folder: Path, shelf: Any, as_of: datetime) -> None:
    for kind in ("customers", "products"):
        (shopify_folder / f"{kind}_export.csv").unlink()
    report = await run(shopify_folder, shelf, as_of)
    assert report.imported
    assert report.counts == {"customers": 2, "orders": 3}
    assert [problem.place.line for problem in report.warnings] == [2, 2, 5, 5, 7]


async def test_shipments_may_lie_beside_the_export(shopify_folder: Path, shelf: Any, as_of: datetime) -> None:
    (shopify_folder / "shipments.jsonl").write_text(
        '{"id": "s1", "order_id": "5550000001", "lines": {"1": 1}, "legs": [{"carrier": "dhl", '
        '"tracking_number": "0034", "origin": "CN", "destination": "DE"}]}\n'
    )
    await run(shopify_folder, shelf, as_of)
    assert [shipment.order_id for shipment in shelf.of(Shipment)] == ["5550000001"]


def test_markup_becomes_lines_of_words() -> None:
    assert plain_text("<p>a&amp;b</p><script>alert(1)</script>c<br>d <i>e</i>") == "a&b\nc\nd e"
    assert plain_text("<p>never closed <b") == "never closed <b"


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [(100, [1, 1, 1], [34, 33, 33]), (0, [5, 5], [0, 0]), (7, [0, 0], [7, 0]), (-1, [1, 1], [0, -1])],
)
def test_spreading_loses_nothing(total: int, weights: list[int], parts: list[int]) -> None:
    assert spread(total, weights) == parts
