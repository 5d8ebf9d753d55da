"""The demo shop's products with their variants, sizes and stock."""

from __future__ import annotations

from typing import Any

from commerce.demo.files import read_data, read_entries
from commerce.demo.numbers import salt
from commerce.demo.pictures import picture_path
from commerce.models import Product, SizeChart, Variant
from facts.values import Money

_COLOUR_CODES = {
    "black": "BLK",
    "white": "WHT",
    "blue": "BLU",
    "green": "GRN",
    "grey": "GRY",
    "red": "RED",
    "pink": "PNK",
    "brown": "BRN",
    "beige": "BGE",
    "yellow": "YEL",
    "orange": "ORG",
    "silver": "SLV",
}


def load_products() -> tuple[Product, ...]:
    """Every product, in the catalogue's order; prices are EUR with tax."""
    charts = {name: _chart(entry) for name, entry in read_data("size_charts").items()}
    return tuple(_product(entry, charts) for entry in read_entries("products"))


def _chart(entry: dict[str, Any]) -> SizeChart:
    measures = tuple(entry["measures"])
    rows = {
        size: {name: (float(low), float(high)) for name, (low, high) in zip(measures, ranges, strict=True)}
        for size, ranges in entry["rows"].items()
    }
    return SizeChart(measures=measures, rows=rows)


def _product(entry: dict[str, Any], charts: dict[str, SizeChart]) -> Product:
    chart = charts.get(entry.get("chart", ""))
    sizes = entry.get("sizes") or (list(chart.rows) if chart else [""])
    variants = tuple(_variant(entry, colour, size) for colour in entry.get("colours", [""]) for size in sizes)
    return Product(
        id=entry["id"],
        title=entry["title"]["en"],
        titles=_translated(entry["title"]),
        description=entry["description"]["en"],
        descriptions=_translated(entry["description"]),
        category=entry["category"],
        brand=entry["brand"],
        tags=tuple(entry["tags"]),
        final_sale=entry.get("final_sale", False),
        withdrawal_exceptions=entry.get("withdrawal_exceptions", ()),
        size_chart=chart,
        images=tuple(picture_path(entry["id"], colour) for colour in entry.get("colours", [""])),
        warranty_months=entry.get("warranty"),
        variants=variants,
    )


def _translated(texts: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if language != "en"}


def _variant(entry: dict[str, Any], colour: str, size: str) -> Variant:
    options = {name: value for name, value in (("colour", colour), ("size", size)) if value}
    codes = [entry["sku"], _COLOUR_CODES[colour] if colour else "", size.upper()]
    sku = "-".join(code for code in codes if code)
    stock = entry.get("stock", {}).get("/".join(options.values()), 4 + salt(sku, 37))
    return Variant(
        sku=sku,
        product_id=entry["id"],
        options=options,
        price=Money.of(entry["price"], "EUR"),
        stock=stock,
        weight_g=entry["weight"],
        held=colour in entry.get("held", ()),
    )
