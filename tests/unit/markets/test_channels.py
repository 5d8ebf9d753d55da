"""What channels allow: shipped files, a shop's own, what is unknown, and when answers are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from facts.values import TimeUnit
from markets.channel import (
    ChannelTerms,
    FirstWord,
    Forbidden,
    Proof,
    QuietHours,
    ReplyClock,
    Returns,
    by_name,
    due,
    may_begin,
    terms_of,
)
from markets.check import all_rules
from markets.rules import MarketsError, channel_rules

TODAY = date(2026, 11, 23)
CHECKED = "since: 2020-01-01, checked: 2026-11-23, source: somebody's terms"
MARKETPLACES = {
    "amazon",
    "aliexpress",
    "ebay",
    "lazada",
    "mercado-libre",
    "shopee",
    "temu",
    "tiktok-shop",
    "walmart",
}


def _terms(channel: str, own: Path | None = None, day: date = TODAY) -> ChannelTerms:
    return terms_of(by_name(channel_rules(own)).get(channel), day)


def _own(folder: Path, channel: str, text: str) -> Path:
    (folder / "channels").mkdir(exist_ok=True)
    (folder / "channels" / f"{channel}.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("channel", sorted(MARKETPLACES))
def test_no_marketplace_takes_links_contact_data_or_coupons(channel: str) -> None:
    terms = _terms(channel)
    assert terms.forbids == frozenset(Forbidden)
    assert terms.words_only
    assert terms.proven_by is Proof.CHANNEL_ORDER
    assert terms.returns is not Returns.SELLER


def test_the_shops_own_chat_is_free() -> None:
    for name in ("chat", "storefront", "web"):
        terms = _terms(name)
        assert not terms.checked
        assert (terms.returns, terms.proven_by, terms.answers_only) == (
            Returns.SELLER,
            Proof.MAIL_CODE,
            False,
        )


def test_mail_answers_and_does_not_begin() -> None:
    assert [(_terms(name).forbids, _terms(name).answers_only) for name in ("email", "mail", "e-mail")] == [
        (frozenset(), True)
    ] * 3


def test_an_unknown_channel_has_the_strictest_terms() -> None:
    terms = _terms("carrier-pigeon")
    assert not terms.known
    assert terms.forbids == frozenset(Forbidden)
    assert (terms.returns, terms.proven_by, terms.answers_only) == (
        Returns.UNSURE,
        Proof.CHANNEL_ORDER,
        True,
    )


def test_an_unverified_owner_of_returns_is_a_persons_to_decide() -> None:
    assert _terms("amazon").returns is Returns.PLATFORM
    assert _terms("aliexpress").returns is Returns.UNSURE


def test_a_rule_holds_from_its_day() -> None:
    assert _terms("tiktok-shop").reply is not None
    assert _terms("tiktok-shop", day=date(2025, 7, 28)).reply is None
    assert _terms("amazon", day=date(2017, 10, 1)).returns is Returns.UNSURE


def test_a_marketplaces_missing_rule_is_the_strictest(tmp_path: Path) -> None:
    terms = _terms("otto", _own(tmp_path, "otto", "name: Otto"))
    assert terms.known
    assert terms.forbids == frozenset(Forbidden)
    assert terms.answers_only


def test_a_shops_file_adds_a_channel_and_replaces_whole_rules(tmp_path: Path) -> None:
    own = _own(
        tmp_path, "whatsapp", f"{{name: WhatsApp, own: true, content: {{forbids: [coupon], {CHECKED}}}}}"
    )
    _own(tmp_path, "amazon", f"reply: {{within: 12, unit: hour, {CHECKED}}}")
    assert _terms("whatsapp", own).forbids == {Forbidden.COUPON}
    amazon = _terms("amazon", own)
    assert amazon.reply is not None
    assert amazon.reply.within == 12
    assert amazon.returns is Returns.PLATFORM


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "otto.yaml: while parsing"),
        ("name: Otto\ncontent: {forbids: [hats], " + CHECKED + "}", r"otto\.yaml: content\.forbids"),
        ("name: Otto\nreply: {within: 1, unit: year, " + CHECKED + "}", r"otto\.yaml: reply\.unit: "),
        (
            "name: Otto\nreturns: {owner: platform, source: somebody's terms}",
            r"otto\.yaml: returns: a rule has either",
        ),
        ("name: Otto\nreturns: {owner: unsure, " + CHECKED + "}", r"otto\.yaml: returns\.owner: "),
        ("name: Otto\nlinks: no", r"otto\.yaml: links: "),
        ("name: Otto\nalso_called: [amazon]", r"otto\.yaml: also_called: amazon is amazon already"),
        (
            "name: Otto\nfirst_word: {allowed: false, within_days_of_delivery: 3, " + CHECKED + "}",
            r"otto\.yaml: first_word: ",
        ),
    ],
)
def test_a_broken_file_names_itself_its_key_and_the_reason(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(MarketsError, match=complaint):
        channel_rules(_own(tmp_path, "otto", text))


def test_every_rule_of_a_channel_is_looked_at_by_the_check() -> None:
    names = [name for name, _ in all_rules() if name.startswith("amazon.")]
    assert sorted(names) == [
        "amazon.content",
        "amazon.first_word",
        "amazon.identity",
        "amazon.reply",
        "amazon.returns",
    ]


def _clock(within: int, unit: TimeUnit) -> ReplyClock:
    return ReplyClock.model_validate(
        {"within": within, "unit": unit, "source": "somebody's terms", "unverified": True}
    )


def test_hours_run_through_the_weekend() -> None:
    friday = datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert due(_clock(24, TimeUnit.HOUR), friday, "Europe/Amsterdam", "NL") == friday + timedelta(hours=24)


def test_business_days_are_those_of_the_shop() -> None:
    friday = datetime(2026, 11, 20, 17, tzinfo=UTC)
    clock = _clock(3, TimeUnit.BUSINESS_DAY)
    assert due(clock, friday, "Europe/Amsterdam", "NL") == datetime(2026, 11, 25, 17, tzinfo=UTC)
    before_christmas = datetime(2026, 12, 23, 9, tzinfo=UTC)
    assert due(clock, before_christmas, "Europe/Amsterdam", "NL") == datetime(2026, 12, 29, 9, tzinfo=UTC)


def test_late_in_the_evening_the_shops_day_counts() -> None:
    # 23:30 UTC on Friday is Saturday in Shanghai: the first business day is Monday there.
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    got = due(_clock(1, TimeUnit.BUSINESS_DAY), late, "Asia/Shanghai", "CN")
    assert got.astimezone(ZoneInfo("Asia/Shanghai")).date() == date(2026, 11, 23)


def test_one_may_begin_only_where_when_and_as_long_as_the_channel_says() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    amazon, ebay, chat = _terms("amazon"), _terms("ebay"), _terms("chat")
    assert may_begin(chat, noon, None)
    assert not may_begin(ebay, noon, noon)
    assert may_begin(amazon, noon, noon - timedelta(days=30))
    assert not may_begin(amazon, noon, noon - timedelta(days=31))
    assert not may_begin(amazon, noon, None)


def test_quiet_hours_go_over_midnight() -> None:
    quiet = QuietHours(starts="21:00", ends="08:00")
    rule = FirstWord.model_validate(
        {"allowed": True, "quiet": quiet, "unverified": True, "source": "somebody's terms"}
    )
    terms = ChannelTerms("X", True, frozenset(), None, Returns.SELLER, Proof.MAIL_CODE, False, rule, None)
    at = {hour: may_begin(terms, datetime(2026, 11, 23, hour, tzinfo=UTC), None) for hour in (3, 8, 20, 21)}
    assert at == {3: False, 8: True, 20: True, 21: False}
