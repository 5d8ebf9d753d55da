"""What is to be paid on delivery: of an order, of a basket, of a country; the plain answer first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from commerce.models import Address, Order, OrderStatus
from conversations.models import Level
from facts.values import Duration, Listing, Money, Term, TimeUnit
from knowledge.policy import Duties, ShippingZone
from markets.exchange import ExchangeRates
from markets.models import MarketRules
from tests.unit.tools.harness import NOBODY, POLICY, STORIES, Shop, owner
from tests.unit.tools.putting import put
from tools.tool import ToolResult

STORY = STORIES["processing_eur_en"]
RATES = ExchangeRates(
    base="USD", as_of=date(2026, 11, 2), source="A bank of the tests", rates={"BRL": Decimal(5)}
)


def money(written: str) -> Money:
    return Money.of(*written.split())


def lane(shop: Shop, country: str, currency: str, duties: Duties = Duties.CUSTOMER_PAYS, **more: Any) -> None:
    """Makes the shop send parcels to the country from China, by rules of its own."""
    zone = ShippingZone.model_validate({
        "id": "lane", "countries": [country], "transit": {"low": 5, "high": 9}, "normal_scan_gap_days": 5,
        "cost": {"minor": 500, "currency": currency}, "duties": duties, "ships_from": "CN",
        **{name: value for name, value in more.items() if name != "schemes"},
    })  # fmt: skip
    shipping = POLICY.shipping.model_copy(
        update={"zones": (zone,), "seller_schemes": more.get("schemes", ())}
    )
    shop.policy = POLICY.model_copy(update={"shipping": shipping})


async def order_to(shop: Shop, country: str, goods: str, **changes: Any) -> Order:
    """The story's order, sent to another country: one line, no tax in its price, delivery for nothing."""
    order = await shop.backend.order_by_number(STORY.number)
    assert order
    value = money(goods)
    nothing = Money(minor=0, currency=value.currency)
    there = Address.model_validate({**order.shipping_address.model_dump(), "country": country})
    line = order.lines[0].model_copy(update={"quantity": 1, "unit_price": value, "total": value})
    update: dict[str, Any] = {
        "lines": (line,), "subtotal": value, "shipping": nothing, "tax": nothing, "duties": nothing,
        "total": value, "shipping_address": there, **changes,
    }  # fmt: skip
    changed = order.model_copy(update=update)
    await put(shop, orders=(changed,))
    return changed


async def asked(shop: Shop, **arguments: str) -> ToolResult:
    return await shop.call("landed_cost", arguments, shop.context(identity=owner(STORY)))


async def of_order(shop: Shop, country: str, goods: str, **changes: Any) -> ToolResult:
    await order_to(shop, country, goods, **changes)
    return await asked(shop, order_number=STORY.number)


def said(result: ToolResult) -> list[str]:
    return [str(entry.statement) for entry in result.evidence]


def reasons(result: ToolResult) -> set[str]:
    (told,) = [entry for entry in result.evidence if entry.statement == "landed.depends"]
    listed = told.facts["reasons"]
    assert isinstance(listed, Listing)
    return {each.id.rpartition(".")[2] for each in listed.items if isinstance(each, Term)}


async def test_american_order_is_told_that_its_duty_cannot_be_told(shop: Shop) -> None:
    lane(shop, "US", "USD")
    found = await of_order(shop, "US", "60 USD")
    assert found.outcome == "uncertain"
    assert said(found) == [
        "landed.unsure", "landed.duty_unknown", "landed.tax_none", "landed.depends", "landed.source", "landed.unverified",
    ]  # fmt: skip
    assert reasons(found) == {"heading", "carrier_fee"}


async def test_german_order_with_ioss_pays_the_flat_duty_alone(shop: Shop) -> None:
    lane(shop, "DE", "EUR", schemes=("IOSS",), carrier_handling={"minor": 600, "currency": "EUR"})
    found = await of_order(shop, "DE", "119 EUR", tax=money("19 EUR"))
    assert found.outcome == "due"
    assert said(found) == [
        "landed.due_about", "landed.duty", "landed.scheme", "landed.handling", "landed.total", "landed.source",
    ]  # fmt: skip
    assert found.evidence[0].facts["amount"] == money("9 EUR")
    assert found.evidence[1].facts["amount"] == money("3 EUR")


async def test_the_tax_in_the_price_does_not_count_against_the_limit(shop: Shop) -> None:
    lane(shop, "DE", "EUR", schemes=("IOSS",))
    within = await of_order(shop, "DE", "170 EUR", tax=money("27.14 EUR"))
    assert "landed.scheme" in said(within)
    above = await of_order(shop, "DE", "190 EUR", tax=money("30.34 EUR"))
    assert said(above)[:2] == ["landed.unsure", "landed.duty_unknown"]


async def test_swiss_order_names_the_tax_and_that_it_is_not_checked(shop: Shop) -> None:
    lane(shop, "CH", "CHF")
    found = await of_order(shop, "CH", "100 CHF")
    assert found.outcome == "uncertain"
    assert said(found)[:3] == ["landed.due_about", "landed.duty_none", "landed.tax"]
    assert found.evidence[0].facts["amount"] == money("8.10 CHF")
    small = await of_order(shop, "CH", "40 CHF")
    assert said(small)[0] == "landed.nothing_expected"


async def test_brazilian_order_without_and_with_rates(shop: Shop) -> None:
    lane(shop, "BR", "BRL")
    blind = await of_order(shop, "BR", "200 BRL")
    assert said(blind)[:3] == ["landed.unsure", "landed.duty_unknown", "landed.tax_unknown"]
    assert "exchange_rate" in reasons(blind)
    shop.rates = RATES
    seeing = await asked(shop, order_number=STORY.number)
    assert said(seeing)[:3] == ["landed.unsure", "landed.duty", "landed.tax_unknown"]
    assert seeing.evidence[1].facts["amount"] == money("120 BRL")
    assert "landed.rate" in said(seeing)


async def test_order_to_the_emirates_is_taxed_by_rules_that_nobody_has_checked(shop: Shop) -> None:
    lane(shop, "AE", "AED")
    found = await of_order(shop, "AE", "400 AED")
    assert found.outcome == "uncertain"
    assert found.evidence[0].facts["amount"] == money("20 AED")
    assert said(found)[-1] == "landed.unverified"


async def test_country_outside_the_list_hears_the_shops_policy_and_that_it_is_that(shop: Shop) -> None:
    lane(shop, "AQ", "USD")
    for found in (await of_order(shop, "AQ", "60 USD"), await asked(shop, country="AQ")):
        assert found.outcome == "shop_policy"
        assert said(found) == ["policy.duties_customer_pays", "landed.shop_policy"]


async def test_unverified_rule_says_so_and_denies_nothing(shop: Shop) -> None:
    hearsay = {"unverified": True, "source": "Hearsay of the trade"}
    shop.markets = {"XA": MarketRules.model_validate({
        "country": "XA", "currency": "EUR",
        "imports": {"duty": {"bands": [{"kind": "percent", "percent": 10}], **hearsay}},
        "consumer_tax": {"kind": "none", "in_prices": True, **hearsay},
    })}  # fmt: skip
    lane(shop, "XA", "EUR", carrier_handling={"minor": 0, "currency": "EUR"})
    found = await of_order(shop, "XA", "60 EUR")
    assert found.outcome == "uncertain"
    assert said(found)[0] == "landed.due_about"
    assert said(found)[-1] == "landed.unverified"


@pytest.mark.parametrize(("duties", "first"), [
    (Duties.INCLUDED, "policy.duties_included"), (Duties.NONE, "landed.unsure"),
])  # fmt: skip
async def test_included_is_a_promise_and_none_is_only_what_the_shop_believes(
    shop: Shop, duties: Duties, first: str
) -> None:
    lane(shop, "US", "USD", duties)
    assert said(await of_order(shop, "US", "60 USD"))[0] == first


async def test_what_was_collected_with_the_order_is_not_due_again(shop: Shop) -> None:
    lane(shop, "US", "USD")
    found = await of_order(shop, "US", "60 USD", duties=money("9 USD"), total=money("69 USD"))
    assert found.outcome == "nothing_due"
    assert said(found) == ["landed.nothing_more", "landed.duty_paid"]


async def test_within_the_union_there_is_nothing_to_pay(shop: Shop) -> None:
    assert said(await of_order(shop, "DE", "500 EUR")) == ["policy.duties_none"]


async def test_cancelled_order_is_over(shop: Shop) -> None:
    found = await of_order(shop, "DE", "60 EUR", status=OrderStatus.CANCELLED)
    assert (found.outcome, said(found)) == ("order_over", ["charges.order_over"])


async def test_basket_before_it_is_ordered_has_the_shops_delivery(shop: Shop) -> None:
    lane(shop, "JP", "JPY", cost={"minor": 2000, "currency": "JPY"})
    cheap = await asked(shop, country="JP", value="9000 JPY")
    assert (cheap.outcome, said(cheap)[0]) == ("nothing_due", "landed.nothing_more")
    dear = await asked(shop, country="JP", value="20000 JPY")
    assert said(dear)[:3] == ["landed.unsure", "landed.duty_unknown", "landed.tax_percent"]
    lane(shop, "DE", "EUR", carrier_handling={"minor": 0, "currency": "EUR"})
    german = await asked(shop, country="DE", value="100 EUR")
    assert said(german)[0] == "landed.due"
    (total,) = [entry for entry in german.evidence if entry.statement == "landed.total_range"]
    assert total.facts["low"] == money("127.57 EUR")


async def test_country_alone_has_the_shops_rule_and_the_value_that_is_free(shop: Shop) -> None:
    found = await asked(shop, country="JP")
    assert found.outcome == "general"
    assert said(found) == ["policy.duties_customer_pays", "landed.free_up_to", "landed.source"]
    assert found.evidence[1].facts["amount"] == money("10000 JPY")
    assert said(await asked(shop, country="CH")) == ["policy.duties_included"]
    assert said(await asked(shop, country="AQ")) == ["delivery.not_served"]


async def test_country_is_asked_for_where_none_is_known(shop: Shop) -> None:
    assert (await asked(shop)).outcome == "country_needed"
    shop.market = "JP"
    assert (await asked(shop)).outcome == "general"


async def test_another_country_than_the_orders_is_a_general_question(shop: Shop) -> None:
    found = await asked(shop, order_number=STORY.number, country="JP")
    assert found.outcome == "general"


@pytest.mark.parametrize("value", ["60", "60 usd", "-60 USD", "60.123 USD", "1e9 USD"])
async def test_wrong_values_are_refused(shop: Shop, value: str) -> None:
    assert (await asked(shop, country="JP", value=value)).outcome == "invalid_arguments"


async def test_an_order_needs_identity_and_a_country_none(shop: Shop) -> None:
    nobody = shop.context(identity=NOBODY)
    order = await shop.call("landed_cost", {"order_number": STORY.number}, nobody)
    assert order.outcome == "identity_needed"
    assert (await shop.call("landed_cost", {"country": "JP"}, nobody)).outcome == "general"


async def test_who_got_it_as_a_present_hears_no_amount(shop: Shop) -> None:
    lane(shop, "CH", "CHF")
    await order_to(shop, "CH", "100 CHF", gift=True)
    context = replace(shop.context(), recipient=True)
    await shop.desk.grant("cnv_1", "ord_" + STORY.number.partition("-")[2], Level.ORDER_READ)
    found = await shop.call("landed_cost", {"order_number": STORY.number}, context)
    assert "present.withheld" in said(found)
    assert not any(isinstance(fact, Money) for entry in found.evidence for fact in entry.facts.values())


@pytest.mark.parametrize(("country", "statement", "days"), [
    ("BR", "policy.return_cost_by_law", 7), ("DE", "policy.return_cost_in", None), ("US", "policy.return_cost_in", None),
])  # fmt: skip
async def test_return_cost_is_the_sellers_as_long_as_the_law_says_so(
    shop: Shop, country: str, statement: str, days: int | None
) -> None:
    (told,) = (await shop.call("answer_policy", {"topic": "return_cost", "country": country})).evidence
    assert told.statement == statement
    assert told.facts.get("window") == (Duration(value=days) if days else None)


async def test_return_is_free_where_the_law_outlasts_the_shops_window(shop: Shop) -> None:
    returns = POLICY.returns.model_copy(update={"window_days_by_country": {"BR": 5}})
    shop.policy = POLICY.model_copy(update={"returns": returns})
    (told,) = (await shop.call("answer_policy", {"topic": "return_cost", "country": "BR"})).evidence
    assert told.statement == "policy.return_cost_free_in"


async def test_law_that_nobody_has_checked_changes_no_cost_and_no_time(shop: Shop) -> None:
    rule = {
        "days": 14,
        "return_paid_by": "seller",
        "refund_within_days": 1,
        "unverified": True,
        "source": "Hearsay of the trade",
    }
    shop.markets = {
        "BR": MarketRules.model_validate({"country": "BR", "currency": "BRL", "withdrawal": rule})
    }
    (cost,) = (await shop.call("answer_policy", {"topic": "return_cost", "country": "BR"})).evidence
    assert cost.statement == "policy.return_cost_in"
    (time,) = (await shop.call("answer_policy", {"topic": "refund_time", "country": "BR"})).evidence
    assert time.facts["after_return"] == Duration(value=POLICY.returns.refund_within_days)


@pytest.mark.parametrize(("country", "within"), [
    ("KR", Duration(value=3, unit=TimeUnit.BUSINESS_DAY)), ("DE", Duration(value=7)), (None, Duration(value=7)),
])  # fmt: skip
async def test_refund_time_is_the_sooner_one_of_law_and_policy(
    shop: Shop, country: str | None, within: Duration
) -> None:
    arguments = {"topic": "refund_time"} | ({"country": country} if country else {})
    (told,) = (await shop.call("answer_policy", arguments)).evidence
    assert told.facts["after_return"] == within
