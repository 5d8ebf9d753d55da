"""The shop's structured policy: the one file that both the rules and the answers read."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from commerce.claims import ClaimKind
from commerce.exchanges import ExchangeShip
from commerce.models import Address, ReturnReason
from facts.values import Money
from facts.yaml_text import read_values


class PolicyError(Exception):
    """The policy file is missing or does not say what it must; the message names the field."""


class Clause(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DayRange(Clause):
    low: int = Field(ge=0)
    high: int = Field(ge=0)


class Shop(Clause):
    name: str
    legal_name: str
    email: str
    url: str
    zone: str
    currency: str
    address: Address
    return_address: Address
    order_number: str | None = None
    """A regular expression for the shop's order numbers, where letters before digits are not enough."""


class Hours(Clause):
    opens: time
    closes: time


class Staff(Clause):
    """When people answer. `hours` is keyed mon…sun in `zone`; a missing day is closed, so is a day in `closed_on`."""

    zone: str
    hours: dict[str, Hours]
    closed_on: tuple[date, ...] = ()
    first_reply_minutes: int
    language: str
    """The language in which staff read summaries."""


class Fee(Clause):
    default: Money
    by_country: dict[str, Money] = Field(default_factory=dict)

    def for_country(self, country: str) -> Money:
        return self.by_country.get(country, self.default)


class Returns(Clause):
    window_days: int
    """Days after delivery, delivery day not counted."""
    window_days_by_country: dict[str, int] = Field(default_factory=dict)
    send_by_days: int
    refund_within_days: int
    fee: Fee
    seller_pays: tuple[ReturnReason, ...]
    """Reasons for which the way back is free."""
    final_sale_excluded: bool

    def window_for(self, country: str) -> int:
        return self.window_days_by_country.get(country, self.window_days)


class Cancellation(Clause):
    refund_within_days: int


class Duties(StrEnum):
    INCLUDED = "included"
    CUSTOMER_PAYS = "customer_pays"
    NONE = "none"


class ShippingZone(Clause):
    id: str
    countries: tuple[str, ...]
    transit: DayRange
    """Business days from hand-over to the carrier to the door."""
    cost: Money
    free_from: Money | None = None
    duties: Duties
    ships_from: str | None = None
    """Where its parcels come from, ISO 3166-1; None where the shop's usual place holds."""
    carrier_handling: Money | None = None
    """What the carrier takes of the recipient for presenting a parcel to customs; None where it is not known."""
    normal_scan_gap_days: int
    """How long a parcel on this lane may go without a scan and still be normal."""
    lost_after_days: int | None = None
    """Days after its last scan from which a parcel on this lane counts as lost; None where the shop's rule holds."""


class Shipping(Clause):
    handling: DayRange
    """Business days from order to hand-over."""
    zones: tuple[ShippingZone, ...]
    ships_from: str | None = None
    """Where parcels come from; None for the country of the shop's address."""
    seller_schemes: tuple[str, ...] = ()
    """The schemes by which the shop collects import tax itself, named as in the countries' files: IOSS."""
    lost_after_days: int = Field(default=20, ge=1)
    """Where a lane has no rule of its own. Posts look into a parcel abroad 10 to 25 working days after it was due."""

    lost_after_promise_days: int | None = None
    """Days after the promised date at which it counts as lost at the latest, whatever was scanned."""

    def zone_for(self, country: str) -> ShippingZone | None:
        return next((zone for zone in self.zones if country in zone.countries), None)

    def lost_after(self, country: str) -> int:
        """Days after the last scan from which a parcel to this country is sent again or refunded."""
        zone = self.zone_for(country)
        return self.lost_after_days if zone is None or zone.lost_after_days is None else zone.lost_after_days


class NotReceived(Clause):
    """What happens when the carrier says "delivered" and the customer has nothing."""

    wait_business_days: int = Field(default=1, ge=0)
    """Carriers scan parcels as delivered that come a day later; the inquiry is opened after that."""
    inquiry_business_days: int = Field(default=10, ge=1)
    """How long the carrier may look for it; the parcel is sent again or refunded afterwards."""


class CashOnDelivery(Clause):
    countries: tuple[str, ...]
    fee: Fee
    """What the carrier takes for it, beside the order's total."""


class Payment(Clause):
    methods: tuple[str, ...]
    """Catalogue terms: `term.payment.<method>`."""
    hold_days: int | None = None
    """How many days an order is kept that is not paid yet; None where the shop does not say."""
    cash_on_delivery: CashOnDelivery | None = None
    """None where nobody can pay at the door."""


class GiftReturns(StrEnum):
    """What the recipient of a present gets who sends it back without the buyer."""

    PERSON = "person"
    """A person decides."""
    VOUCHER = "voucher"
    """A voucher over its value; a person arranges it."""


class Gifts(Clause):
    returns: GiftReturns = GiftReturns.PERSON


class Warranty(Clause):
    months: int
    months_by_country: dict[str, int] = Field(default_factory=dict)

    def for_country(self, country: str) -> int:
        return self.months_by_country.get(country, self.months)


class Claims(Clause):
    """Damaged, wrong and missing goods. What the shop leaves out needs a return, or a person."""

    report_within_days: int = 14
    """Days after delivery in which it counts as damaged on the way; afterwards the statutory warranty is told."""
    refund_without_return: tuple[Money, ...] = ()
    """Up to here, in each currency, a piece is refunded or replaced and need not come back."""
    per_customer: int = 2
    """So many claims of a customer are settled without goods coming back …"""
    per_days: int = 90
    """… within so many days; after that they come back, or a person decides."""
    photo_for: tuple[ClaimKind, ...] = (ClaimKind.DAMAGED, ClaimKind.WRONG_ITEM, ClaimKind.DEFECTIVE)
    """What is only settled without a return when there is a photo of it."""


class Dearer(StrEnum):
    """What happens where a change costs more than was paid: nothing can be charged in a conversation."""

    STAFF = "staff"
    """It waits until staff have sent a payment link and seen the money."""
    REFUSE = "refuse"


class Exchanges(Clause):
    """Another size or colour for a piece that comes back; what may come back is what may be returned."""

    offered: bool = True
    ship: ExchangeShip = ExchangeShip.ON_RECEIPT
    """When the new piece leaves; at once costs the shop two pieces for a while."""
    free: bool = False
    """The way back costs nothing, whatever the reason; otherwise it costs what it costs for a return."""
    dearer: Dearer = Dearer.STAFF


class Sizing(Clause):
    """Sizes that come out otherwise than they say."""

    free_of_charge: bool = True
    """Without a measure that speaks against it, her word is taken: the shop pays the way back."""
    alert_after: int | None = Field(default=3, ge=1)
    """So many reports of one variant, and every time as many again, make a task for staff; None for never."""


class Limits(Clause):
    """Above these a WRITE waits for a person: one limit for each currency the shop sells in."""

    cancel_refund: tuple[Money, ...]
    return_refund: tuple[Money, ...]
    lost_refund: tuple[Money, ...] | None = None
    """For parcels that did not arrive, sent again or refunded; the limits of returns where the shop sets none."""
    change_refund: tuple[Money, ...] = ()
    """What an order may become cheaper by; a shop that names none has every such change looked at."""


class Memory(Clause):
    """What is looked up about a customer who has written before, and how waiting makes her more urgent."""

    look_back_days: int = Field(default=14, ge=1)
    high_after_hours: int = Field(default=24, ge=1)
    urgent_after_hours: int = Field(default=72, ge=1)


class Changes(Clause):
    """What of an order that is not packed may be changed without a person."""

    address: bool = True
    items: bool = True
    payment: bool = True
    dearer: Dearer = Dearer.STAFF
    address_bound: tuple[str, ...] = ("paypal", "klarna")
    """Payment methods that protect the seller only for the address of the payment: there a person decides."""


class Policy(Clause):
    version: str
    effective: date
    shop: Shop
    staff: Staff
    returns: Returns
    cancellation: Cancellation
    shipping: Shipping
    payment: Payment
    warranty: Warranty
    claims: Claims = Claims()
    exchange: Exchanges = Exchanges()
    sizing: Sizing = Sizing()
    limits: Limits
    memory: Memory = Memory()
    not_received: NotReceived = NotReceived()
    gifts: Gifts = Gifts()
    changes: Changes = Changes()
    relaxed_tools: dict[str, str] = Field(default_factory=dict)
    """Tool name → the lower identity level that this shop accepts for it."""


def load_policy(path: Path) -> Policy:
    """Read `policy.yaml`; raises PolicyError with the reason where it is missing, no YAML, or incomplete."""
    try:
        return Policy.model_validate(read_values(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise PolicyError(f"{path.name} is missing") from error
    except yaml.YAMLError as error:
        raise PolicyError(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{path.name}: {where}: {first['msg']}") from error
