"""Typed facts: the only way a figure, date, code or link enters a reply."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from babel.numbers import get_currency_precision
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Value(BaseModel):
    """Base of all facts: immutable, closed, serialised with its type tag."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined."""


class Money(Value):
    """An amount in integer minor units (cents, yen) of an ISO 4217 currency."""

    type: Literal["money"] = "money"
    minor: int
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> Money:
        """Money from a decimal amount in major units; raises ValueError when it has too many digits."""
        scaled = Decimal(amount).scaleb(get_currency_precision(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} has more decimals than {currency} knows")
        return cls(minor=int(scaled), currency=currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(minor=self.minor + other.minor, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(minor=self.minor - other.minor, currency=self.currency)

    def __mul__(self, factor: int) -> Money:
        return Money(minor=self.minor * factor, currency=self.currency)


class Date(Value):
    """A calendar day."""

    type: Literal["date"] = "date"
    value: date


class DateTime(Value):
    """An instant, told in the IANA zone where it happened or where the customer is."""

    type: Literal["datetime"] = "datetime"
    value: AwareDatetime
    zone: str = "UTC"

    @classmethod
    def at(cls, moment: datetime, zone: str = "UTC") -> DateTime:
        return cls(value=moment, zone=zone)


class TimeUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    BUSINESS_DAY = "business_day"
    MONTH = "month"
    YEAR = "year"


class Duration(Value):
    """A length of time as a person says it: 14 days, 2 to 4 business days (`until` is the upper end)."""

    type: Literal["duration"] = "duration"
    value: int
    until: int | None = None
    unit: TimeUnit = TimeUnit.DAY


class Quantity(Value):
    """A count or measure; `unit` is a CLDR unit identifier such as `centimeter`, or None for a plain count."""

    type: Literal["quantity"] = "quantity"
    value: Decimal
    unit: str | None = None


class Percent(Value):
    """A percentage: 19 means 19 %."""

    type: Literal["percent"] = "percent"
    value: Decimal


class Code(Value):
    """An identifier shown as it stands: order, tracking, return, SKU."""

    type: Literal["code"] = "code"
    value: str


class Url(Value):
    """A link of the shop or a carrier that may be shown."""

    type: Literal["url"] = "url"
    value: str


class Text(Value):
    """Words from data (a product title, a carrier's name), never from a model. Untrusted where its source is."""

    type: Literal["text"] = "text"
    value: str
    titles: dict[str, str] = Field(default_factory=dict)
    """The same words by language, where the shop has translated them."""
    aside: tuple[Fact, ...] = ()
    """What tells it from its like, told in brackets behind it: the colour and the size of a piece."""


class Term(Value):
    """A word of a closed vocabulary, named by its catalogue id (`term.tracking.in_transit`)."""

    type: Literal["term"] = "term"
    id: str


class Country(Value):
    """An ISO 3166-1 alpha-2 country, named in the customer's language."""

    type: Literal["country"] = "country"
    code: str = Field(pattern=r"^[A-Z]{2}$")


class Listing(Value):
    """Several facts told as one enumeration."""

    type: Literal["list"] = "list"
    items: tuple[Fact, ...]


Fact = Annotated[
    Money | Date | DateTime | Duration | Quantity | Percent | Code | Url | Text | Term | Country | Listing,
    Field(discriminator="type"),
]
Text.model_rebuild()
Listing.model_rebuild()
