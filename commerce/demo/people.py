"""The demo shop's customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from commerce.demo.files import read_table
from commerce.models import Address, Customer


def load_customers(now: datetime) -> dict[str, Customer]:
    """Every customer by the short name that the order book uses."""
    return {
        key: _customer(f"cus_{place}", entry, now)
        for place, (key, entry) in enumerate(read_table("customers").items(), 2001)
    }


def _customer(customer_id: str, entry: dict[str, Any], now: datetime) -> Customer:
    address = Address(
        name=entry["name"],
        line1=entry["street"],
        city=entry["city"],
        region=entry.get("region", ""),
        postcode=entry["postcode"],
        country=entry["country"],
    )
    return Customer(
        id=customer_id,
        email=entry["email"],
        name=entry["name"],
        language=entry["language"],
        country=entry["country"],
        created_at=now - timedelta(days=entry["since"]),
        addresses=(address,),
    )
