"""A whole shop as plain records: what an import reads and the demo writes."""

from __future__ import annotations

from dataclasses import dataclass

from commerce.claims import Claim
from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.exchanges import Exchange
from commerce.models import Customer, Order, Product, Refund, Return, Shipment


@dataclass(frozen=True)
class ShopData:
    """Everything that a back end can be filled with; references point between the tuples by id."""

    customers: tuple[Customer, ...]
    products: tuple[Product, ...]
    orders: tuple[Order, ...]
    shipments: tuple[Shipment, ...]
    returns: tuple[Return, ...] = ()
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    claims: tuple[Claim, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
