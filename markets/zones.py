"""The time zone in which a country's customers are told times."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

PRINCIPAL = ("most of", "mainland", "Beijing Time")
"""How the IANA table's comments name the zone that nearly everybody of a country lives in."""


@cache
def principal_zones() -> dict[str, str]:
    """ISO country → IANA zone, for countries with one zone that holds for (nearly) everybody.

    Source: `zone.tab` of the IANA time zone database, in the tzdata package. Countries such as the United States
    are left out: there, times are told with the zone's name.
    """
    zones: dict[str, list[tuple[str, str]]] = {}
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *comment = line.split("\t")
            zones.setdefault(country, []).append((zone, comment[0] if comment else ""))
    found = {country: _principal(listed) for country, listed in zones.items()}
    return {country: zone for country, zone in found.items() if zone}


def _principal(listed: list[tuple[str, str]]) -> str | None:
    if len(listed) == 1:
        return listed[0][0]
    return next((zone for zone, comment in listed if any(word in comment for word in PRINCIPAL)), None)
