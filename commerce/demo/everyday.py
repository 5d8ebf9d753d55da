"""Everyday orders that fill the demo shop: who bought what follows from the order's number, its state from its age."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from commerce.demo.files import read_data
from commerce.demo.lanes import Lanes
from commerce.demo.numbers import salt
from commerce.models import Product

HANDLING_HOURS = 24
"""From the order to the hand-over."""
PACKED_FROM_HOURS = 15


def everyday_orders(products: tuple[Product, ...], lanes: Lanes) -> Iterator[dict[str, Any]]:
    """Entries as in the order book; the same number gives the same order."""
    countries = {name: entry["country"] for name, entry in read_data("customers/shoppers").items()}
    people = list(countries)
    for place, (number, age) in enumerate(read_data("everyday").items()):
        customer = people[(place * 7 + salt(number, 3)) % len(people)]
        entry = {
            "number": number,
            "customer": customer,
            "scenario": _scenario(number, age, countries[customer], lanes),
            "lines": _basket(number, customer, products),
        }
        yield entry | _extras(number)


def _scenario(number: str, age: float, country: str, lanes: Lanes) -> dict[str, Any]:
    """What has become of an order after `age` hours on a smooth way."""
    if age < PACKED_FROM_HOURS:
        return {"status": "processing", "payment": "paid", "placed": age}
    under_way = age - HANDLING_HOURS
    if under_way < 1:
        return {
            "status": "packed",
            "payment": "paid",
            "placed": age,
            "parcels": [{"until": "announced", "ago": 2}],
        }
    if salt(f"{number}/cancelled", 25) == 0:
        return _cancelled(age)
    reached, spent = "accepted", 0.0
    for stop in lanes.to(country).stops:
        if spent + stop.hours > under_way:
            break
        reached, spent = stop.stage, spent + stop.hours
    if reached == "delivered":
        return _delivered(number, int((under_way - spent) // 24))
    return {
        "status": "shipped",
        "payment": "paid",
        "parcels": [{"until": reached, "ago": round(under_way - spent, 1)}],
    }


def _cancelled(age: float) -> dict[str, Any]:
    refund = {"status": "done", "ago": age - 10, "reason": "order cancelled"}
    return {
        "status": "cancelled",
        "payment": "refunded",
        "placed": age,
        "cancelled": age - 9,
        "refund": refund,
    }


def _delivered(number: str, days: int) -> dict[str, Any]:
    scenario: dict[str, Any] = {
        "status": "delivered",
        "payment": "paid",
        "parcels": [{"until": "delivered", "days": days}],
    }
    if days >= 16 and salt(f"{number}/returned", 6) == 0:
        reason = ("too_small", "too_large", "changed_mind")[salt(number, 3)]
        scenario["payment"] = "partially_refunded"
        scenario["return"] = {"status": "refunded", "reason": reason, "lines": [1], "ago": (days - 3) * 24}
        scenario["refund"] = {"status": "done", "ago": (days - 11) * 24, "reason": "return received"}
    return scenario


def _basket(number: str, customer: str, products: tuple[Product, ...]) -> dict[str, int]:
    """One to three articles; a person keeps to one size in each chart."""
    basket: dict[str, int] = {}
    for place in range((1, 1, 2, 2, 3)[salt(f"{number}/pieces", 5)]):
        product = products[salt(f"{number}/{place}", len(products))]
        there = [variant for variant in product.variants if not variant.held]
        colour = there[salt(f"{number}/{place}/colour", len(there))].options.get("colour")
        fitting = [variant for variant in there if variant.options.get("colour") == colour]
        sku = fitting[salt(f"{customer}/{product.size_chart is None}", len(fitting))].sku
        basket[sku] = 2 if product.variants[0].price.minor < 3000 and salt(sku + number, 3) == 0 else 1
    return basket


def _extras(number: str) -> dict[str, Any]:
    chance = salt(f"{number}/coupon", 10)
    return {"coupon": "HARBOUR15", "discount": 15} if chance == 0 else {}
