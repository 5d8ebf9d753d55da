"""What a country tells: its customers' zone, and the language that they most likely write."""

import pytest

from markets.languages import likely_language
from markets.zones import principal_zones


@pytest.mark.parametrize(
    ("country", "zone"),
    [("DE", "Europe/Berlin"), ("CN", "Asia/Shanghai"), ("ES", "Europe/Madrid"), ("JP", "Asia/Tokyo")],
)
def test_country_with_one_zone_for_nearly_everybody(country: str, zone: str) -> None:
    assert principal_zones()[country] == zone


@pytest.mark.parametrize("country", ["US", "AU", "BR", "CA"])
def test_country_of_many_zones_has_none(country: str) -> None:
    assert country not in principal_zones()


@pytest.mark.parametrize(
    ("country", "language"),
    [
        ("DE", "de"),
        ("AT", "de"),
        ("GB", "en"),
        ("CN", "zh-Hans"),
        ("TW", "zh-Hant"),
        ("PT", "pt-PT"),
        ("BR", "pt-BR"),
        ("XX", None),
    ],
)
def test_likely_language(country: str, language: str | None) -> None:
    assert likely_language(country) == language
