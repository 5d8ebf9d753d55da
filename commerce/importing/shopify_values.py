"""Values as Shopify's exports write them; each raises ValueError with a reason for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from pydantic import ValidationError

from commerce.importing.csvfile import Row
from commerce.importing.jsonl import money
from commerce.keys import email_key
from commerce.models import Address
from facts.values import Money


def moment(row: Row, column: str) -> datetime:
    """`2026-05-14 10:12:33 +0200` in UTC."""
    value = row.get(column)
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        raise ValueError(f"{column}: {value!r} is not a time like 2026-05-14 10:12:33 +0200") from None


def amount(row: Row, column: str | Sequence[str], currency: str) -> Money:
    """The amount in the first of the columns that has one, zero where all are empty."""
    columns = [column] if isinstance(column, str) else column
    try:
        return money(row.get(*columns) or "0", currency)
    except ValidationError:
        raise ValueError(f"Currency: {currency!r} is not a currency") from None
    except ValueError as error:
        raise ValueError(f"{columns[0]}: {error}") from None


def whole(row: Row, *columns: str) -> int:
    """The whole number in the first of the columns that has one, zero where all are empty."""
    value = row.get(*columns) or "0"
    if not re.fullmatch(r"-?[0-9]{1,9}(\.0+)?", value):
        raise ValueError(f"{columns[0]}: {value!r} is not a whole number")
    return int(value.partition(".")[0])


def rounded(row: Row, *columns: str) -> int:
    """Like `whole`, for measures that Shopify converts from other units: 453.59237 grams."""
    value = row.get(*columns) or "0"
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
        raise ValueError(f"{columns[0]}: {value!r} is not a number")
    return round(float(value))


def country(row: Row, *columns: str) -> str:
    value = row.get(*columns)
    if not re.fullmatch("[A-Z]{2}", value):
        raise ValueError(f"{columns[0]}: {value!r} is not a two-letter country code")
    return value


def address(row: Row, prefix: str) -> Address:
    """The address in the columns with this prefix (`Shipping `, `Billing `)."""
    street = row.get(f"{prefix}Address1", f"{prefix}Street")
    company, second = row.get(f"{prefix}Company"), row.get(f"{prefix}Address2")
    return Address(
        name=row.get(f"{prefix}Name"),
        line1=street,
        line2=", ".join(part for part in (second, company) if part),
        city=row.get(f"{prefix}City"),
        region=row.get(f"{prefix}Province Name", f"{prefix}Province"),
        postcode=row.get(f"{prefix}Zip"),
        country=country(row, f"{prefix}Country"),
        phone=row.get(f"{prefix}Phone"),
    )


def order_id_of(first: Row) -> str:
    """Shopify's own id of the order, or its number in an export without ids."""
    return first.get("Id") or first.get("Name").lstrip("#")


def guest_id(email: str, order_id: str) -> str:
    """A customer id that is the same at every import, without the address in it."""
    key = email_key(email) or f"order {order_id}"
    return f"guest_{sha256(key.encode()).hexdigest()[:24]}"
