"""What a parcel costs at the border, and what tax is in a price."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from facts.values import Money
from markets.rule import Amount, Clause, Country, Dated, Rule


class TaxKind(StrEnum):
    VAT = "vat"
    GST = "gst"
    SALES_TAX = "sales_tax"
    CONSUMPTION_TAX = "consumption_tax"
    NONE = "none"


class ConsumerTax(Rule):
    kind: TaxKind
    percent: Decimal | None = Field(default=None, ge=0, le=100)
    """The standard rate; None where it differs by region."""
    in_prices: bool
    """Whether prices for consumers must contain it."""


class Charge(StrEnum):
    DUTY = "duty"
    TAX = "tax"


class DeMinimis(Rule):
    amount: Amount
    """The highest value of a consignment that is free; nothing is free where it is zero."""
    what: tuple[Charge, ...] = Field(min_length=1)
    """What it is free of."""
    postage_counts: bool = False
    """Whether the carriage belongs to the value."""
    origins: tuple[Country, ...] = ()
    """Where it must come from; empty for anywhere."""


class DutyKind(StrEnum):
    NONE = "none"
    PERCENT = "percent"
    FLAT_PER_HEADING = "flat_per_heading"
    FLAT_PER_PARCEL = "flat_per_parcel"
    TARIFF = "tariff"


class DutyBand(Clause):
    """What is charged on a consignment of up to `up_to`; on any value where it is None."""

    kind: DutyKind
    up_to: Amount | None = None
    percent: Decimal | None = Field(default=None, ge=0)
    amount: Amount | None = None
    less: Amount | None = None
    """What is taken off the duty."""
    scheme_only: bool = False
    """Whether it holds for sellers in the country's seller scheme alone."""

    @model_validator(mode="after")
    def _has_its_figure(self) -> Self:
        if self.kind is DutyKind.PERCENT and self.percent is None:
            raise ValueError("a percentage is missing its percent")
        if self.kind in (DutyKind.FLAT_PER_HEADING, DutyKind.FLAT_PER_PARCEL) and self.amount is None:
            raise ValueError("a flat duty is missing its amount")
        return self


class Duty(Rule):
    bands: tuple[DutyBand, ...] = Field(min_length=1)
    """From the lowest value to the highest."""

    def band(self, value: Money) -> DutyBand | None:
        """The band of a consignment's value, which must be in the bands' currency."""
        return next((each for each in self.bands if each.up_to is None or _fits(value, each.up_to)), None)


def _fits(value: Money, limit: Money) -> bool:
    return (limit - value).minor >= 0


class ImportTax(Rule):
    percent: Decimal | None = Field(default=None, ge=0, le=100)
    """None where it is what goods are taxed with in the country itself."""


class SellerScheme(Rule):
    """How a seller abroad collects the tax, so that nothing is asked for at the door."""

    name: str
    up_to: Amount | None = None
    covers: tuple[Charge, ...] = (Charge.TAX,)
    """What the seller pays by it."""


class Imports(Clause):
    de_minimis: Dated[DeMinimis] | None = None
    de_minimis_from: Dated[DeMinimis] | None = None
    """What certain countries of origin have instead."""
    duty: Dated[Duty] | None = None
    vat_at_import: Dated[ImportTax] | None = None
    seller_scheme: Dated[SellerScheme] | None = None
