"""Orders of the demo shop: lines, money and the state that their scenario left them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commerce.demo.market import Market
from commerce.demo.numbers import salt
from commerce.models import Address, Customer, Order, OrderLine, Product, Shipment, Variant
from facts.tracking import TrackingStatus
from facts.values import Money


@dataclass(frozen=True, slots=True)
class OrderMaker:
    """Makes order records; nothing here knows what else the shop holds."""

    market: Market
    shelf: dict[str, tuple[Product, Variant]]
    """SKU → what it is."""
    now: datetime

    def lines(self, order_id: str, entry: dict[str, Any], country: str) -> tuple[OrderLine, ...]:
        """The lines of one entry of the order book; a discount comes off each line."""
        discount = entry.get("discount", 0)
        return tuple(
            self._line(f"{order_id}-{place}", sku, quantity, discount, country)
            for place, (sku, quantity) in enumerate(entry["lines"].items(), 1)
        )

    def _line(self, line_id: str, sku: str, quantity: int, discount: int, country: str) -> OrderLine:
        product, variant = self.shelf[sku]
        unit = self.market.price(variant.price, country)
        full = unit * quantity
        total = Money(minor=full.minor - full.minor * discount // 100, currency=full.currency)
        return OrderLine(
            id=line_id,
            sku=sku,
            product_id=product.id,
            title=product.title,
            titles=product.titles,
            options=variant.options,
            quantity=quantity,
            unit_price=unit,
            total=total,
            final_sale=product.final_sale,
            withdrawal_exceptions=product.withdrawal_exceptions,
        )

    def order(
        self,
        order_id: str,
        entry: dict[str, Any],
        scenario: dict[str, Any],
        customer: Customer,
        lines: tuple[OrderLine, ...],
        shipments: tuple[Shipment, ...],
    ) -> Order:
        """The order; `subtotal + shipping + duties = total`, and `tax` is the part of the total that is tax.

        Prices are gross, as consumers see them, so tax is told but never added.
        """
        address = customer.addresses[0]
        subtotal = _sum(lines)
        shipping = self.market.shipping(subtotal, address.country)
        duties = self.market.duties(subtotal, address.country)
        return Order(
            id=order_id,
            number=entry["number"],
            customer_id=customer.id,
            email=customer.email,
            placed_at=self._placed_at(entry["number"], scenario, shipments),
            status=scenario["status"],
            payment_status=scenario["payment"],
            lines=lines,
            subtotal=subtotal,
            shipping=shipping,
            tax=self.market.tax_inside(subtotal + shipping, address.country),
            duties=duties,
            total=subtotal + shipping + duties,
            shipping_address=_address(address, entry),
            billing_postcode=address.postcode,
            language=customer.language,
            delivered_at=_delivered_at(shipments)
            if scenario["status"] in ("delivered", "returned")
            else None,
            cancelled_at=self._ago(scenario["cancelled"]) if "cancelled" in scenario else None,
            payment_method=entry.get("pays") or self.market.payment_method(entry["number"], address.country),
            gift=entry.get("gift", False),
            coupon=entry.get("coupon", ""),
            note=entry.get("note", ""),
        )

    def _placed_at(self, number: str, scenario: dict[str, Any], shipments: tuple[Shipment, ...]) -> datetime:
        handed_over = [shipment.shipped_at for shipment in shipments if shipment.shipped_at]
        if handed_over:
            return min(handed_over) - timedelta(hours=21, minutes=salt(number, 780))
        return self._ago(scenario["placed"]) - timedelta(minutes=salt(number, 55))

    def _ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)


def _sum(lines: tuple[OrderLine, ...]) -> Money:
    total = Money(minor=0, currency=lines[0].total.currency)
    for line in lines:
        total = total + line.total
    return total


def _address(home: Address, entry: dict[str, Any]) -> Address:
    """Where the parcel goes: home, or the address that the entry names for a gift."""
    return home.model_copy(update=entry.get("ship_to", {}))


def _delivered_at(shipments: tuple[Shipment, ...]) -> datetime | None:
    doors = [
        event.at
        for shipment in shipments
        for event in shipment.events
        if event.status is TrackingStatus.DELIVERED
    ]
    return max(doors, default=None)
