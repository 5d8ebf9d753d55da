"""Public holidays, on which nobody delivers: of the `holidays` library, computed without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from holidays import country_holidays


def public_holidays(country: str, year: int, region: str | None = None) -> Mapping[date, str]:
    """Day → its name in the country's language; `region` is an ISO 3166-2 subdivision such as `BY`.

    Empty for a country that the library does not know; an unknown region has the holidays of the whole country.
    """
    try:
        days = country_holidays(country, subdiv=region, years=year)
    except NotImplementedError:
        return public_holidays(country, year) if region else {}
    return dict(sorted(days.items()))
