"""The demo shop with many orders of two kinds: some to cancel, some to send back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from commerce.demo import build_demo_shop, stories
from commerce.models import Order, Shipment
from commerce.shopdata import ShopData

TO_CANCEL, TO_RETURN = "processing_paid_en", "delivered_single_en"
"""The situations that are copied: paid and not yet packed; delivered in one piece a few days ago."""


def cancel_number(place: int) -> str:
    return f"FH-{500_000 + place}"


def return_number(place: int) -> str:
    return f"FH-{700_000 + place}"


def crowded_shop(now: datetime, copies: int) -> ShopData:
    """The demo shop as it stands at `now`, and so many further orders of each kind."""
    shop = build_demo_shop(now)
    orders, shipments = list(shop.orders), list(shop.shipments)
    by_number = {order.number: order for order in shop.orders}
    for handle, number in ((TO_CANCEL, cancel_number), (TO_RETURN, return_number)):
        model = by_number[stories()[handle].number]
        parcels = [parcel for parcel in shop.shipments if parcel.order_id == model.id]
        for place in range(copies):
            order = _copy(model, number(place))
            orders.append(order)
            shipments += _parcels(parcels, order)
    return replace(shop, orders=tuple(orders), shipments=tuple(shipments))


def _copy(model: Order, number: str) -> Order:
    return model.model_copy(update={"id": f"ord_{number}", "number": number})


def _parcels(parcels: list[Shipment], order: Order) -> Iterator[Shipment]:
    for parcel in parcels:
        yield parcel.model_copy(update={"id": f"{parcel.id}_{order.number}", "order_id": order.id})
