"""What no database takes, whatever the record says: half characters, huge numbers, endless identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from commerce.importing.source import is_text
from commerce.models import Record

LENGTHS = {
    "id": 128,
    "sku": 128,
    "product_id": 128,
    "order_id": 128,
    "return_id": 128,
    "customer_id": 128,
    "order_line_id": 128,
    "tracking_number": 128,
    "number": 64,
    "email": 254,
    "language": 35,
    "billing_postcode": 32,
}
INTEGER = 2**31 - 1
MINOR = 2**53
"""Beyond this an amount is a mistake, and a browser could not hold it."""


def oddities(record: Record) -> Iterator[str]:
    """A reason for each value of the record that cannot be stored."""
    yield from _walk("", "", record.model_dump())


def _walk(path: str, name: str, value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _text(f"{path}{key}", "", key)
                yield from _walk(f"{path}{key}.", key, item)
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _walk(f"{path}{index}.", name, item)
        case str():
            yield from _text(path.rstrip("."), name, value)
        case int() if abs(value) > (MINOR if name == "minor" else INTEGER):
            yield f"{path.rstrip('.')}: the number is too large"


def _text(path: str, name: str, value: str) -> Iterator[str]:
    if "\x00" in value or not is_text(value):
        yield f"{path}: a character that cannot be stored"
    if len(value) > LENGTHS.get(name, len(value)):
        yield f"{path}: longer than {LENGTHS[name]} characters"
