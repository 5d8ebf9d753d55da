"""Shopify's products: a handle's first row describes the product, every row with a price is a variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from commerce.importing.csvfile import Row, rows
from commerce.importing.report import Problem
from commerce.importing.shopify_values import amount, rounded, whole
from commerce.importing.source import Entry, Found, reasons
from commerce.models import Product, Variant

REQUIRED = ("Title",)
HANDLE = ("Handle", "URL handle")
PRICE = ("Variant Price", "Price")
STOCK = ("Variant Inventory Qty", "Inventory quantity")
GRAMS = ("Variant Grams", "Weight value (grams)")
NO_OPTION = {"Default Title", ""}


@dataclass
class Catalogue:
    """The products that orders refer to by SKU, and the currency of their prices."""

    currency: str | None
    by_sku: dict[str, tuple[str, str, dict[str, str]]] = field(default_factory=dict)
    """SKU → product id, title and options."""

    def add(self, product: Product) -> None:
        for variant in product.variants:
            self.by_sku[variant.sku] = (product.id, product.title, variant.options)


class _Text(HTMLParser):
    """The words of a description; blocks become lines, scripts and styles are left out."""

    SILENT = ("script", "style")
    BLOCKS = ("p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT and self._silent > 0
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(html: str) -> str:
    """The words of an HTML description, one line for each block."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)


def read_products(files: Sequence[Path], catalogue: Catalogue) -> Iterator[Entry]:
    for file in files:
        for handle, group in groupby(rows(file, REQUIRED), key=_handle):
            found = list(group)
            problems = [row for row in found if isinstance(row, Problem)]
            if problems:
                yield from problems
            elif handle is not None:
                yield _entry([row for row in found if isinstance(row, Row)], handle, catalogue)


def _handle(row: Row | Problem) -> str | None:
    return row.get(*HANDLE) if isinstance(row, Row) else None


def _entry(found: list[Row], handle: str, catalogue: Catalogue) -> Entry:
    first = found[0]
    try:
        if not handle:
            raise ValueError("the handle is empty")
        if not first.get("Title"):
            raise ValueError(f"rows of {handle} are torn apart: the row with the title is not first")
        product = _product(found, handle, catalogue.currency)
    except ValidationError as error:
        return Problem(first.place, reasons(error))
    except ValueError as error:
        return Problem(first.place, str(error))
    catalogue.add(product)
    return Found(first.place, product)


def _product(found: list[Row], handle: str, currency: str | None) -> Product:
    if currency is None:
        raise ValueError("no order tells the currency of the prices; name it")
    first = found[0]
    names = [first.get(f"Option{n} Name") for n in (1, 2, 3)]
    priced = [row for row in found if row.get(*PRICE)]
    return Product(
        id=handle,
        title=first.get("Title"),
        description=plain_text(first.get("Body (HTML)", "Description")),
        category=first.get("Type", "Custom Product Type", "Product Category"),
        brand=first.get("Vendor"),
        tags=tuple(tag.strip() for tag in first.get("Tags").split(",") if tag.strip()),
        variants=tuple(_variant(row, n, handle, names, currency) for n, row in enumerate(priced, start=1)),
    )


def _variant(row: Row, number: int, handle: str, names: list[str], currency: str) -> Variant:
    values = [row.get(f"Option{n} Value") for n in (1, 2, 3)]
    options = zip(names, values, strict=True)
    return Variant(
        sku=row.get("Variant SKU", "SKU") or f"{handle}-{number}",
        product_id=handle,
        options={name.lower(): value for name, value in options if value not in NO_OPTION},
        price=amount(row, PRICE, currency),
        stock=max(0, whole(row, *STOCK)),
        weight_g=rounded(row, *GRAMS),
    )
