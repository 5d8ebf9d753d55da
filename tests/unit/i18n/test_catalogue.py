"""Messages: plurals, selects, forms, data that looks like syntax, and what happens when one is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from facts.values import Code, Country, DateTime, Duration, Listing, Quantity, Term, Text
from i18n.catalogue import IcuRenderer
from i18n.locale import Locale
from i18n.rendering import Argument, ArgumentMissing, MessageMissing, Renderer

DE, EN, ZH = Locale("de", "DE"), Locale("en", "GB"), Locale("zh-Hans", "CN")


def test_the_renderer_keeps_its_contract(renderer: IcuRenderer) -> None:
    port: Renderer = renderer
    assert port.has("cart.count")
    assert not port.has("cart.unheard")
    assert [port.direction(language) for language in ("en", "de", "zh-Hans")] == ["ltr"] * 3


@pytest.mark.parametrize(
    ("locale", "count", "words"),
    [
        (EN, 0, "Nothing in Bag."),
        (EN, 1, "1 item in Bag."),
        (EN, 2, "2 items in Bag."),
        (EN, Quantity(value=Decimal("1.0")), "1 item in Bag."),
        (EN, Quantity(value=Decimal("1.5")), "1.5 items in Bag."),
        (EN, Quantity(value=Decimal(1200)), "1,200 items in Bag."),
        (DE, 1200, "1.200 Artikel in Bag."),
        (ZH, 0, "Bag里没有商品。"),
        (ZH, 3, "Bag里有 3 件商品。"),
    ],
)
def test_plurals(renderer: IcuRenderer, locale: Locale, count: Argument, words: str) -> None:
    assert renderer.message(locale, "cart.count", {"count": count, "name": "Bag"}) == words


def test_facts_become_words_in_the_messages_language(renderer: IcuRenderer) -> None:
    arguments: dict[str, Argument] = {
        "order": Code(value="D-1001"),
        "status": Term(id="term.order_status.shipped"),
    }
    assert renderer.message(EN, "order.told", arguments) == "Order D-1001 is shipped."
    assert renderer.message(DE, "order.told", arguments) == "Die Bestellung D-1001 ist versandt. Viele Grüße"
    assert renderer.message(ZH, "order.told", arguments) == "订单 D-1001：已发货。"


@pytest.mark.parametrize(
    "data", ["{order}", "it's {0} 'quoted'", "''", "'{'", "}{", "# {n, plural, other {#}}"]
)
def test_data_that_looks_like_syntax_is_harmless(renderer: IcuRenderer, data: str) -> None:
    arguments: dict[str, Argument] = {"count": 2, "name": Text(value=data)}
    assert renderer.message(EN, "cart.count", arguments) == f"2 items in {data}."


def test_a_message_may_ask_for_an_inflected_form(renderer: IcuRenderer) -> None:
    window = {"window": Duration(value=14)}
    assert renderer.message(EN, "returns.window", window) == "Send it back within 14 days; it's free."
    assert renderer.message(DE, "returns.window", window) == "Rücksendung innerhalb von 14 Tagen, kostenlos."
    assert renderer.message(ZH, "returns.window", window) == "14 天内可免费退货。"


@pytest.mark.parametrize(
    ("locale", "code", "words"),
    [
        (EN, "US", "We ship to the United States."),
        (EN, "FR", "We ship to France."),
        (DE, "CH", "Wir liefern in die Schweiz."),
        (DE, "US", "Wir liefern in die USA."),
        (DE, "FR", "Wir liefern nach Frankreich."),
        (ZH, "US", "可以寄往美国。"),
    ],
)
def test_countries_as_destinations(renderer: IcuRenderer, locale: Locale, code: str, words: str) -> None:
    assert renderer.message(locale, "shipping.to", {"country": Country(code=code)}) == words


def test_an_instant_may_be_told_as_weekday_and_time(renderer: IcuRenderer) -> None:
    due = {"due": DateTime.at(datetime(2026, 11, 12, 13, 30, tzinfo=UTC))}
    assert renderer.message(EN, "parcel.due", due) == "It comes on Thursday, 12 November 2026, at 13:30."
    assert (
        renderer.message(DE, "parcel.due", due)
        == "Es kommt am Donnerstag, 12. November 2026, gegen 13:30 Uhr."
    )
    assert renderer.message(ZH, "parcel.due", due) == "预计2026年11月12日星期四 13:30 送达。"


def test_alternatives_are_joined_by_or(renderer: IcuRenderer) -> None:
    colours = {"choices": Listing(items=tuple(Term(id=f"term.colour.{name}") for name in ("red", "blue")))}
    assert renderer.message(EN, "ask.which", colours) == "Which one: red or blue?"
    assert renderer.message(DE, "ask.which", colours) == "Welches: Rot oder Blau?"
    assert renderer.message(ZH, "ask.which", colours) == "哪一个：红色或蓝色？"


def test_only_the_chosen_branch_needs_its_arguments(renderer: IcuRenderer) -> None:
    assert renderer.message(EN, "parcel.late", {"late": "no"}) == "It is on time."
    late: dict[str, Argument] = {"late": "yes", "days": Duration(value=2)}
    assert renderer.message(DE, "parcel.late", late) == "Es ist 2 Tage verspätet."
    with pytest.raises(ArgumentMissing, match=r"parcel\.late needs days"):
        renderer.message(EN, "parcel.late", {"late": "yes"})


def test_a_missing_argument_is_named_by_its_plain_name(renderer: IcuRenderer) -> None:
    with pytest.raises(ArgumentMissing, match=r"^returns\.window needs window$"):
        renderer.message(DE, "returns.window", {})


def test_arguments_that_a_message_does_not_tell_are_left_alone(renderer: IcuRenderer) -> None:
    arguments: dict[str, Argument] = {"late": "no", "status": Term(id="term.unheard")}
    assert renderer.message(EN, "parcel.late", arguments) == "It is on time."


def test_an_unknown_message_is_an_error(renderer: IcuRenderer) -> None:
    with pytest.raises(MessageMissing, match=r"cart\.unheard"):
        renderer.message(DE, "cart.unheard", {})


@pytest.mark.usefixtures("warnings_logged")
def test_what_a_language_lacks_is_said_in_english_and_logged_once(renderer: IcuRenderer) -> None:
    with capture_logs() as logs:
        said = [renderer.message(DE, "only.english", {"name": "Eva"}) for _ in range(2)]
    assert said == ["Ask Eva."] * 2
    assert [(log["event"], log["language"], log["message"]) for log in logs] == [
        ("message_missing", "de", "only.english")
    ]


def test_a_language_that_lacks_a_message_is_not_complete(renderer: IcuRenderer) -> None:
    assert renderer.languages == ("en",)


@pytest.mark.usefixtures("warnings_logged")
def test_an_unknown_language_is_answered_in_english(renderer: IcuRenderer) -> None:
    with capture_logs() as logs:
        assert renderer.message(Locale("xx"), "parcel.late", {"late": "no"}) == "It is on time."
    assert logs[0]["event"] == "language_missing"


def test_regional_tags_find_their_language(renderer: IcuRenderer) -> None:
    on_time = [
        renderer.message(Locale(tag), "parcel.late", {"late": "no"})
        for tag in ("zh-CN", "zh", "de-AT", "en-us")
    ]
    assert on_time == ["准时。", "准时。", "Es ist pünktlich.", "It is on time."]


def test_swiss_spelling_reaches_our_words_and_not_the_data(renderer: IcuRenderer) -> None:
    arguments: dict[str, Argument] = {
        "order": Text(value="Fußball"),
        "status": Term(id="term.return_reason.too_large"),
    }
    assert renderer.message(Locale("de", "CH"), "order.told", arguments) == (
        "Die Bestellung Fußball ist zu gross. Viele Grüsse"
    )


def test_quoting_uses_the_languages_marks(renderer: IcuRenderer) -> None:
    assert renderer.quote("en", "30 days") == "“30 days”"
    assert renderer.quote("de", "der „Test“ hier") == "„der ‚Test‘ hier“"
    assert renderer.quote("zh-Hans", "三十天") == "“三十天”"


def test_sentences_are_joined_as_the_language_spaces_them(renderer: IcuRenderer) -> None:
    assert renderer.join("de", ["Guten Tag!", " ", "Gern."]) == "Guten Tag! Gern."
    assert renderer.join("zh-Hans", ["您好！", "没问题。"]) == "您好！没问题。"
    assert renderer.join("en", []) == ""
