"""What a consumer may ask for by law: giving goods back, and repair of what is faulty."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from markets.rule import Rule

Counted = Literal["calendar", "business"]


class Starts(StrEnum):
    DELIVERY = "delivery"
    PURCHASE = "purchase"


class ReturnPayer(StrEnum):
    CUSTOMER = "customer"
    SELLER = "seller"
    CUSTOMER_IF_TOLD = "customer_if_told"
    """The seller, unless the customer was told before buying."""


class Exempt(StrEnum):
    """Goods that cannot be given back without a reason."""

    CUSTOM_MADE = "custom_made"
    PERISHABLE = "perishable"
    SEALED_HYGIENE = "sealed_hygiene"
    SEALED_MEDIA = "sealed_media"
    MIXED = "mixed"
    PERIODICALS = "periodicals"
    PRICE_FLUCTUATES = "price_fluctuates"
    DIGITAL_STARTED = "digital_started"
    AUCTION = "auction"
    DAMAGED_BY_CUSTOMER = "damaged_by_customer"
    USED = "used"
    PERSONAL_CARE = "personal_care"
    COPYABLE = "copyable"
    UNDERWEAR = "underwear"
    GIVEN_BY_NATURE = "given_by_nature"
    """What the law lets a seller except by its nature, if the buyer agrees."""


class Withdrawal(Rule):
    """Giving goods back without a reason. `days: 0` says that the country's law gives no such right; what the shop grants
    holds all the same."""

    applies_to: Literal["distance"] = "distance"
    days: int = Field(ge=0, le=60)
    counted: Counted = "calendar"
    starts: Starts = Starts.DELIVERY
    ends_on_working_day: bool = False
    """Whether a last day on which nobody works gives way to the next working day."""
    seller_must_tell: bool = False
    untold_extra_months: int | None = Field(default=None, ge=0)
    """How much longer it lasts where the seller has not told."""
    shop_may_exclude: bool = False
    """Whether the seller's own terms, shown before the purchase, take its place."""
    return_paid_by: ReturnPayer | None = None
    refund_within_days: int | None = Field(default=None, ge=0)
    refund_counted: Counted = "calendar"
    refund_includes_delivery: bool = False
    """Whether who gives everything back gets the cost of standard delivery back, too."""
    online_function: bool = False
    """Whether the shop must offer a button for it."""
    exceptions: tuple[Exempt, ...] = ()


class Against(StrEnum):
    SELLER = "seller"
    MANUFACTURER = "manufacturer"
    BOTH = "both"


class Remedy(StrEnum):
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    PRICE_REDUCTION = "price_reduction"
    REFUND = "refund"


class Guarantee(Rule):
    """The law's own guarantee for faulty goods, whatever a manufacturer promises beside it."""

    months: int | None = Field(default=None, ge=0)
    """From delivery; None where the law names no number, but what a buyer may expect of such goods."""
    durable_months: int | None = Field(default=None, ge=0)
    """For goods that are meant to last considerably longer."""
    burden_of_proof_months: int | None = Field(default=None, ge=0)
    """How long a fault counts as having been there at delivery; 0 where it never does."""
    against: Against
    remedies: tuple[Remedy, ...] = Field(min_length=1)
