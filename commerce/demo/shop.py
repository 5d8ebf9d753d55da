"""Builds the whole demo shop around a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from commerce.demo.aftersales import make_dispute, make_refund, make_return, with_pieces_back
from commerce.demo.catalogue import load_products
from commerce.demo.coupons import load_coupons
from commerce.demo.everyday import everyday_orders
from commerce.demo.files import read_data, read_entries
from commerce.demo.lanes import Lanes
from commerce.demo.market import Market
from commerce.demo.orders import OrderMaker
from commerce.demo.parcels import ParcelMaker
from commerce.demo.people import load_customers
from commerce.disputes import Dispute
from commerce.models import Customer, Order, Product, Refund, Return, Shipment, TrackingEvent, Variant
from commerce.shopdata import ShopData


def build_demo_shop(now: datetime) -> ShopData:
    """The demo shop as it stands at `now` (aware): the same moment gives the same shop, in every process."""
    now = now.astimezone(UTC).replace(microsecond=0)
    products = load_products()
    customers = load_customers(now)
    book = _Book(products_by_sku(products), customers, now)
    for entry in (*read_entries("orders"), *everyday_orders(products, book.lanes)):
        book.add(entry)
    return ShopData(
        customers=tuple(customers.values()),
        products=products,
        orders=tuple(book.orders),
        shipments=tuple(book.shipments),
        returns=tuple(book.returns),
        refunds=tuple(book.refunds),
        disputes=tuple(book.disputes),
        coupons=load_coupons(now),
    )


def products_by_sku(products: tuple[Product, ...]) -> dict[str, tuple[Product, Variant]]:
    """SKU → product and variant."""
    return {variant.sku: (product, variant) for product in products for variant in product.variants}


class _Book:
    """Collects the records that the entries of the order book become."""

    def __init__(
        self, shelf: dict[str, tuple[Product, Variant]], customers: dict[str, Customer], now: datetime
    ) -> None:
        self._now = now
        self._customers = customers
        self._scenarios: dict[str, dict[str, Any]] = read_data("scenarios")
        self._market = Market()
        self._orders = OrderMaker(self._market, shelf, now)
        self.lanes = Lanes()
        self._parcels = ParcelMaker(self.lanes, self._market, now)
        self.orders: list[Order] = []
        self.shipments: list[Shipment] = []
        self.returns: list[Return] = []
        self.refunds: list[Refund] = []
        self.disputes: list[Dispute] = []

    def add(self, entry: dict[str, Any]) -> None:
        """One entry: an order with its parcels, return and refund."""
        told = entry["scenario"]
        scenario = told if isinstance(told, dict) else self._scenarios[told]
        customer = self._customers[entry["customer"]]
        address = customer.addresses[0]
        order_id = "ord_" + entry["number"].partition("-")[2]
        lines = self._orders.lines(order_id, entry, address.country)
        shipments = tuple(
            self._parcels.make(order_id, place, spec, lines, address)
            for place, spec in enumerate(scenario.get("parcels", ()), 1)
        )
        order = self._orders.order(order_id, entry, scenario, customer, lines, shipments)
        self.shipments += (_with_remark(shipment, entry.get("scan_text")) for shipment in shipments)
        self.orders.append(self._after_sales(order, scenario))

    def _after_sales(self, order: Order, scenario: dict[str, Any]) -> Order:
        return_ = None
        if "return" in scenario:
            return_ = make_return(order, scenario["return"], self._market, self._now)
            self.returns.append(return_)
            order = with_pieces_back(order, scenario["return"])
        if "refund" in scenario:
            self.refunds.append(make_refund(order, scenario["refund"], return_, self._now))
        if "dispute" in scenario:
            self.disputes.append(make_dispute(order, scenario["dispute"], self._now))
        return order


def _with_remark(shipment: Shipment, text: str | None) -> Shipment:
    """The shipment with a carrier's odd words on its latest scan, where the entry has some."""
    if text is None:
        return shipment
    latest = max(shipment.events, key=lambda event: event.at)
    events: tuple[TrackingEvent, ...] = tuple(
        event.model_copy(update={"message": text}) if event is latest else event for event in shipment.events
    )
    return shipment.model_copy(update={"events": events})
