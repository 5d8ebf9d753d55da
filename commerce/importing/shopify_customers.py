"""Shopify's customers, completed by what their orders tell: the export has neither dates nor guests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from commerce.importing.csvfile import Row, rows
from commerce.importing.report import Problem, Severity
from commerce.importing.shopify_values import address, guest_id, moment, order_id_of
from commerce.importing.source import Entry, Found
from commerce.keys import email_key
from commerce.models import Address, Customer

REQUIRED = ("First Name", "Last Name", "Email")


@dataclass
class Buyers:
    """Who bought, by e-mail: first order and its country; filled with ids as customers are read."""

    as_of: datetime
    currency: str | None = None
    since: dict[str, datetime] = field(default_factory=dict)
    country: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Sequence[Path], as_of: datetime) -> Buyers:
        """A first look over the orders; what is wrong with them is told when they are read."""
        buyers = cls(as_of)
        for file in files:
            for row in rows(file, ()):
                if isinstance(row, Row) and row.get("Created at"):
                    buyers._add(row)
        return buyers

    def id_of(self, email: str, order_id: str) -> str:
        """The buyer's customer id."""
        return self.ids.get(email_key(email)) or guest_id(email, order_id)

    def _add(self, row: Row) -> None:
        self.currency = self.currency or row.get("Currency") or None
        key = email_key(row.get("Email"))
        if not key:
            return
        try:
            placed_at = moment(row, "Created at")
        except ValueError:
            return
        self.since[key] = min(placed_at, self.since.get(key, placed_at))
        self.country.setdefault(key, row.get("Shipping Country", "Billing Country"))


def read_customers(files: Sequence[Path], buyers: Buyers) -> Iterator[Entry]:
    for file in files:
        for row in rows(file, REQUIRED):
            yield row if isinstance(row, Problem) else _entry(row, buyers)


def read_guests(files: Sequence[Path], buyers: Buyers) -> Iterator[Entry]:
    """Everyone who ordered and whom the customers' files do not have; a bad order tells so itself."""
    for file in files:
        for row in rows(file, ()):
            if isinstance(row, Row) and row.get("Created at"):
                email, order_id = row.get("Email"), order_id_of(row)
                if email_key(email) in buyers.ids:
                    continue
                try:
                    yield Found(row.place, _guest(row, email, order_id, buyers))
                except ValueError:
                    continue
                if email_key(email):
                    buyers.ids[email_key(email)] = guest_id(email, order_id)


def _guest(row: Row, email: str, order_id: str, buyers: Buyers) -> Customer:
    home = address(row, "Shipping " if row.get("Shipping Country") else "Billing ")
    return Customer(
        id=guest_id(email, order_id),
        email=email,
        name=home.name,
        country=home.country,
        created_at=buyers.since.get(email_key(email), buyers.as_of),
        addresses=(home,),
    )


def _entry(row: Row, buyers: Buyers) -> Entry:
    email = row.get("Email")
    key = email_key(email)
    country = row.get("Default Address Country Code", "Country Code") or buyers.country.get(key, "")
    if not country:
        return Problem(row.place, "left out: neither a country nor an order", Severity.WARNING)
    customer_id = row.get("Customer ID") or guest_id(email, f"{row.place.file}:{row.place.line}")
    try:
        customer = Customer(
            id=customer_id,
            email=email,
            name=_name(row),
            country=country,
            created_at=buyers.since.get(key, buyers.as_of),
            addresses=_addresses(row, country),
        )
    except ValueError:
        return Problem(row.place, f"{country!r} is not a two-letter country code")
    if key:
        buyers.ids.setdefault(key, customer_id)
    return Found(row.place, customer)


def _name(row: Row) -> str:
    return " ".join(part for part in (row.get("First Name"), row.get("Last Name")) if part)


def _addresses(row: Row, country: str) -> tuple[Address, ...]:
    street = row.get("Default Address Address1", "Address1")
    if not street:
        return ()
    return (
        Address(
            name=_name(row),
            line1=street,
            line2=row.get("Default Address Address2", "Address2"),
            city=row.get("Default Address City", "City"),
            region=row.get("Default Address Province Code", "Province Code", "Province"),
            postcode=row.get("Default Address Zip", "Zip"),
            country=country,
            phone=row.get("Default Address Phone", "Phone"),
        ),
    )
