"""Rates of exchange, as a shop's own file gives them with their day; without one nothing is converted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from babel.numbers import get_currency_precision
from pydantic import Field

from facts.values import Money
from markets.rule import Clause

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class ExchangeRates(Clause):
    """`rates` are what one unit of `base` is worth in other currencies on the day `as_of`."""

    base: Currency
    as_of: date
    source: str = Field(min_length=3)
    """Who publishes them, such as a central bank."""
    good_for_days: int = Field(default=31, ge=0)
    """How long they may be used; older ones are as good as none."""
    rates: Mapping[Currency, Annotated[Decimal, Field(gt=0)]]

    def on(self, day: date) -> ExchangeRates | None:
        """These rates, where they may be used on that day."""
        return self if abs(day - self.as_of) <= timedelta(days=self.good_for_days) else None

    def convert(self, amount: Money, currency: str) -> Money | None:
        """The amount in another currency, rounded to its minor unit; None where there is no rate."""
        theirs, ours = self._rate(amount.currency), self._rate(currency)
        if theirs is None or ours is None:
            return None
        minor = (amount.amount * ours / theirs).scaleb(get_currency_precision(currency))
        return Money(minor=int(minor.to_integral_value(ROUND_HALF_UP)), currency=currency)

    def _rate(self, currency: str) -> Decimal | None:
        return Decimal(1) if currency == self.base else self.rates.get(currency)
