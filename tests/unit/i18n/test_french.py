"""French: articles of countries, the first of the month, and the spaces that keep a sign beside its word."""

from __future__ import annotations

import re
from datetime import date

import pytest

from facts.values import Country, Date, Duration, TimeUnit
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from i18n.locale import Locale

FR, CH, CA = (Locale("fr", country) for country in ("FR", "CH", "CA"))


@pytest.fixture(scope="module")
def french() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("CH", "en Suisse"),
        ("IR", "en Iran"),
        ("JP", "au Japon"),
        ("CA", "au Canada"),
        ("NL", "aux Pays-Bas"),
        ("US", "aux États-Unis"),
        ("CU", "à Cuba"),
        ("RE", "à La Réunion"),
        ("IM", "sur l’Île de Man"),
    ],
)
def test_a_country_takes_its_preposition(french: IcuRenderer, country: str, words: str) -> None:
    told = french.message(FR, "delivery.not_served", {"country": Country(code=country)})
    assert told.casefold() == f"Désolé, nous ne livrons pas {words}.".casefold()


def test_the_first_of_a_month_is_an_ordinal(french: IcuRenderer) -> None:
    days = [date(2026, 12, 1), date(2026, 12, 11), date(2021, 1, 1)]
    told = [french.fact(FR, Date(value=day)) for day in days]
    assert told == ["1er décembre 2026", "11 décembre 2026", "1er janvier 2021"]


def test_working_days_and_signs_are_those_of_the_country(french: IcuRenderer) -> None:
    week = Duration(value=2, until=5, unit=TimeUnit.BUSINESS_DAY)
    assert [french.fact(locale, week) for locale in (FR, CH, CA)] == [
        "2 à 5 jours ouvrés",
        "2 à 5 jours ouvrables",
        "2 à 5 jours ouvrables",
    ]
    assert [french.message(locale, "social.hello", {}) for locale in (FR, CA)] == [
        "Bonjour\u202f!",
        "Bonjour!",
    ]


def test_no_sign_may_start_a_line_and_no_apostrophe_is_straight() -> None:
    pack = load_languages([BUILT_IN])["fr"]
    loose = re.compile(r" [?!;:»]|« |[^\s\u00a0\u202f\"][?!;](?!\w)|'")
    assert {
        found: words for found, words in {**pack.messages, **pack.terms}.items() if loose.search(words)
    } == {}
