"""Arabic: counted time, names of countries, and digits that agree with each other in every country."""

from __future__ import annotations

import pytest

from facts.values import Code, Country, Duration, Listing, Text, TimeUnit
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from i18n.locale import Locale
from i18n.rendering import Argument

SAUDI = Locale("ar", "SA")


@pytest.fixture(scope="module")
def arabic() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (Duration(value=1, unit=TimeUnit.DAY), "يوم واحد"),
        (Duration(value=2, unit=TimeUnit.DAY), "يومين"),
        (Duration(value=3, unit=TimeUnit.DAY), "3 أيام"),
        (Duration(value=14, unit=TimeUnit.DAY), "14 يومًا"),
        (Duration(value=100, unit=TimeUnit.DAY), "100 يوم"),
        (Duration(value=1, until=2, unit=TimeUnit.BUSINESS_DAY), "1 إلى 2 يوم عمل"),
        (Duration(value=3, until=5, unit=TimeUnit.BUSINESS_DAY), "3 إلى 5 أيام عمل"),
    ],
)
def test_one_and_two_are_words_and_the_rest_follow_the_number(
    arabic: IcuRenderer, duration: Duration, words: str
) -> None:
    assert arabic.fact(SAUDI, duration) == words


@pytest.mark.parametrize(
    ("code", "words"), [("SA", "إلى السعودية"), ("HK", "إلى هونغ كونغ"), ("DE", "إلى ألمانيا")]
)
def test_a_country_has_its_everyday_name(arabic: IcuRenderer, code: str, words: str) -> None:
    said = arabic.message(SAUDI, "delivery.not_served", {"country": Country(code=code)})
    assert said == f"أعتذر لك، لا نوصّل {words}."


def test_counts_are_written_in_the_digits_of_dates_and_amounts(arabic: IcuRenderer) -> None:
    countries = Listing(items=(Country(code="AE"), Country(code="SA")))
    said = arabic.message(SAUDI, "policy.shipping_countries", {"count": 12, "countries": countries})
    assert said == "نوصّل إلى 12 بلدًا: الإمارات والسعودية."


def test_one_parcel_needs_no_number(arabic: IcuRenderer) -> None:
    told: dict[str, Argument] = {
        "carrier": Text(value="SMSA"),
        "tracking_number": Code(value="T1"),
        "parcel_count": 1,
        "parcel_index": 1,
    }
    assert arabic.message(SAUDI, "tracking.pending", told).startswith("طردك مسجّل")
    several = arabic.message(SAUDI, "tracking.pending", {**told, "parcel_count": 3, "parcel_index": 2})
    assert several.startswith("الطرد 2 من أصل 3 مسجّل")
