"""Shopify's orders: only the first row of an order carries the order, the next ones carry a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from commerce.importing.csvfile import Row, rows
from commerce.importing.report import Problem
from commerce.importing.shopify_customers import Buyers
from commerce.importing.shopify_lines import order_lines
from commerce.importing.shopify_products import Catalogue
from commerce.importing.shopify_values import address, amount, moment, order_id_of
from commerce.importing.source import Entry, Found, reasons
from commerce.models import Order, OrderStatus, PaymentStatus

Status = TypeVar("Status")

REQUIRED = (
    "Name",
    "Email",
    "Financial Status",
    "Fulfillment Status",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Shipping Country",
)

PAYMENT = {
    "pending": PaymentStatus.PENDING,
    "partially_paid": PaymentStatus.PENDING,
    "authorized": PaymentStatus.AUTHORISED,
    "paid": PaymentStatus.PAID,
    "partially_refunded": PaymentStatus.PARTIALLY_REFUNDED,
    "refunded": PaymentStatus.REFUNDED,
    "voided": PaymentStatus.VOIDED,
    "expired": PaymentStatus.VOIDED,
}

FULFILLMENT = {
    "": OrderStatus.PROCESSING,
    "unfulfilled": OrderStatus.PROCESSING,
    "pending": OrderStatus.PROCESSING,
    "scheduled": OrderStatus.PROCESSING,
    "on_hold": OrderStatus.ON_HOLD,
    "partial": OrderStatus.PARTIALLY_SHIPPED,
    "fulfilled": OrderStatus.SHIPPED,
    "restocked": OrderStatus.RETURNED,
}
"""The export never tells that a parcel has arrived."""


def read_orders(files: Sequence[Path], buyers: Buyers, catalogue: Catalogue) -> Iterator[Entry]:
    for file in files:
        for name, group in groupby(rows(file, REQUIRED), key=_name):
            found = list(group)
            problems = [row for row in found if isinstance(row, Problem)]
            if problems:
                yield from problems
            elif name is not None:
                yield _entry([row for row in found if isinstance(row, Row)], buyers, catalogue)


def _name(row: Row | Problem) -> str | None:
    return row.get("Name") if isinstance(row, Row) else None


def _entry(found: list[Row], buyers: Buyers, catalogue: Catalogue) -> Entry:
    first = found[0]
    try:
        if not first.get("Created at"):
            raise ValueError(f"rows of order {first.get('Name')} are torn apart: its first row is not here")
        return Found(first.place, _order(found, buyers, catalogue))
    except ValidationError as error:
        return Problem(first.place, reasons(error))
    except ValueError as error:
        return Problem(first.place, str(error))


def _order(found: list[Row], buyers: Buyers, catalogue: Catalogue) -> Order:
    first = found[0]
    currency = first.get("Currency")
    order_id = order_id_of(first)
    email = first.get("Email")
    subtotal, tax = amount(first, "Subtotal", currency), amount(first, "Taxes", currency)
    shipping, duties = amount(first, "Shipping", currency), amount(first, "Duties", currency)
    total = amount(first, "Total", currency)
    tax_beside = tax if total == subtotal + shipping + duties + tax else tax * 0
    prefix = "Shipping " if first.get("Shipping Country") else "Billing "
    cancelled = moment(first, "Cancelled at") if first.get("Cancelled at") else None
    payment = _known(PAYMENT, first, "Financial Status")
    return Order(
        id=order_id,
        number=first.get("Name"),
        customer_id=buyers.id_of(email, order_id),
        email=email,
        placed_at=moment(first, "Created at"),
        status=OrderStatus.CANCELLED if cancelled else _order_status(first, payment),
        payment_status=payment,
        lines=order_lines(found, subtotal, tax_beside, catalogue),
        subtotal=subtotal,
        shipping=shipping,
        tax=tax,
        duties=duties,
        total=total,
        shipping_address=address(first, prefix),
        billing_postcode=first.get("Billing Zip"),
        cancelled_at=cancelled,
        note=first.get("Notes"),
    )


def _order_status(first: Row, payment: PaymentStatus) -> OrderStatus:
    status = _known(FULFILLMENT, first, "Fulfillment Status")
    unpaid = payment is PaymentStatus.PENDING and status is OrderStatus.PROCESSING
    return OrderStatus.PENDING_PAYMENT if unpaid else status


def _known(vocabulary: dict[str, Status], row: Row, column: str) -> Status:
    value = row.get(column).lower()
    if value not in vocabulary:
        raise ValueError(f"{column}: {value!r} is unknown")
    return vocabulary[value]
