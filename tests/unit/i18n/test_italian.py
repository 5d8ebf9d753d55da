"""Italian: prepositions of countries, days without an article, and the postcode's name in Switzerland."""

from __future__ import annotations

import re
from datetime import date

import pytest

from facts.values import Code, Country, Date, Fact
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from i18n.locale import Locale

IT, CH = (Locale("it", country) for country in ("IT", "CH"))
ARTICLE_BEFORE_DAY = re.compile(r"(?:\b(?:il|del|al|dal|nel|sul)|l’) ?\{\w+_(?:at|by|day|from|to|until)\}")


@pytest.fixture(scope="module")
def italian() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("CH", "in Svizzera"),
        ("US", "negli Stati Uniti"),
        ("NL", "nei Paesi Bassi"),
        ("GB", "nel Regno Unito"),
        ("MT", "a Malta"),
        ("HT", "ad Haiti"),
        ("SC", "alle Seychelles"),
    ],
)
def test_a_country_takes_its_preposition(italian: IcuRenderer, country: str, words: str) -> None:
    told = italian.message(IT, "delivery.not_served", {"country": Country(code=country)})
    assert told == f"Mi dispiace, non spediamo {words}."


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "domenica 1º novembre 2026"), (8, "domenica 8 novembre 2026"), (11, "mercoledì 11 novembre 2026")],
)
def test_a_day_stands_with_its_weekday_instead_of_an_article(
    italian: IcuRenderer, day: int, words: str
) -> None:
    arguments: dict[str, Fact | int] = {
        "order_number": Code(value="NV-1"),
        "ship_by": Date(value=date(2026, 11, day)),
    }
    told = italian.message(IT, "tracking.not_shipped", arguments)
    assert told.endswith(f"entro {words}.")


def test_no_message_puts_an_article_before_a_day(italian: IcuRenderer) -> None:
    found = [name for name, text in italian.packs["it"].messages.items() if ARTICLE_BEFORE_DAY.search(text)]
    assert not found


def test_the_postcode_is_called_as_in_the_country(italian: IcuRenderer) -> None:
    asked = [italian.message(locale, "order.ask", {}) for locale in (IT, CH)]
    assert ["CAP" in text for text in asked] == [True, False]
    assert ["NPA" in text for text in asked] == [False, True]
