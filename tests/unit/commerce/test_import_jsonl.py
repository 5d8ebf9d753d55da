"""Importing Dragoman JSON Lines: every bad row is told, and nothing comes in half."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.importing.report import ImportReport, Severity
from commerce.importing.service import ImportFormat, ImportTarget, import_directory
from commerce.models import Customer, Order, Product, Refund, Return, Shipment
from facts.values import Money

Change = Callable[[dict[str, Any]], object]


async def run(folder: Path, shelf: ImportTarget, as_of: datetime, **options: Any) -> ImportReport:
    return await import_directory(folder, ImportFormat.JSONL, shelf, as_of, **options)


def edit(folder: Path, kind: str, change: Change) -> None:
    """Change the first record of a file."""
    path = folder / f"{kind}.jsonl"
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    record = json.loads(first)
    change(record)
    path.write_text(f"{json.dumps(record)}\n{rest}", encoding="utf-8")


async def test_good_folder_comes_in_whole(jsonl_folder: Path, shelf: Any, as_of: datetime) -> None:
    report = await run(jsonl_folder, shelf, as_of)
    assert report.imported
    assert not report.problems
    assert report.counts == {
        "customers": 2,
        "products": 2,
        "orders": 2,
        "shipments": 1,
        "returns": 1,
        "refunds": 1,
        "disputes": 1,
        "coupons": 2,
    }
    assert [type(record) for record in shelf.records] == (
        [Customer] * 2 + [Product] * 2 + [Order] * 2 + [Shipment, Return, Refund, Dispute, Coupon, Coupon]
    )
    first, second = shelf.of(Order)
    assert first.total == Money(minor=16490, currency="EUR")
    assert first.placed_at == datetime(2026, 10, 20, 6, tzinfo=UTC)
    assert first.as_of == second.as_of == shelf.as_of == as_of
    assert second.note == '=HYPERLINK("http://example.com")'


BAD: list[tuple[str, Change, str]] = [
    ("customers", lambda r: r.pop("email"), "email: Field required"),
    ("customers", lambda r: r.update(email="nobody"), "not an e-mail address"),
    ("customers", lambda r: r.update(country="Germany"), "country"),
    ("customers", lambda r: r.update(created_at="2026-01-01T00:00:00"), "created_at"),
    ("customers", lambda r: r.update(vip=True), "vip"),
    ("customers", lambda r: r.update(id="c2"), "id c2 is there twice"),
    ("customers", lambda r: r.update(name="a\x00b"), "name: a character that cannot be stored"),
    ("customers", lambda r: r.update(name="\ud800"), "name: a character that cannot be stored"),
    ("customers", lambda r: r.update(id="c" * 129), "id: longer than 128 characters"),
    ("products", lambda r: r["variants"][0].update(product_id="p9"), "names another product"),
    ("products", lambda r: r["variants"].append(r["variants"][0]), "SKU 'TS-38' is there twice"),
    ("products", lambda r: r["variants"][0].update(stock=2**40), "too large"),
    (
        "products",
        lambda r: r["variants"][0].update(price={"amount": "89.001", "currency": "EUR"}),
        "more decimals than EUR knows",
    ),
    (
        "products",
        lambda r: r["variants"][0].update(price={"amount": "89.50", "currency": "JPY"}),
        "more decimals than JPY knows",
    ),
    (
        "products",
        lambda r: r["variants"][0].update(price={"amount": "1e3", "currency": "EUR"}),
        "'1e3' is not an amount",
    ),
    (
        "products",
        lambda r: r["variants"][0].update(price={"amount": 89.0, "currency": "EUR"}),
        "written as text",
    ),
    (
        "products",
        lambda r: r["variants"][0].update(price={"amount": "89", "currency": "ZZZ"}),
        "ZZZ is not a currency",
    ),
    ("orders", lambda r: r.update(customer_id="c9"), "no customer has id 'c9'"),
    ("orders", lambda r: r.update(lines=[]), "has no lines"),
    ("orders", lambda r: r.update(number=" "), "number is empty"),
    ("orders", lambda r: r["lines"].append(r["lines"][0]), "line id '1' is there twice"),
    ("orders", lambda r: r["lines"][0].update(returned_quantity=3), "returned_quantity"),
    ("orders", lambda r: r["lines"][0].update(quantity=0), "quantity"),
    ("orders", lambda r: r.update(total={"amount": "170.00", "currency": "EUR"}), "total 170.00 EUR"),
    (
        "orders",
        lambda r: r.update(total={"minor": 16490, "currency": "USD"}),
        "amounts in EUR, USD are mixed",
    ),
    (
        "orders",
        lambda r: r["lines"][0].update(total={"amount": "100.00", "currency": "EUR"}),
        "the lines come to 100.00 EUR, the subtotal is 160.00 EUR",
    ),
    ("orders", lambda r: r.update(shipping={"minor": -490, "currency": "EUR"}), "negative"),
    ("shipments", lambda r: r.update(order_id="o9"), "no order has id 'o9'"),
    ("shipments", lambda r: r.update(lines={"7": 1}), "no line '7'"),
    ("shipments", lambda r: r.update(lines={"1": 3}), "3 of 2 pieces"),
    ("shipments", lambda r: r["events"][0].update(leg=1), "there is no leg 1"),
    ("shipments", lambda r: r["events"][0].update(zone="Mars/Olympus"), "not a time zone"),
    ("returns", lambda r: r["lines"][0].update(quantity=3), "3 of 2 pieces"),
    ("returns", lambda r: r.update(fee={"minor": 0, "currency": "USD"}), "for an order in EUR"),
    ("refunds", lambda r: r.update(return_id="ret9"), "no return has id 'ret9'"),
    ("refunds", lambda r: r.update(amount={"amount": "164.91", "currency": "EUR"}), "more is refunded"),
]


@pytest.mark.parametrize(("kind", "change", "reason"), BAD)
async def test_bad_row_is_told_and_nothing_comes_in(
    jsonl_folder: Path, shelf: Any, as_of: datetime, kind: str, change: Change, reason: str
) -> None:
    edit(jsonl_folder, kind, change)
    report = await run(jsonl_folder, shelf, as_of)
    first = report.errors[0]
    assert (first.place.file, first.place.line) == (f"{kind}.jsonl", 1) or reason.startswith("id ")
    assert any(reason in problem.reason for problem in report.errors)
    assert not report.imported
    assert not shelf.records


async def test_second_order_with_a_number_in_other_spelling_is_told(
    jsonl_folder: Path, shelf: Any, as_of: datetime
) -> None:
    edit(jsonl_folder, "orders", lambda r: r.update(number="#dr-1002"))
    report = await run(jsonl_folder, shelf, as_of)
    assert [str(problem) for problem in report.errors] == [
        "orders.jsonl:3: error: number DR-1002 is there twice"
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON: "),
        (b"[]", "record: "),
        (b"null", "record: "),
        (b'{"id": ' + b"[" * 100_000, ""),
        ("{'name': 'Zoë'}".encode("latin-1"), "not UTF-8"),
        (b"\xff\x00\xfe", "not UTF-8"),
        (b'{"price": {"amount": "NaN", "currency": "EUR"}}', "not an amount"),
        (b'{"price": {"amount": "1", "currency": "euro"}}', "currency"),
        (b'{"id": NaN}', ""),
    ],
)
async def test_line_that_is_no_record_is_told(
    jsonl_folder: Path, shelf: Any, as_of: datetime, line: bytes, reason: str
) -> None:
    with (jsonl_folder / "customers.jsonl").open("ab") as file:
        file.write(line + b"\n")
    report = await run(jsonl_folder, shelf, as_of)
    assert [(problem.place.line, reason in problem.reason) for problem in report.errors] == [(3, True)]
    assert not shelf.records


async def test_line_with_an_unknown_sku_is_only_a_warning(
    jsonl_folder: Path, shelf: Any, as_of: datetime
) -> None:
    edit(jsonl_folder, "orders", lambda r: r["lines"][0].update(sku="OLD-1"))
    report = await run(jsonl_folder, shelf, as_of)
    assert report.imported
    assert not report.errors
    assert [problem.reason for problem in report.warnings] == ["line 1: no product has SKU 'OLD-1'"]


async def test_skipping_bad_rows_leaves_out_what_depends_on_them(
    jsonl_folder: Path, shelf: Any, as_of: datetime
) -> None:
    edit(jsonl_folder, "customers", lambda r: r.update(country="Germany"))
    report = await run(jsonl_folder, shelf, as_of, skip_bad_rows=True)
    assert report.imported
    assert [order.id for order in shelf.of(Order)] == ["o2"]
    assert not shelf.of(Shipment)
    assert not shelf.of(Return)
    assert not shelf.of(Refund)
    assert not shelf.of(Dispute)
    assert {problem.place.file for problem in report.errors} == {
        f"{kind}.jsonl" for kind in ("customers", "orders", "shipments", "returns", "refunds", "disputes")
    }


@pytest.mark.parametrize("skip", [False, True])
async def test_missing_file_stops_the_import(
    jsonl_folder: Path, shelf: Any, as_of: datetime, skip: bool
) -> None:
    (jsonl_folder / "shipments.jsonl").unlink()
    report = await run(jsonl_folder, shelf, as_of, skip_bad_rows=skip)
    assert [str(problem) for problem in report.errors] == ["shipments.jsonl: fatal: the file is missing"]
    assert not report.imported
    assert not shelf.records


async def test_optional_files_may_be_missing(jsonl_folder: Path, shelf: Any, as_of: datetime) -> None:
    for kind in ("returns", "refunds"):
        (jsonl_folder / f"{kind}.jsonl").unlink()
    assert (await run(jsonl_folder, shelf, as_of)).imported


async def test_missing_folder_is_told(tmp_path: Path, shelf: Any, as_of: datetime) -> None:
    report = await run(tmp_path / "nowhere", shelf, as_of)
    assert report.of(Severity.FATAL)
    assert not report.imported


async def test_byte_order_mark_is_passed_over_and_utf16_is_refused(
    jsonl_folder: Path, shelf: Any, as_of: datetime
) -> None:
    path = jsonl_folder / "customers.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")
    assert (await run(jsonl_folder, shelf, as_of)).imported
    path.write_text(text, encoding="utf-16")
    report = await run(jsonl_folder, shelf, as_of)
    assert "the file is UTF-16" in report.errors[0].reason


async def test_problems_do_not_repeat_personal_values(
    jsonl_folder: Path, shelf: Any, as_of: datetime
) -> None:
    edit(jsonl_folder, "customers", lambda r: r.update(country="Secretland", name=7, email=["secret@x.de"]))
    report = await run(jsonl_folder, shelf, as_of)
    assert "secret" not in " ".join(map(str, report.problems)).lower()
