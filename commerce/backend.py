"""The port to a shop's back end: what we read there and the few things we may change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from commerce.changes import AddressSaved, LinesDraft, OrderChanged
from commerce.claims import Claim, ClaimDraft
from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.exchanges import Exchange, ExchangeDraft
from commerce.fit import Fit, FitReport
from commerce.models import (
    Address,
    Cancellation,
    CancelReason,
    Customer,
    Order,
    Product,
    Refund,
    Return,
    ReturnDraft,
    Shipment,
)


class CommerceBackend(Protocol):
    """Reads return None or an empty sequence for what is not there; a dead back end raises BackendUnavailable.

    A WRITE carries the order version that the customer confirmed (VersionConflict when it moved on) and an
    idempotency key: the same key gives the first outcome again, the same key with another request raises
    IdempotencyMismatch.
    """

    @property
    def live(self) -> bool:
        """False where the data is an import: a WRITE then becomes a task for staff."""
        ...

    async def order(self, order_id: str) -> Order | None: ...

    async def order_by_number(self, number: str) -> Order | None:
        """The order with this public number; case, spaces and a leading # do not matter."""
        ...

    async def order_by_tracking(self, tracking_number: str) -> Order | None: ...

    async def orders_of(self, customer_id: str, limit: int = 10) -> Sequence[Order]:
        """The customer's orders, newest first."""
        ...

    async def customer(self, customer_id: str) -> Customer | None: ...

    async def customer_by_email(self, email: str) -> Customer | None: ...

    async def shipments(self, order_id: str) -> Sequence[Shipment]: ...

    async def returns(self, order_id: str) -> Sequence[Return]: ...

    async def refunds(self, order_id: str) -> Sequence[Refund]: ...

    async def disputes(self, order_id: str) -> Sequence[Dispute]:
        """Chargebacks and payment-service cases about the order, oldest first."""
        ...

    async def claims(self, order_id: str) -> Sequence[Claim]:
        """What was reported about the order, oldest first."""
        ...

    async def claims_of(self, customer_id: str, since: datetime) -> Sequence[Claim]:
        """What the customer has reported since then, over all her orders, oldest first."""
        ...

    async def exchanges(self, order_id: str) -> Sequence[Exchange]:
        """The order's exchanges, oldest first."""
        ...

    async def fit_reports(self, sku: str) -> Sequence[FitReport]:
        """What was reported of the variant's size, oldest first."""
        ...

    async def coupon(self, code: str) -> Coupon | None:
        """The coupon with this code; case, spaces and hyphens do not matter."""
        ...

    async def product(self, product_id: str) -> Product | None: ...

    async def products(self) -> Sequence[Product]: ...

    async def cancel_order(
        self, order_id: str, *, reason: CancelReason, version: int, key: str
    ) -> Cancellation:
        """Cancel an order that is not packed yet and refund what was paid; OrderNotCancellable otherwise."""
        ...

    async def create_return(self, draft: ReturnDraft, *, version: int, key: str) -> Return:
        """Open a return; LineNotReturnable when fewer pieces are left than asked for."""
        ...

    async def open_claim(self, draft: ClaimDraft, *, version: int, key: str) -> Claim:
        """Register a claim and start its remedy; LineNotClaimable when its pieces are settled already."""
        ...

    async def start_exchange(self, draft: ExchangeDraft, *, version: int, key: str) -> Exchange:
        """Set another variant aside and open the return of the piece; LineNotExchangeable, OutOfStock."""
        ...

    async def report_fit(self, order_id: str, line_id: str, kind: Fit) -> FitReport:
        """Count that a line's size comes out otherwise than it says. Repeatable: a line counts once."""
        ...

    async def hold_variants(self, skus: Iterable[str]) -> Sequence[str]:
        """Take variants off sale until somebody has looked into them; gives those that were found. Repeatable."""
        ...

    async def change_shipping_address(
        self, order_id: str, address: Address, *, version: int, key: str
    ) -> OrderChanged:
        """Send an order elsewhere in its country; OrderNotChangeable once it is packed."""
        ...

    async def change_lines(self, draft: LinesDraft, *, version: int, key: str) -> OrderChanged:
        """Change pieces and variants, and refund what the order has become cheaper.

        Raises OrderNotChangeable, LineNotChangeable, OutOfStock, and VersionConflict where the total is another one.
        """
        ...

    async def change_payment_method(
        self, order_id: str, method: str, *, version: int, key: str
    ) -> OrderChanged:
        """Have an order paid by another method; OrderNotChangeable where money was taken."""
        ...

    async def set_default_address(
        self, order_id: str, address: Address, *, version: int, key: str
    ) -> AddressSaved:
        """Put an address before the others of the order's customer."""
        ...
