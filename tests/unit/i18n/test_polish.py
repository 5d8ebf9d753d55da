"""Polish: durations and countries in their cases, four plurals, and nobody's gender."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from facts.values import Country, DateTime, Duration, TimeUnit
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from i18n.locale import Locale

PL = Locale("pl", "PL")
GENDERED = re.compile(r"\b(?!umysł)\w+(?:łem|łam|łeś|łaś|łbym|łabym|łbyś|łabyś)\b|\b(?:pan|pani|państwo)\b")


@pytest.fixture(scope="module")
def polish() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("DE", "do Niemiec"),
        ("UA", "do Ukrainy"),
        ("LT", "na Litwę"),
        ("US", "do Stanów Zjednoczonych"),
        ("BV", "do kraju: Wyspa Bouveta"),
    ],
)
def test_a_country_takes_its_preposition(polish: IcuRenderer, country: str, words: str) -> None:
    told = polish.message(PL, "delivery.not_served", {"country": Country(code=country)})
    assert told == f"Przykro mi, nie oferujemy dostawy {words}."


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 dnia roboczego"), (3, "3 dni roboczych"), (14, "14 dni roboczych")]
)
def test_within_takes_the_genitive(polish: IcuRenderer, days: int, words: str) -> None:
    arguments = {"refund_within": Duration(value=days, unit=TimeUnit.BUSINESS_DAY)}
    assert polish.message(PL, "policy.cancellation", arguments).endswith(f"w ciągu {words}.")


@pytest.mark.parametrize(("count", "words"), [(1, "1 kraju"), (2, "2 krajów"), (5, "5 krajów")])
def test_a_count_chooses_its_plural(polish: IcuRenderer, count: int, words: str) -> None:
    told = polish.message(PL, "policy.shipping_countries", {"count": count, "countries": "Niemcy"})
    assert told == f"Dostarczamy do {words}: Niemcy."


def test_a_time_says_the_hour(polish: IcuRenderer) -> None:
    at = DateTime(value=datetime(2026, 11, 16, 13, 30, tzinfo=UTC), zone="Europe/Warsaw")
    assert polish.fact(Locale("pl", "PL", "Europe/Warsaw"), at) == "16 listopada 2026, godz. 14:30"


def test_nobodys_gender_is_told(polish: IcuRenderer) -> None:
    texts = polish.packs["pl"].messages.items()
    found = [name for name, text in texts if not name.startswith("desk.") and GENDERED.search(text.lower())]
    assert not found
