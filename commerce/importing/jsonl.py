"""Dragoman's own format: one JSON object a line, one file for each kind of record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.importing.report import Place, Problem, Severity
from commerce.importing.source import (
    NOT_UTF8,
    Entry,
    Found,
    ShopRecord,
    encoding_problem,
    is_text,
    reasons,
    text_lines,
)
from commerce.models import Customer, Order, Product, Refund, Return, Shipment
from facts.values import Money

KINDS: dict[str, type[ShopRecord]] = {
    "customers": Customer,
    "products": Product,
    "orders": Order,
    "shipments": Shipment,
    "returns": Return,
    "refunds": Refund,
    "disputes": Dispute,
    "coupons": Coupon,
}
OPTIONAL = {"returns", "refunds", "disputes", "coupons"}


class JsonLines:
    """The folder's `customers.jsonl`, `products.jsonl` and so on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Iterator[Entry]:
        for kind in KINDS:
            path = self._folder / f"{kind}.jsonl"
            if path.is_file():
                yield from read_kind(path, KINDS[kind])
            elif kind not in OPTIONAL:
                yield Problem(Place(path.name, 0), "the file is missing", Severity.FATAL)


def read_kind(path: Path, kind: type[ShopRecord]) -> Iterator[Entry]:
    """The records of one file; blank lines are passed over."""
    unreadable = encoding_problem(path)
    if unreadable:
        yield Problem(Place(path.name, 0), unreadable, Severity.FATAL)
        return
    for number, line in enumerate(text_lines(path), start=1):
        if line.strip():
            yield _entry(Place(path.name, number), line, kind)


def _entry(place: Place, line: str, kind: type[ShopRecord]) -> Entry:
    if not is_text(line):
        return Problem(place, NOT_UTF8)
    try:
        value = _with_minor_units(json.loads(line))
        return Found(place, kind.model_validate(value))
    except json.JSONDecodeError as error:
        return Problem(place, f"not JSON: {error.msg} at column {error.colno}")
    except ValidationError as error:
        return Problem(place, reasons(error))
    except RecursionError:
        return Problem(place, "nested too deeply")
    except (ArithmeticError, ValueError) as error:
        return Problem(place, str(error))


def _with_minor_units(value: Any) -> Any:
    """The value with every {"amount": "49.90", "currency": "EUR"} in minor units."""
    if isinstance(value, list):
        return [_with_minor_units(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"amount", "currency"}:
        if not isinstance(value["amount"], str) or not isinstance(value["currency"], str):
            raise ValueError('an amount is written as text: {"amount": "49.90", "currency": "EUR"}')
        return money(value["amount"], value["currency"])
    return {key: _with_minor_units(item) for key, item in value.items()}


def money(amount: str, currency: str) -> Money:
    """Money from plain decimal digits; raises ValueError for anything else and for too many decimals."""
    text = amount.strip()
    digits = text.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{text!r} is not an amount")
    return Money.of(text, currency)
