"""What is sent over a border, and what is known of its cost there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from facts.values import Money
from markets.rule import Rule


class Terms(StrEnum):
    """Who pays duty and import tax, after Incoterms 2020."""

    DDP = "ddp"
    """Delivered duty paid: the seller."""
    DAP = "dap"
    """Delivered at place: the recipient."""


class Payer(StrEnum):
    NOBODY = "nobody"
    SELLER = "seller"
    RECIPIENT = "recipient"


class Doubt(StrEnum):
    """What makes a cost uncertain."""

    HEADING = "heading"
    """The tariff heading is not known, or not the rate of it."""
    EXCHANGE_RATE = "exchange_rate"
    """A rule is in another currency, and no rate is configured."""
    TAX_RATE = "tax_rate"
    RULE = "rule"
    """Nothing is known of that charge."""
    CARRIER_FEE = "carrier_fee"


@dataclass(frozen=True, slots=True)
class Line:
    """Goods of one kind. `value` is without the destination's taxes; `heading` the first six digits of the tariff, None
    where they are not known."""

    value: Money
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Consignment:
    """One parcel's goods, all amounts in one currency; countries are ISO 3166-1."""

    origin: str
    destination: str
    lines: tuple[Line, ...]
    shipping: Money
    terms: Terms
    day: date
    schemes: frozenset[str] = frozenset()
    """The seller schemes in which the seller is registered, by their names in the countries' files."""
    handling: Money | None = None
    """What the carrier takes for presenting the goods to customs; None where it is not known."""

    @property
    def goods(self) -> Money:
        return total(line.value for line in self.lines)

    @property
    def delivered(self) -> Money:
        """Goods and shipping."""
        return self.goods + self.shipping

    @property
    def headings(self) -> tuple[int, int]:
        """The fewest and the most tariff headings that the goods may have."""
        known = {line.heading for line in self.lines if line.heading}
        unknown = sum(line.heading is None for line in self.lines)
        return max(len(known), 1), max(len(known) + unknown, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`; no upper end is known where `high` is None."""

    low: Money
    high: Money | None

    @classmethod
    def exactly(cls, amount: Money) -> Span:
        return cls(amount, amount)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def nothing(self) -> bool:
        return self.exact and not self.low.minor

    def __add__(self, other: Span) -> Span:
        open_end = self.high is None or other.high is None
        return Span(self.low + other.low, None if open_end else _sum(self.high, other.high))


@dataclass(frozen=True, slots=True)
class Part:
    """Duty, or import tax: how much, who pays it, by which rules."""

    span: Span
    payer: Payer
    rules: tuple[Rule, ...] = ()
    doubts: frozenset[Doubt] = frozenset()
    assumed: bool = False
    """Whether it is derived from a neighbouring rule, for the country's file has none of its own."""

    @property
    def sure(self) -> bool:
        """Whether somebody has checked every rule that it rests on."""
        return (
            not self.assumed and Doubt.RULE not in self.doubts and all(rule.may_deny for rule in self.rules)
        )


def total(amounts: Iterable[Money]) -> Money:
    """The sum of at least one amount."""
    first, *rest = amounts
    for each in rest:
        first = first + each
    return first


def _sum(one: Money | None, other: Money | None) -> Money | None:
    return None if one is None or other is None else one + other
