"""What a parcel costs at a border: by the rules of the day, and never more certain than they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from facts.values import CurrencyMismatch, Money
from markets.consignment import Consignment, Doubt, Line, Payer, Span, Terms
from markets.exchange import ExchangeRates
from markets.landed import LandedCost, landed_cost
from markets.models import MarketRules
from markets.rules import MarketsError, exchange_rates, market_rules

TODAY = date(2026, 11, 23)
RATES = ExchangeRates(
    base="USD", as_of=date(2026, 11, 20), source="A bank of the tests",
    rates={"BRL": Decimal("5.00"), "EUR": Decimal("0.80"), "PLN": Decimal("4.00")},
)  # fmt: skip


def money(written: str) -> Money:
    return Money.of(*written.split())


def parcel(destination: str, *goods: str, shipping: str | None = None, **more: Any) -> Consignment:
    lines = tuple(Line(money(each)) for each in goods)
    currency = lines[0].value.currency
    made = Consignment("CN", destination, lines, money(shipping or f"0 {currency}"), Terms.DAP, TODAY)
    return replace(made, **more)


def cost(consignment: Consignment, rates: ExchangeRates | None = None) -> LandedCost:
    found = landed_cost(consignment, market_rules(), rates)
    assert found
    return found


def exactly(amount: str) -> Span:
    return Span.exactly(money(amount))


def test_american_parcel_has_no_free_value_any_more_and_its_duty_is_not_known() -> None:
    found = cost(parcel("US", "60 USD"))
    assert found.duty.span == Span(money("0 USD"), None)
    assert found.duty.payer is Payer.RECIPIENT
    assert found.tax.span == exactly("0 USD")
    assert found.total == Span(money("60 USD"), None)
    assert found.doubts == {Doubt.HEADING, Doubt.CARRIER_FEE}
    assert not found.sure
    assert "1321" not in " ".join(rule.source for rule in found.rules)


@pytest.mark.parametrize(
    ("day", "free"), [(date(2025, 8, 28), True), (date(2025, 8, 29), False), (date(2026, 2, 24), False)]
)
def test_american_exemption_ended_on_the_29th_of_august_2025(day: date, free: bool) -> None:
    found = cost(parcel("US", "60 USD", day=day))
    assert found.duty.span.nothing is free
    assert found.asked.nothing is free
    assert found.doubts == (frozenset() if free else {Doubt.HEADING, Doubt.CARRIER_FEE})


def test_german_parcel_with_ioss_pays_the_flat_duty_and_no_tax_at_the_door() -> None:
    found = cost(parcel("DE", "40 EUR", "60 EUR", schemes=frozenset({"IOSS"}), handling=money("6 EUR")))
    assert found.scheme is not None
    assert found.scheme.name == "IOSS"
    assert found.tax.payer is Payer.SELLER
    assert found.duty.span == Span(money("3 EUR"), money("6 EUR"))
    assert found.duty.doubts == {Doubt.HEADING}
    assert found.asked == Span(money("9 EUR"), money("12 EUR"))
    assert found.total == Span(money("109 EUR"), money("112 EUR"))
    assert found.sure


@pytest.mark.parametrize(
    ("headings", "duty"), [(("610910", "640411"), "6 EUR"), (("610910", "610910"), "3 EUR")]
)
def test_the_flat_duty_is_for_each_heading_not_for_each_piece(headings: tuple[str, str], duty: str) -> None:
    lines = tuple(Line(money("20 EUR"), heading) for heading in headings)
    assert cost(parcel("DE", "1 EUR", lines=lines)).duty.span == exactly(duty)


def test_without_ioss_the_tax_is_asked_for_on_goods_carriage_and_duty() -> None:
    found = cost(parcel("DE", "100 EUR", shipping="10 EUR"))
    assert found.scheme is None
    assert found.duty.span == exactly("3 EUR")
    assert found.tax.span == Span(money("19.57 EUR"), money("21.47 EUR"))
    assert found.tax_percent == 19


def test_before_july_2026_the_same_parcel_was_free_of_duty() -> None:
    found = cost(parcel("DE", "100 EUR", day=date(2026, 6, 30)))
    assert found.duty.span == exactly("0 EUR")
    assert found.tax.span == exactly("19 EUR")


def test_above_150_euros_ioss_does_not_help_and_the_tariff_is_not_known() -> None:
    found = cost(parcel("DE", "150.01 EUR", schemes=frozenset({"IOSS"})))
    assert found.scheme is None
    assert found.asked.high is None
    assert found.tax.span.low == money("28.50 EUR")
    assert cost(parcel("DE", "150 EUR", schemes=frozenset({"IOSS"}))).scheme


def test_within_the_union_no_border_is_crossed() -> None:
    found = cost(parcel("DE", "500 EUR", origin="NL"))
    assert found.within_union
    assert found.asked.nothing
    assert not found.doubts


@pytest.mark.parametrize(
    ("goods", "shipping", "tax", "asked"),
    [
        ("50 CHF", "10 CHF", Span.exactly(Money.of("0", "CHF")), True),
        ("60 CHF", "10 CHF", Span(Money.of("4.86", "CHF"), Money.of("5.67", "CHF")), False),
    ],
)
def test_swiss_tax_is_not_levied_up_to_62_francs_with_postage(
    goods: str, shipping: str, tax: Span, asked: bool
) -> None:
    found = cost(parcel("CH", goods, shipping=shipping))
    assert found.duty.span == exactly("0 CHF")
    assert found.tax.span == tax
    assert found.asked.nothing is asked
    assert not found.sure


def test_swiss_limit_counts_the_postage() -> None:
    assert not cost(parcel("CH", "60 CHF", shipping="3 CHF")).tax.span.nothing
    assert cost(parcel("CH", "60 CHF")).tax.span.nothing


def test_brazilian_duty_needs_a_rate_and_the_tax_of_the_state_is_not_known() -> None:
    blind = cost(parcel("BR", "200 BRL"))
    assert blind.duty.span == Span(money("0 BRL"), None)
    assert Doubt.EXCHANGE_RATE in blind.doubts
    seeing = cost(parcel("BR", "200 BRL", shipping="20 BRL"), RATES)
    assert seeing.duty.span == Span(money("120 BRL"), money("132 BRL"))
    assert seeing.tax.span.high is None
    assert seeing.doubts == {Doubt.TAX_RATE, Doubt.CARRIER_FEE}
    assert seeing.rates is RATES
    assert not seeing.sure


def test_brazilian_scheme_lowers_the_duty_and_collects_everything() -> None:
    joined = frozenset({"Remessa Conforme"})
    small = cost(parcel("BR", "200 BRL", schemes=joined), RATES)
    assert small.duty.span == exactly("40 BRL")
    assert small.asked.nothing
    large = cost(parcel("BR", "500 BRL", schemes=joined), RATES)
    assert large.duty.span == exactly("200 BRL")
    assert large.duty.payer is Payer.SELLER


@pytest.mark.parametrize(("day", "used"), [(date(2026, 12, 20), True), (date(2027, 1, 20), False)])
def test_old_rates_are_no_rates(day: date, used: bool) -> None:
    assert (cost(parcel("BR", "200 BRL", day=day), RATES).duty.span.high is not None) is used


def test_emirates_tax_from_the_first_dirham_and_a_duty_that_nobody_has_checked() -> None:
    found = cost(parcel("AE", "400 AED"))
    assert found.duty.span == exactly("0 AED")
    assert found.tax.span == exactly("20 AED")
    assert found.asked == exactly("20 AED")
    assert not found.sure
    dear = cost(parcel("AE", "2000 AED", shipping="100 AED", handling=money("15 AED")))
    assert dear.duty.span == Span(money("100 AED"), money("105 AED"))
    assert dear.asked == Span(money("220 AED"), money("230.25 AED"))


def test_korean_limit_in_dollars_is_another_one_for_american_goods() -> None:
    rates = RATES.model_copy(update={"rates": {"KRW": Decimal(1000)}})
    from_china = cost(parcel("KR", "180000 KRW"), rates)
    assert from_china.asked.high is None
    assert cost(parcel("KR", "180000 KRW", origin="US"), rates).asked.nothing
    assert Doubt.EXCHANGE_RATE in cost(parcel("KR", "180000 KRW")).doubts


def test_no_duty_of_the_voec_scheme_for_who_is_not_in_it() -> None:
    assert cost(parcel("NO", "1000 NOK")).duty.span.high is None
    assert cost(parcel("NO", "1000 NOK", schemes=frozenset({"VOEC"}))).asked.nothing


def test_delivered_duty_paid_asks_the_recipient_for_nothing() -> None:
    found = cost(parcel("US", "60 USD", terms=Terms.DDP))
    assert found.duty.payer is Payer.SELLER
    assert found.asked.nothing
    assert found.total == exactly("60 USD")


def test_japanese_parcel_within_the_limit_and_above_it() -> None:
    assert cost(parcel("JP", "10000 JPY")).asked.nothing
    dear = cost(parcel("JP", "10001 JPY"))
    assert dear.tax.span == Span(money("1000 JPY"), None)
    assert dear.tax_percent == 10
    assert not dear.tax.sure


def test_canadian_tax_depends_on_the_province() -> None:
    assert cost(parcel("CA", "20 CAD")).asked.nothing
    dear = cost(parcel("CA", "60 CAD"))
    assert dear.tax.span.high is None
    assert Doubt.TAX_RATE in dear.doubts


def test_country_outside_the_list_is_not_known() -> None:
    assert landed_cost(parcel("AQ", "60 USD"), market_rules()) is None


def test_unverified_rule_grants_and_denies_nothing_for_sure() -> None:
    rules = {"XX": MarketRules.model_validate({
        "country": "XX", "currency": "EUR",
        "imports": {"duty": {"bands": [{"kind": "none"}], "unverified": True, "source": "Hearsay of the trade"}},
        "consumer_tax": {"kind": "none", "in_prices": True, "unverified": True, "source": "Hearsay of the trade"},
    })}  # fmt: skip
    found = _cost_by(rules, parcel("XX", "60 EUR"))
    assert found.asked.nothing
    assert not found.sure


def test_what_no_file_says_is_not_known() -> None:
    rules = {"XX": MarketRules(country="XX", currency="EUR")}
    found = _cost_by(rules, parcel("XX", "60 EUR"))
    assert found.doubts == {Doubt.RULE, Doubt.CARRIER_FEE}
    assert found.asked == Span(money("0 EUR"), None)
    assert not found.sure


def test_two_currencies_in_one_consignment_are_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        cost(parcel("DE", "10 EUR", "10 USD"))


@pytest.mark.parametrize("country", sorted(market_rules()))
def test_every_country_of_the_list_has_an_answer(country: str) -> None:
    currency = market_rules()[country].currency
    found = cost(parcel(country, f"100000 {currency}", origin="US"), RATES)
    assert found.total.low.minor >= found.consignment.goods.minor
    assert found.within_union or found.rules


def test_rates_come_from_the_shops_own_folder(tmp_path: Path) -> None:
    assert exchange_rates() is None
    assert exchange_rates(tmp_path) is None
    (tmp_path / "rates.yaml").write_text(
        "{base: EUR, as_of: 2026-11-20, source: A bank of the tests, rates: {PLN: '4.25', JPY: '170.5'}}",
        "utf-8",
    )
    exchange_rates.cache_clear()
    rates = exchange_rates(tmp_path)
    assert rates
    assert rates.convert(money("3 EUR"), "PLN") == money("12.75 PLN")
    assert rates.convert(money("4.25 PLN"), "JPY") == money("171 JPY")
    assert rates.convert(money("1 EUR"), "USD") is None


def test_wrong_rates_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "rates.yaml").write_text(
        "{base: EUR, as_of: 2026-11-20, source: Bank, rates: {PLN: 0}}", "utf-8"
    )
    with pytest.raises(MarketsError, match="rates"):
        exchange_rates(tmp_path)


def _cost_by(rules: Mapping[str, MarketRules], consignment: Consignment) -> LandedCost:
    found = landed_cost(consignment, rules)
    assert found
    return found
