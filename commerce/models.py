"""The shop's nouns, as every back end gives them to us."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from facts.tracking import TrackingStatus
from facts.values import Money
from markets.rights import Exempt


class Record(BaseModel):
    """Base of the shop's records: immutable and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Record):
    name: str
    line1: str
    line2: str = ""
    city: str
    region: str = ""
    postcode: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    phone: str = ""


class Customer(Record):
    id: str
    email: str
    name: str
    language: str | None = None
    country: str = Field(pattern=r"^[A-Z]{2}$")
    created_at: AwareDatetime
    addresses: tuple[Address, ...] = ()


class Variant(Record):
    """What is bought: one size and colour of a product. `options` are canonical English (`colour: blue`, `size: 38`)."""

    sku: str
    product_id: str
    options: dict[str, str] = Field(default_factory=dict)
    price: Money
    stock: int = 0
    weight_g: int = 0
    held: bool = False
    """Not sold for now, whatever the stock: something about it is being looked into."""


class SizeChart(Record):
    """Body or foot measures in centimetres for each size: rows[size][measure] = (low, high)."""

    measures: tuple[str, ...]
    rows: dict[str, dict[str, tuple[float, float]]]


class Product(Record):
    id: str
    title: str
    titles: dict[str, str] = Field(default_factory=dict)
    description: str = ""
    descriptions: dict[str, str] = Field(default_factory=dict)
    category: str
    brand: str = ""
    tags: tuple[str, ...] = ()
    final_sale: bool = False
    withdrawal_exceptions: tuple[Exempt, ...] = ()
    """Why the law lets a shop refuse to take it back without a reason, where its country knows the exception."""
    size_chart: SizeChart | None = None
    images: tuple[str, ...] = ()
    """Addresses of pictures, the main one first; those of the demo shop are paths that it serves itself."""
    warranty_months: int | None = None
    """Where the maker gives another warranty than the shop's policy."""
    variants: tuple[Variant, ...]


class OrderStatus(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    PROCESSING = "processing"
    ON_HOLD = "on_hold"
    PACKED = "packed"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class PaymentStatus(StrEnum):
    PENDING = "pending"
    AUTHORISED = "authorised"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"


class OrderLine(Record):
    id: str
    sku: str
    product_id: str
    title: str
    titles: dict[str, str] = Field(default_factory=dict)
    options: dict[str, str] = Field(default_factory=dict)
    quantity: int = Field(gt=0)
    unit_price: Money
    total: Money
    """What the customer paid for the line, after discounts, tax included."""
    final_sale: bool = False
    withdrawal_exceptions: tuple[Exempt, ...] = ()
    """Those of the product when it was bought."""
    returned_quantity: int = 0


class Order(Record):
    """An order; `version` grows with every change and is what a confirmation binds to."""

    id: str
    number: str
    customer_id: str
    email: str
    placed_at: AwareDatetime
    status: OrderStatus
    payment_status: PaymentStatus
    lines: tuple[OrderLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    duties: Money
    total: Money
    shipping_address: Address
    billing_postcode: str = ""
    language: str | None = None
    delivered_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    payment_method: str = ""
    """As policy.yaml names it (`card`, `paypal`, `cash_on_delivery`); empty where the back end does not say."""
    gift: bool = False
    """The parcel goes to somebody who shall see neither prices nor who paid."""
    coupon: str = ""
    """The code that was used."""
    note: str = ""
    """Free text from the customer or a plug-in. Untrusted."""
    version: int = 1
    as_of: AwareDatetime | None = None
    """When imported data was taken from its shop; None where the back end is live."""


class Leg(Record):
    """One carrier's part of a parcel's way; `tracking_number` is that carrier's own."""

    carrier: str
    tracking_number: str
    origin: str = Field(pattern=r"^[A-Z]{2}$")
    destination: str = Field(pattern=r"^[A-Z]{2}$")


class TrackingEvent(Record):
    """One scan; `message` is the carrier's own text and untrusted."""

    id: str
    at: AwareDatetime
    zone: str = "UTC"
    status: TrackingStatus
    leg: int
    location: str = ""
    country: str | None = None
    message: str = ""


class Shipment(Record):
    id: str
    order_id: str
    legs: tuple[Leg, ...]
    lines: dict[str, int]
    """Order line id → quantity in this parcel."""
    shipped_at: AwareDatetime | None = None
    promised_by: date | None = None
    events: tuple[TrackingEvent, ...] = ()


class ReturnReason(StrEnum):
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    CHANGED_MIND = "changed_mind"
    NOT_AS_DESCRIBED = "not_as_described"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    LATE = "late"
    WITHDRAWAL = "withdrawal"
    """She withdraws from the contract: the law asks for no reason."""
    OTHER = "other"


class ReturnStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class ReturnLine(Record):
    order_line_id: str
    quantity: int = Field(gt=0)
    reason: ReturnReason


class Return(Record):
    id: str
    number: str
    order_id: str
    lines: tuple[ReturnLine, ...]
    status: ReturnStatus
    created_at: AwareDatetime
    send_by: date
    expected_refund: Money
    fee: Money
    """What the customer pays for the way back; deducted from the refund."""
    received_at: AwareDatetime | None = None
    """When the goods reached the shop; None where they have not, or the back end does not say."""


class RefundStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Refund(Record):
    id: str
    order_id: str
    amount: Money
    status: RefundStatus
    created_at: AwareDatetime
    reason: str = ""
    return_id: str | None = None


class CancelReason(StrEnum):
    CHANGED_MIND = "changed_mind"
    ORDERED_BY_MISTAKE = "ordered_by_mistake"
    TOO_SLOW = "too_slow"
    FOUND_CHEAPER = "found_cheaper"
    OTHER = "other"


class Cancellation(Record):
    """The outcome of a cancelled order: the order as it now stands and the refund, if anything had been paid."""

    order: Order
    refund: Refund | None


class ReturnDraft(Record):
    """What a return will be if the shop accepts it."""

    order_id: str
    lines: tuple[ReturnLine, ...]
    send_by: date
    expected_refund: Money
    fee: Money
