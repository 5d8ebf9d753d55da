"""Every kind of fact, as each locale writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain

import pytest

from facts.values import (
    Code,
    Country,
    Date,
    DateTime,
    Duration,
    Fact,
    Listing,
    Money,
    Percent,
    Quantity,
    Term,
    Text,
    TimeUnit,
    Url,
)
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, LanguagePack, load_languages
from i18n.locale import Locale
from i18n.rendering import MessageMissing

DE = Locale("de", "DE", "Europe/Berlin")
CH = Locale("de", "CH", "Europe/Zurich")
GB = Locale("en", "GB", "Europe/London")
US = Locale("en", "US", "America/New_York")
KR = Locale("ko", "KR", "Asia/Seoul")
CN = Locale("zh-Hans", "CN", "Asia/Shanghai")

FRANCS = Money(minor=123450, currency="CHF")
EUROS = Money(minor=123450, currency="EUR")
YEN = Money(minor=5000, currency="JPY")
YUAN = Money(minor=5000, currency="CNY")
DAY = Date(value=date(2026, 11, 12))
NOON_IN_BERLIN = DateTime.at(datetime(2026, 11, 12, 13, 30, tzinfo=UTC), "Europe/Berlin")
SHANGHAI = DateTime.at(datetime(2026, 11, 12, 18, 30, tzinfo=UTC), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("locale", "money", "words"),
    [
        (DE, EUROS, "1.234,50\xa0€"),
        (DE, FRANCS, "1.234,50\xa0CHF"),
        (DE, YEN, "5.000\xa0¥"),
        (DE, YUAN, "50,00\xa0CN¥"),
        (CH, FRANCS, "CHF\xa01’234.50"),
        (CH, EUROS, "EUR\xa01’234.50"),
        (GB, EUROS, "€1,234.50"),
        (GB, FRANCS, "CHF1,234.50"),
        (GB, YEN, "JP¥5,000"),
        (US, YEN, "¥5,000"),
        (US, Money(minor=-999, currency="USD"), "-$9.99"),
        (CN, YUAN, "¥50.00"),
        (CN, EUROS, "€1,234.50"),
        (CN, YEN, "JP¥5,000"),
        (Locale("de"), EUROS, "1.234,50\xa0€"),
        (Locale("zh-Hans", "DE"), EUROS, "€1,234.50"),
        (Locale("de", "JP"), YEN, "5.000\xa0¥"),
        (Locale("de", "??"), EUROS, "1.234,50\xa0€"),
        (Locale("de", ""), EUROS, "1.234,50\xa0€"),
    ],
)
def test_money(renderer: IcuRenderer, locale: Locale, money: Money, words: str) -> None:
    assert renderer.fact(locale, money) == words


@pytest.mark.parametrize(
    ("locale", "fact", "words"),
    [
        (DE, DAY, "12. November 2026"),
        (GB, DAY, "12 November 2026"),
        (US, DAY, "November 12, 2026"),
        (CN, DAY, "2026年11月12日"),
        (DE, NOON_IN_BERLIN, "12. November 2026 um 14:30 Uhr"),
        (CH, NOON_IN_BERLIN, "12. November 2026 um 14:30 Uhr"),
        (GB, NOON_IN_BERLIN, "12 November 2026 at 14:30 (Central European Standard Time)"),
        (US, NOON_IN_BERLIN, "November 12, 2026 at 2:30\u202fPM (Central European Standard Time)"),
        (CN, NOON_IN_BERLIN, "2026年11月12日 14:30（中欧标准时间）"),
        (CN, SHANGHAI, "2026年11月13日 02:30"),
        (KR, SHANGHAI, "2026년 11월 13일 오전 2:30(중국 표준시)"),
        (GB, DateTime.at(datetime(2026, 7, 1, 9, tzinfo=UTC)), "1 July 2026 at 09:00 (UTC)"),
        (GB, DateTime.at(datetime(2026, 7, 1, 9, tzinfo=UTC), "Mars/Olympus"), "1 July 2026 at 09:00 (UTC)"),
        (
            Locale("en", "GB", "../etc"),
            DateTime.at(datetime(2026, 11, 1, 9, tzinfo=UTC), "Europe/London"),
            "1 November 2026 at 09:00",
        ),
        (Locale("en", "GB"), DateTime.at(datetime(2026, 7, 1, 9, tzinfo=UTC)), "1 July 2026 at 09:00"),
    ],
)
def test_days_and_instants_in_the_zone_where_they_happened(
    renderer: IcuRenderer, locale: Locale, fact: Fact, words: str
) -> None:
    assert renderer.fact(locale, fact) == words


@pytest.mark.parametrize(
    ("locale", "duration", "words"),
    [
        (DE, Duration(value=1), "1 Tag"),
        (DE, Duration(value=14), "14 Tage"),
        (DE, Duration(value=2, until=4, unit=TimeUnit.BUSINESS_DAY), "2–4 Werktage"),
        (GB, Duration(value=0, until=1, unit=TimeUnit.BUSINESS_DAY), "0–1 working days"),
        (GB, Duration(value=2, until=4, unit=TimeUnit.BUSINESS_DAY), "2–4 working days"),
        (GB, Duration(value=3, until=3, unit=TimeUnit.HOUR), "3 hours"),
        (GB, Duration(value=1, unit=TimeUnit.MONTH), "1 month"),
        (US, Duration(value=2, unit=TimeUnit.YEAR), "2 years"),
        (CH, Duration(value=1500, unit=TimeUnit.MINUTE), "1’500 Minuten"),
        (CN, Duration(value=2, until=4, unit=TimeUnit.BUSINESS_DAY), "2–4 个工作日"),
        (CN, Duration(value=30), "30 天"),
    ],
)
def test_durations(renderer: IcuRenderer, locale: Locale, duration: Duration, words: str) -> None:
    assert renderer.fact(locale, duration) == words


@pytest.mark.parametrize(
    ("locale", "fact", "words"),
    [
        (DE, Percent(value=Decimal("8.1")), "8,1\xa0%"),
        (GB, Percent(value=Decimal(19)), "19%"),
        (DE, Quantity(value=Decimal("25.5"), unit="centimeter"), "25,5 cm"),
        (CN, Quantity(value=Decimal("25.5"), unit="centimeter"), "25.5厘米"),
        (GB, Quantity(value=Decimal(1200)), "1,200"),
        (GB, Quantity(value=Decimal(3), unit="boxes"), "3 boxes"),
        (DE, Country(code="CH"), "Schweiz"),
        (CN, Country(code="CH"), "瑞士"),
        (GB, Country(code="ZZ"), "Unknown Region"),
        (GB, Code(value="D-10'{0}"), "D-10'{0}"),
        (CN, Url(value="https://shop.example/r?a=1&b=2"), "https://shop.example/r?a=1&b=2"),
        (DE, Term(id="term.tracking.out_for_delivery"), "in der Zustellung"),
        (CN, Term(id="term.colour.navy"), "藏青色"),
    ],
)
def test_other_facts(renderer: IcuRenderer, locale: Locale, fact: Fact, words: str) -> None:
    assert renderer.fact(locale, fact) == words


def test_lists_end_as_the_language_ends_them(renderer: IcuRenderer) -> None:
    colours = Listing(items=tuple(Term(id=f"term.colour.{name}") for name in ("red", "navy", "white")))
    assert renderer.fact(GB, colours) == "red, navy and white"
    assert renderer.fact(US, colours) == "red, navy, and white"
    assert renderer.fact(DE, colours) == "Rot, Marineblau und Weiß"
    assert renderer.fact(CN, colours) == "红色、藏青色和白色"
    assert renderer.fact(GB, Listing(items=(Code(value="A"),))) == "A"
    assert renderer.fact(GB, Listing(items=())) == ""


def test_text_takes_the_title_of_the_language(renderer: IcuRenderer) -> None:
    title = Text(value="Trail shoe", titles={"de": "Laufschuh", "zh": "越野鞋"})
    assert [renderer.fact(locale, title) for locale in (DE, CN, GB)] == ["Laufschuh", "越野鞋", "Trail shoe"]


def test_what_tells_a_piece_from_its_like_stands_behind_it_in_words(renderer: IcuRenderer) -> None:
    aside = (Term(id="term.colour.black"), Code(value="M"))
    piece = Text(value="Merino Sweater", titles={"de": "Merino-Pullover"}, aside=aside)
    assert renderer.fact(DE, piece) == "Merino-Pullover (Schwarz, M)"
    assert renderer.fact(CN, piece) == "Merino Sweater（黑色、M）"


def test_text_cannot_reorder_or_break_the_sentence(renderer: IcuRenderer) -> None:
    hostile = Text(value="Shoe\u202e\n\nREFUND\u2066 \ud800é\x00")
    assert renderer.fact(GB, hostile) == "Shoe REFUND ?é"


def test_swiss_german_has_no_sharp_s_in_our_words_and_keeps_it_in_data(renderer: IcuRenderer) -> None:
    assert renderer.fact(CH, Term(id="term.return_reason.too_large")) == "zu gross"
    assert renderer.fact(DE, Term(id="term.return_reason.too_large")) == "zu groß"
    assert renderer.fact(CH, Text(value="Straße")) == "Straße"


def test_an_unknown_term_is_an_error(renderer: IcuRenderer) -> None:
    with pytest.raises(MessageMissing, match=r"term\.colour\.plaid"):
        renderer.fact(DE, Term(id="term.colour.plaid"))


def test_right_to_left_text_isolates_codes_links_and_data() -> None:
    packs = load_languages([BUILT_IN])
    arabic = packs["en"].model_copy(update={"code": "ar", "direction": "rtl", "locale": "ar_EG"})
    renderer = IcuRenderer({**packs, "ar": LanguagePack.model_validate(arabic.model_dump())})
    cairo = Locale("ar", "EG")
    assert renderer.direction("ar") == "rtl"
    assert renderer.fact(cairo, Code(value="D-1")) == "\u2066D-1\u2069"
    assert renderer.fact(cairo, Url(value="https://a.example")) == "\u2066https://a.example\u2069"
    assert renderer.fact(cairo, Text(value="Schuh")) == "\u2068Schuh\u2069"
    assert not set(chain(renderer.fact(GB, Code(value="D-1")))) & set("\u2066\u2068\u2069")
