"""The CSV files that Shopify's admin exports: customers, products, orders.

The export knows no tracking numbers, no dates of refunds and no returns: `shipments.jsonl`, `returns.jsonl`
and `refunds.jsonl` in our own format may lie beside the CSV files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from commerce.importing.jsonl import KINDS, read_kind
from commerce.importing.report import Place, Problem, Severity
from commerce.importing.shopify_customers import Buyers, read_customers, read_guests
from commerce.importing.shopify_orders import read_orders
from commerce.importing.shopify_products import Catalogue, read_products
from commerce.importing.source import Entry

BESIDE = ("shipments", "returns", "refunds")


class ShopifyExport:
    """The folder's `customers_export*.csv`, `products_export*.csv` and `orders_export*.csv`."""

    def __init__(self, folder: Path, as_of: datetime, currency: str | None) -> None:
        self._folder = folder
        self._as_of = as_of
        self._currency = currency

    def _files(self, kind: str) -> list[Path]:
        """A large export comes in several files, numbered `orders_export_1.csv` and so on."""
        return sorted(self._folder.glob(f"{kind}_export*.csv"))

    def read(self) -> Iterator[Entry]:
        orders = self._files("orders")
        if not orders:
            yield Problem(Place("orders_export.csv", 0), "the file is missing", Severity.FATAL)
            return
        buyers = Buyers.of(orders, self._as_of)
        catalogue = Catalogue(self._currency or buyers.currency)
        yield from read_customers(self._files("customers"), buyers)
        yield from read_guests(orders, buyers)
        yield from read_products(self._files("products"), catalogue)
        yield from read_orders(orders, buyers, catalogue)
        for kind in BESIDE:
            path = self._folder / f"{kind}.jsonl"
            if path.is_file():
                yield from read_kind(path, KINDS[kind])
