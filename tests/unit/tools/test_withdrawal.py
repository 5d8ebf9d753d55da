"""Giving goods back by law: whose rule, until when, at whose cost, and what is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from commerce.models import Order, OrderLine, ReturnReason
from facts.values import Country, Date, DateTime, Duration, Money, TimeUnit
from markets.models import MarketRules
from markets.rights import Exempt
from markets.rules import market_rules
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tests.unit.tools.test_returning import Altered, order_of
from tools.eligibility import Eligible, Refusal, eligibility
from tools.tool import ToolResult

DELIVERED = datetime(2026, 10, 5, 10, tzinfo=UTC)
"""A Monday."""


def with_window(shop: Shop, days: int, **changes: Any) -> None:
    returns = POLICY.returns.model_copy(update={"window_days": days, "window_days_by_country": {}, **changes})
    shop.policy = POLICY.model_copy(update={"returns": returns})


def unverified(country: str) -> Mapping[str, MarketRules]:
    """The shipped rules, with the right of one country as nobody has checked it."""
    rules = market_rules()
    given = rules[country].withdrawal
    assert given is not None
    plain = [rule.model_dump() | {"checked": None, "unverified": True} for rule in given.root]
    market = rules[country].model_dump() | {"withdrawal": plain}
    return {**rules, country: MarketRules.model_validate(market)}


async def order_to(
    shop: Shop,
    country: str,
    final_sale: bool = False,
    exceptions: tuple[Exempt, ...] = (),
    delivered: datetime = DELIVERED,
) -> Order:
    order = await order_of(shop, "delivered_single_de")
    line: OrderLine = order.lines[0].model_copy(
        update={"final_sale": final_sale, "withdrawal_exceptions": exceptions}
    )
    return order.model_copy(
        update={
            "lines": (line,),
            "delivered_at": delivered,
            "placed_at": delivered - timedelta(days=7),
            "shipping_address": order.shipping_address.model_copy(update={"country": country}),
        }
    )


async def on_day(shop: Shop, order: Order, day: int) -> Eligible | Refusal:
    """What may come back on that day after delivery."""
    assert order.delivered_at is not None
    shop.clock.advance(order.delivered_at + timedelta(days=day) - shop.clock.now())
    return eligibility(shop.context(), order, ())


def outcome(found: Eligible | Refusal) -> str:
    return found.outcome if isinstance(found, Refusal) else "some"


async def test_the_longer_of_policy_and_law_decides(shop: Shop) -> None:
    order = await order_to(shop, "DE")
    with_window(shop, 30)
    generous = await on_day(shop, order, 15)
    assert isinstance(generous, Eligible)
    assert generous.by_law == ()
    with_window(shop, 14)
    assert outcome(await on_day(shop, order, 15)) == "too_late"
    with_window(shop, 7)
    lawful = await on_day(shop, order, 10)
    assert isinstance(lawful, Eligible)
    assert lawful.by_law == order.lines
    assert lawful.last_days == {order.lines[0].id: date(2026, 10, 19)}


async def test_too_late_tells_the_window_that_ended_last(shop: Shop) -> None:
    with_window(shop, 7)
    late = await on_day(shop, await order_to(shop, "DE"), 15)
    assert isinstance(late, Refusal)
    assert late.facts["window"] == Duration(value=14)
    assert late.facts["last_day"] == Date(value=date(2026, 10, 19))
    assert late.unchecked is None


@pytest.mark.parametrize(
    ("delivered", "last_day"),
    [
        # 14 days on is a Saturday, a Sunday, New Year's Day before a weekend.
        (date(2026, 10, 3), date(2026, 10, 19)),
        (date(2026, 10, 4), date(2026, 10, 19)),
        (date(2026, 12, 18), date(2027, 1, 4)),
        (date(2026, 10, 5), date(2026, 10, 19)),
    ],
)
async def test_a_last_day_on_which_nobody_works_moves_on_in_the_eu(
    shop: Shop, delivered: date, last_day: date
) -> None:
    with_window(shop, 0)
    moment = datetime.combine(delivered, DELIVERED.timetz())
    found = await on_day(shop, await order_to(shop, "DE", delivered=moment), 1)
    assert isinstance(found, Eligible)
    assert set(found.last_days.values()) == {last_day}


async def test_days_of_business_leave_weekends_and_holidays_out(shop: Shop) -> None:
    with_window(shop, 0)
    # In Mexico 16 November 2026 is Revolution Day, a Monday.
    moment = datetime(2026, 11, 12, 18, tzinfo=UTC)
    found = await on_day(shop, await order_to(shop, "MX", delivered=moment), 1)
    assert isinstance(found, Eligible)
    assert found.right is not None
    assert found.right.last_day == date(2026, 11, 20)
    assert found.right.window == Duration(value=5, unit=TimeUnit.BUSINESS_DAY)


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("DE", 10, "some"),
        ("DE", 15, "final_sale"),
        ("US", 3, "final_sale"),
        ("KR", 7, "some"),
        ("KR", 8, "final_sale"),
        ("BR", 7, "some"),
        ("JP", 3, "final_sale"),
        ("HK", 3, "final_sale"),
    ],
)
async def test_final_sale_comes_back_where_the_law_says_so(
    shop: Shop, country: str, day: int, expected: str
) -> None:
    with_window(shop, 30)
    assert outcome(await on_day(shop, await order_to(shop, country, final_sale=True), day)) == expected


@pytest.mark.parametrize(
    ("country", "expected"), [("DE", "final_sale"), ("GB", "final_sale"), ("KR", "some")]
)
async def test_what_the_law_excepts_comes_back_by_the_shops_rules_alone(
    shop: Shop, country: str, expected: str
) -> None:
    order = await order_to(shop, country, final_sale=True, exceptions=(Exempt.SEALED_HYGIENE,))
    assert outcome(await on_day(shop, order, 2)) == expected


async def test_a_rule_that_nobody_checked_denies_nothing_and_asks_a_person(shop: Shop) -> None:
    shop.markets = unverified("DE")
    order = await order_to(shop, "DE", final_sale=True)
    found = await on_day(shop, order, 10)
    assert isinstance(found, Refusal)
    assert found.outcome == "right_unverified"
    assert found.facts["country"] == Country(code="DE")
    over = await on_day(shop, order, 20)
    assert isinstance(over, Refusal)
    assert (over.outcome, over.unchecked) == ("final_sale", Country(code="DE"))


async def test_a_country_outside_the_list_has_the_shops_rules_and_hears_it(shop: Shop) -> None:
    shop.markets = {}
    with_window(shop, 14)
    story = STORIES["delivered_long_ago_de"]
    told = await shop.call(
        "returnable_items", {"order_number": story.number}, shop.context(identity=owner(story))
    )
    assert told.outcome == "too_late"
    assert [each.statement for each in told.evidence] == ["return.too_late", "return.shop_rules"]


async def test_the_rule_is_that_of_the_day_of_the_order(shop: Shop) -> None:
    with_window(shop, 0)
    order = await order_to(shop, "DE")
    before = order.model_copy(update={"placed_at": datetime(2014, 6, 1, tzinfo=UTC)})
    found = await on_day(shop, before, 10)
    assert isinstance(found, Refusal)
    assert found.unchecked == Country(code="DE")


async def start(
    shop: Shop, order: Order, reason: ReturnReason, pieces: Mapping[str, int] | None = None
) -> ToolResult:
    shop.backend = Altered(shop.backend, **{name: getattr(order, name) for name in type(order).model_fields})
    chosen = pieces or {line.id: line.quantity for line in order.lines}
    lines = [{"line_id": line_id, "quantity": count} for line_id, count in chosen.items()]
    arguments = {"order_number": order.number, "lines": lines, "reason": reason}
    return await shop.call(
        "start_return", arguments, shop.context(identity=owner(STORIES["delivered_single_de"]))
    )


async def test_the_seller_pays_the_way_back_from_brazil(shop: Shop) -> None:
    order = await order_to(shop, "BR", delivered=NOW - timedelta(days=3))
    told = await start(shop, order, ReturnReason.CHANGED_MIND)
    assert told.evidence[0].statement == "return.proposed_free"


async def test_who_gives_everything_back_gets_delivery_back(shop: Shop) -> None:
    euros = Money(minor=490, currency="EUR")
    order = await order_to(shop, "DE", delivered=NOW - timedelta(days=3))
    order = order.model_copy(update={"shipping": euros, "total": order.subtotal + euros})
    told = await start(shop, order, ReturnReason.CHANGED_MIND)
    fee = POLICY.returns.fee.for_country("DE")
    assert told.evidence[0].facts["refund"] == order.lines[0].total - fee + euros
    (delivery,) = [each for each in told.evidence if each.statement == "return.delivery_back"]
    assert delivery.facts["delivery"] == euros


async def test_no_more_than_usual_delivery_is_paid_back(shop: Shop) -> None:
    express = Money(minor=1990, currency="EUR")
    order = await order_to(shop, "DE", delivered=NOW - timedelta(days=3))
    order = order.model_copy(update={"shipping": express, "total": order.subtotal + express})
    told = await start(shop, order, ReturnReason.WITHDRAWAL)
    (delivery,) = [each for each in told.evidence if each.statement == "return.delivery_back"]
    assert delivery.facts["delivery"] == Money(minor=490, currency="EUR")


@pytest.mark.parametrize(
    ("country", "days"), [("DE", 16), ("US", 3), ("KR", 3)], ids=["right over", "no right", "not in the rule"]
)
async def test_delivery_stays_paid_where_the_law_does_not_repay_it(
    shop: Shop, country: str, days: int
) -> None:
    order = await order_to(shop, country, delivered=NOW - timedelta(days=days))
    with_window(shop, 30, fee=POLICY.returns.fee.model_copy(update={"by_country": {}}))
    told = await start(shop, order, ReturnReason.CHANGED_MIND)
    assert told.outcome == "proposed"
    assert "return.delivery_back" not in [each.statement for each in told.evidence]


async def test_a_part_of_an_order_brings_no_delivery_back(shop: Shop) -> None:
    order = await order_of(shop, "delivered_quantity_de")
    line = next(line for line in order.lines if line.quantity > 1)
    story = STORIES["delivered_quantity_de"]
    lines = [{"line_id": line.id, "quantity": 1}]
    arguments = {"order_number": story.number, "lines": lines, "reason": "changed_mind"}
    told = await shop.call("start_return", arguments, shop.context(identity=owner(story)))
    assert [each.statement for each in told.evidence] == ["return.proposed"]


async def proposed(shop: Shop, handle: str, reason: str) -> ToolResult:
    story = STORIES[handle]
    order = await order_of(shop, handle)
    lines = [{"line_id": line.id, "quantity": line.quantity} for line in order.lines]
    arguments = {"order_number": story.number, "lines": lines, "reason": reason}
    return await shop.call("start_return", arguments, shop.context(identity=owner(story)))


async def test_by_law_is_told_with_the_proposal(shop: Shop) -> None:
    told = await proposed(shop, "final_sale_de", "withdrawal")
    assert told.outcome == "proposed"
    (law,) = [each for each in told.evidence if each.statement == "return.by_law"]
    assert law.facts["country"] == Country(code="AT")
    assert law.facts["window"] == Duration(value=14)


async def test_a_withdrawal_is_written_down_once_the_customer_has_said_yes(shop: Shop) -> None:
    told = await proposed(shop, "final_sale_de", "withdrawal")
    assert shop.receipts.sent == {}
    identity = owner(STORIES["final_sale_de"])
    for _ in range(2):
        done = await shop.confirm(told.data["proposal_id"], identity=identity)
        assert done.outcome == "done"
        assert [each.statement for each in done.evidence] == ["return.opened", "return.receipt"]
    ((declared, at, language),) = shop.receipts.sent.values()
    assert declared.to == STORIES["final_sale_de"].email
    assert at == DateTime.at(NOW, shop.zone)
    assert language == "en"
    assert len(declared.items.items) == len((await order_of(shop, "final_sale_de")).lines)


async def test_it_is_written_down_although_a_person_must_still_allow_it(shop: Shop) -> None:
    told = await proposed(shop, "high_value_return_de", "withdrawal")
    waiting = await shop.confirm(told.data["proposal_id"], identity=owner(STORIES["high_value_return_de"]))
    assert waiting.outcome == "awaiting_approval"
    assert waiting.evidence[-1].statement == "return.receipt"
    assert len(shop.receipts.sent) == 1


@pytest.mark.parametrize(("reason", "receipts"), [("too_small", 1), ("damaged", 0)])
async def test_a_return_without_a_fault_is_a_withdrawal_where_the_law_knows_one(
    shop: Shop, reason: str, receipts: int
) -> None:
    told = await proposed(shop, "delivered_single_de", reason)
    await shop.confirm(told.data["proposal_id"], identity=owner(STORIES["delivered_single_de"]))
    assert len(shop.receipts.sent) == receipts


@pytest.mark.parametrize(("reason", "receipts"), [("too_small", 0), ("withdrawal", 1)])
async def test_without_a_right_only_a_declared_withdrawal_is_written_down(
    shop: Shop, reason: str, receipts: int
) -> None:
    shop.markets = {}
    told = await proposed(shop, "delivered_single_de", reason)
    await shop.confirm(told.data["proposal_id"], identity=owner(STORIES["delivered_single_de"]))
    assert len(shop.receipts.sent) == receipts


async def test_the_window_that_is_told_is_not_shorter_than_the_laws(shop: Shop) -> None:
    with_window(shop, 7)
    for country, days in (("DE", 14), ("US", 7), ("JP", 7)):
        told = await shop.call("answer_policy", {"topic": "return_window", "country": country})
        assert told.evidence[0].facts["window"] == Duration(value=days)
