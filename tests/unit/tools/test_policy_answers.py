"""Rules come from the policy file, quotations from documents, and nothing else is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from facts.evidence import EvidenceKind
from facts.values import Country, Listing
from knowledge.passages import Passage
from tests.unit.tools.harness import NOW, POLICY, Shop
from tools.opening import shift
from tools.policies import Topic

PASSAGE = Passage(
    id="p1", document="returns", title_path=("Returns", "How to pack"), text="Use the original box.", language="en",
    market=None, version="3", page=2, url=None, valid_from=None, valid_to=None, score=0.9,
)  # fmt: skip


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("country", [None, "DE", "CN", "AQ"])
async def test_every_topic_has_an_answer_or_asks_for_the_country(
    shop: Shop, topic: Topic, country: str | None
) -> None:
    arguments = {"topic": topic} | ({"country": country} if country else {})
    result = await shop.call("answer_policy", arguments)
    by_lane = topic in (Topic.SHIPPING_COST, Topic.SHIPPING_TIME, Topic.DUTIES)
    if by_lane and country is None:
        assert (result.outcome, result.evidence) == ("country_needed", ())
        return
    assert result.outcome == "answered"
    expected = "delivery.not_served" if by_lane and country == "AQ" else f"policy.{topic}"
    assert str(result.evidence[0].statement).startswith(expected)
    assert result.evidence[0].kind is EvidenceKind.POLICY
    assert POLICY.version in result.evidence[0].source


async def test_country_of_the_market_stands_in_for_one_that_was_not_named(shop: Shop) -> None:
    shop.market = "CN"
    (told,) = (await shop.call("answer_policy", {"topic": "return_window"})).evidence
    assert told.statement == "policy.return_window_in"
    assert told.facts["country"] == Country(code="CN")
    assert told.facts["window"].model_dump()["value"] == POLICY.returns.window_for("CN")


async def test_country_that_was_named_comes_before_the_market(shop: Shop) -> None:
    shop.market = "CN"
    (told,) = (await shop.call("answer_policy", {"topic": "shipping_cost", "country": "DE"})).evidence
    assert told.facts["country"] == Country(code="DE")


async def test_passages_stand_behind_the_rule_and_are_quoted(shop: Shop) -> None:
    shop.shelf.passages = (PASSAGE,)
    rule, passage = (await shop.call("answer_policy", {"topic": "return_cost"})).evidence
    assert rule.statement == "policy.return_cost"
    assert passage.quote is not None
    assert passage.quote.text == PASSAGE.text
    assert passage.statement is None


async def test_question_outside_the_topics_is_answered_by_documents_alone(shop: Shop) -> None:
    shop.shelf.passages = (PASSAGE,)
    assert (await shop.call("answer_policy", {})).outcome == "passages"
    assert shop.shelf.asked == [("What about it?", "en", None, NOW.date())]
    shop.shelf.passages = ()
    assert (await shop.call("answer_policy", {})).outcome == "unknown"


async def test_every_country_is_named_once(shop: Shop) -> None:
    (told,) = (await shop.call("answer_policy", {"topic": "shipping_countries"})).evidence
    countries = told.facts["countries"]
    assert isinstance(countries, Listing)
    assert len(set(countries.items)) == len(countries.items) == told.facts["count"].model_dump()["value"]


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "open_now", "opens", "closes"),
    [
        # Amsterdam, weekdays 9–18, Saturdays 10–14. Tuesday in the middle of the day.
        (at(2026, 11, 3, 11), True, (3, 8), (3, 17)),
        (at(2026, 11, 3, 7, 59), False, (3, 8), (3, 17)),
        (at(2026, 11, 3, 8), True, (3, 8), (3, 17)),
        (at(2026, 11, 3, 17), False, (4, 8), (4, 17)),
        (at(2026, 11, 6, 20), False, (7, 9), (7, 13)),
        (at(2026, 11, 7, 13), False, (9, 8), (9, 17)),
    ],
)
def test_hours(now: datetime, open_now: bool, opens: tuple[int, int], closes: tuple[int, int]) -> None:
    found = shift(POLICY.staff, now)
    assert found is not None
    assert found.open_now is open_now
    assert found.opens_at.value == at(2026, 11, *opens)
    assert found.closes_at.value == at(2026, 11, *closes)


def test_closed_days_are_skipped() -> None:
    found = shift(POLICY.staff, at(2026, 12, 24, 20))
    assert found is not None
    assert found.opens_at.value.date() == date(2026, 12, 28)


def test_shop_without_hours_tells_none() -> None:
    assert shift(POLICY.staff.model_copy(update={"hours": {}}), NOW) is None


async def test_hours_without_a_shift_are_unknown(shop: Shop) -> None:
    closed: dict[str, Any] = {"staff": POLICY.staff.model_copy(update={"hours": {}})}
    shop.policy = POLICY.model_copy(update=closed)
    assert (await shop.call("answer_policy", {"topic": "staff_hours"})).outcome == "unknown"
