"""A source gives its records one after another, each with its place, and a problem for each bad row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.importing.report import Place, Problem
from commerce.models import Customer, Order, Product, Refund, Return, Shipment

LINE_LIMIT = 4_000_000
"""Bytes. A longer line is no record of a shop."""


ShopRecord = Customer | Product | Order | Shipment | Return | Refund | Dispute | Coupon


@dataclass(frozen=True)
class Found:
    """A record and where it begins."""

    place: Place
    record: ShopRecord


Entry = Found | Problem


class Source(Protocol):
    def read(self) -> Iterator[Entry]:
        """Customers, products, orders, shipments, returns, refunds; each call reads the files anew."""
        ...


def text_lines(path: Path) -> Iterator[str]:
    """The file's lines as UTF-8 without a byte order mark.

    Bytes that are not UTF-8 become lone surrogates, so that the row that holds them is told to be bad and the
    others are still read.
    """
    with path.open("rb") as file:
        first = True
        while raw := file.readline(LINE_LIMIT):
            yield raw.decode("utf-8-sig" if first else "utf-8", errors="surrogateescape")
            first = False


def encoding_problem(path: Path) -> str | None:
    """Why the file cannot be read as UTF-8 at all, from its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the file is UTF-16; save it as UTF-8"
    if head.startswith(b"PK\x03\x04"):
        return "the file is a ZIP archive or a spreadsheet; unpack it or save it as CSV"
    return None


_SURROGATE = re.compile("[\ud800-\udfff]")


def is_text(text: str) -> bool:
    """False when bytes of the file were not UTF-8, or an escape names half a character."""
    return text.isascii() or not _SURROGATE.search(text)


NOT_UTF8 = "not UTF-8; save the file as UTF-8"


def reasons(error: ValidationError) -> str:
    """What is wrong with a record, field by field, without repeating the values: they may be personal."""
    return "; ".join(
        f"{'.'.join(map(str, detail['loc'])) or 'record'}: {detail['msg']}"
        for detail in error.errors(include_input=False, include_url=False, include_context=False)
    )
