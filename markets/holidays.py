"""Public holidays, on which nobody delivers: of the `holidays` library, computed without a network."""

from __future__ import annotations

from datetime import date
from functools import cache

from holidays import country_holidays


@cache
def public_holidays(country: str, year: int, region: str | None = None) -> frozenset[date]:
    """The days of a year; `region` is an ISO 3166-2 subdivision such as `BY`.

    Empty for a country that the library does not know; an unknown region has the holidays of the whole country.
    """
    try:
        return frozenset(country_holidays(country, subdiv=region, years=year))
    except NotImplementedError:
        return public_holidays(country, year) if region else frozenset()
