"""A language is data alone: Swedish, which the code has never heard of, from a folder outside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from facts.values import Code, Country, Date, DateTime, Duration, Fact, Listing, Money, Term, TimeUnit
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from i18n.locale import Locale

TOY = Path(__file__).parents[2] / "data" / "languages"
SE = Locale("sv", "SE", "Europe/Stockholm")


@pytest.fixture
def swedish(write_languages: Callable[..., Path]) -> IcuRenderer:
    own = {
        "en": {
            "messages": {
                "toy.told": "Order {order}: {status}, {count, plural, one {# item} other {# items}}."
            }
        },
        "sv": {
            "messages": {
                "toy.told": "Order {order}: {status}, {count, plural, one {# artikel} other {# artiklar}}."
            }
        },
    }
    return IcuRenderer(load_languages([BUILT_IN, TOY, write_languages(own)]))


def test_messages_are_told_in_it(swedish: IcuRenderer) -> None:
    told = [
        swedish.message(
            SE,
            "toy.told",
            {"order": Code(value="D-1001"), "status": Term(id="term.order_status.shipped"), "count": count},
        )
        for count in (1, 1200)
    ]
    assert told == ["Order D-1001: skickad, 1 artikel.", "Order D-1001: skickad, 1\xa0200 artiklar."]


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Money(minor=123450, currency="SEK"), "1\xa0234,50\xa0kr"),
        (Date(value=date(2026, 11, 12)), "12 november 2026"),
        (
            DateTime.at(datetime(2026, 11, 12, 13, 30, tzinfo=UTC), "Europe/Stockholm"),
            "12 november 2026 kl. 14:30",
        ),
        (Duration(value=2, until=4, unit=TimeUnit.BUSINESS_DAY), "2–4 arbetsdagar"),
        (Country(code="DE"), "Tyskland"),
        (Listing(items=(Term(id="term.colour.blue"), Term(id="term.colour.navy"))), "blå och marinblå"),
    ],
)
def test_facts_are_written_in_it(swedish: IcuRenderer, fact: Fact, words: str) -> None:
    assert swedish.fact(SE, fact) == words


def test_it_has_its_own_quotation_marks(swedish: IcuRenderer) -> None:
    assert swedish.quote("sv-SE", "14 dagar") == "”14 dagar”"


def test_it_counts_as_complete() -> None:
    assert "sv" in IcuRenderer(load_languages([BUILT_IN, TOY])).languages
