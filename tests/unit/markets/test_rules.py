"""The rules of countries: what is shipped is sound, a shop may overlay it, and what is broken is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from facts.values import Money
from markets.border import DeMinimis, DutyBand, DutyKind
from markets.check import all_rules, main, stale
from markets.holidays import public_holidays
from markets.models import MarketRules
from markets.rights import ReturnPayer, Starts, Withdrawal
from markets.rules import MarketsError, market_rules, rules_of

UNION = {
    *(
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
    ),
    *("MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
}
OTHERS = {
    *(
        "GB",
        "CH",
        "NO",
        "US",
        "CA",
        "MX",
        "BR",
        "AU",
        "NZ",
        "JP",
        "KR",
        "CN",
        "HK",
        "TW",
        "SG",
        "TH",
        "VN",
        "ID",
    ),
    *("IN", "TR", "AE", "SA", "RU"),
}
TODAY = date(2026, 11, 23)


def known(country: str) -> MarketRules:
    rules = rules_of(country)
    assert rules
    return rules


def right(country: str, day: date = TODAY) -> Withdrawal:
    dated = known(country).withdrawal
    assert dated
    rule = dated.on(day)
    assert rule
    return rule


def free(country: str, day: date) -> DeMinimis:
    dated = known(country).imports.de_minimis
    assert dated
    rule = dated.on(day)
    assert rule
    return rule


def band(country: str, day: date, value: Money) -> DutyBand:
    dated = known(country).imports.duty
    assert dated
    rule = dated.on(day)
    assert rule
    found = rule.band(value)
    assert found
    return found


def own(folder: Path, country: str, text: str) -> Path:
    (folder / "countries").mkdir(exist_ok=True)
    (folder / "countries" / f"{country}.yaml").write_text(text, "utf-8")
    return folder


def test_every_market_is_there() -> None:
    assert set(market_rules()) == UNION | OTHERS


@pytest.mark.parametrize("country", sorted(UNION | OTHERS))
def test_market_knows_tax_withdrawal_and_guarantee_today(country: str) -> None:
    rules = known(country)
    for dated in (rules.consumer_tax, rules.withdrawal, rules.guarantee):
        assert dated
        assert dated.on(TODAY)


def test_every_rule_has_a_source_and_a_date_or_is_unverified() -> None:
    for key, rule in all_rules():
        assert rule.source, key
        assert rule.unverified or (rule.since and rule.checked), key
        assert rule.checked is None or rule.checked <= TODAY, key


def test_unverified_rule_never_denies() -> None:
    unverified = [rule for _, rule in all_rules() if rule.unverified]
    assert unverified
    assert not any(rule.may_deny for rule in unverified)
    assert right("DE").may_deny


def test_country_outside_the_list_has_no_rules() -> None:
    assert rules_of("XX") is None


def test_country_takes_its_regions_rules_and_its_own_win() -> None:
    german, spanish = known("DE").guarantee, known("ES").guarantee
    assert german
    assert spanish
    now = german.on(TODAY), spanish.on(TODAY)
    assert [rule.months for rule in now if rule] == [24, 36]
    assert right("ES") == right("DE")


@pytest.mark.parametrize(
    ("country", "days", "payer"),
    [
        ("DE", 14, ReturnPayer.CUSTOMER_IF_TOLD),
        ("GB", 14, ReturnPayer.CUSTOMER_IF_TOLD),
        ("BR", 7, ReturnPayer.SELLER),
        ("TW", 7, ReturnPayer.SELLER),
        ("CN", 7, ReturnPayer.CUSTOMER),
        ("KR", 7, ReturnPayer.CUSTOMER),
        ("JP", 8, ReturnPayer.CUSTOMER),
        ("CH", 0, None),
        ("US", 0, None),
    ],
)
def test_withdrawal(country: str, days: int, payer: ReturnPayer | None) -> None:
    rule = right(country)
    assert (rule.days, rule.return_paid_by, rule.starts) == (days, payer, Starts.DELIVERY)


def test_withdrawal_in_the_union_wants_a_button_since_june_2026() -> None:
    assert not right("FR", date(2026, 6, 18)).online_function
    assert right("FR", date(2026, 6, 19)).online_function


def test_american_exemption_ends_on_29_august_2025() -> None:
    assert free("US", date(2025, 8, 28)).amount == Money.of("800", "USD")
    assert free("US", date(2025, 8, 29)).amount == Money.of("0", "USD")
    parcel = Money.of("40", "USD")
    assert band("US", date(2025, 8, 28), parcel).kind is DutyKind.NONE
    assert band("US", date(2025, 8, 29), parcel).kind is DutyKind.TARIFF


def test_european_parcels_pay_a_flat_duty_for_each_heading_since_1_july_2026() -> None:
    cheap, dear = Money.of("149.99", "EUR"), Money.of("150.01", "EUR")
    assert band("NL", date(2026, 6, 30), cheap).kind is DutyKind.NONE
    flat = band("NL", date(2026, 7, 1), cheap)
    assert (flat.kind, flat.amount) == (DutyKind.FLAT_PER_HEADING, Money.of("3", "EUR"))
    assert band("NL", date(2026, 7, 1), dear).kind is DutyKind.TARIFF
    assert free("NL", date(2026, 7, 1)).amount.minor == 0


def test_rule_that_ended_gives_way_to_the_one_before() -> None:
    vietnamese = known("VN").consumer_tax
    assert vietnamese
    percents = [rule.percent for day in (TODAY, date(2027, 1, 1)) if (rule := vietnamese.on(day))]
    assert percents == [Decimal(8), Decimal(10)]


def test_russia_is_served_only_where_the_shop_says_so() -> None:
    assert known("RU").lawful_to_serve
    assert not known("DE").lawful_to_serve


def test_shops_folder_wins_rule_by_rule(tmp_path: Path) -> None:
    folder = own(
        tmp_path,
        "DE",
        "guarantee: {months: 36, against: seller, remedies: [repair], source: Our own counsel, since: 2027-01-01,"
        " checked: 2026-12-01}\n"
        "imports:\n  vat_at_import: {percent: 7, source: Our own counsel, unverified: true}\n",
    )
    rules = rules_of("DE", folder)
    assert rules
    assert rules.guarantee
    assert [rule.months for rule in rules.guarantee.root] == [36]
    assert rules.guarantee.on(TODAY) is None
    assert rules.withdrawal == known("DE").withdrawal
    assert rules.imports.duty == known("DE").imports.duty
    assert rules.imports.vat_at_import != known("DE").imports.vat_at_import


def test_shop_may_add_a_country_to_a_region(tmp_path: Path) -> None:
    rules = rules_of("IS", own(tmp_path, "IS", "currency: ISK\nregion: eu\n"))
    assert rules
    assert rules.withdrawal == known("DE").withdrawal


CHECKED = "source: Some law of ours, since: 2020-01-01, checked: 2026-01-01"


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (f"withdrawal: {{days: many, {CHECKED}}}", "withdrawal.days", "valid integer"),
        (
            f"withdrawal: [{{days: 7, {CHECKED}}}, {{days: -1, {CHECKED}}}]",
            "withdrawal.1.days",
            "greater than",
        ),
        (f"withdrawal: {{days: 7, dayz: 8, {CHECKED}}}", "withdrawal.dayz", "not permitted"),
        ("withdrawal: {days: 7, since: 2020-01-01, checked: 2026-01-01}", "withdrawal.source", "required"),
        (
            "withdrawal: {days: 7, source: Some law of ours, since: 2020-01-01}",
            "withdrawal",
            "unverified: true",
        ),
        (f"withdrawal: {{days: 7, unverified: true, {CHECKED}}}", "withdrawal", "unverified: true"),
        ("withdrawal: {days: 7, source: Some law of ours, checked: 2026-01-01}", "withdrawal", "since"),
        (f"withdrawal: [{{days: 7, {CHECKED}}}, {{days: 8, {CHECKED}}}]", "withdrawal", "same day"),
        (f"imports: {{duty: {{bands: [{{kind: percent}}], {CHECKED}}}}}", "imports.duty.bands.0", "percent"),
        (
            f"imports: {{de_minimis: {{amount: 150, what: [duty], {CHECKED}}}}}",
            "imports.de_minimis.amount",
            "",
        ),
        (
            f"imports: {{de_minimis: {{amount: x EUR, what: [duty], {CHECKED}}}}}",
            "imports.de_minimis.amount",
            "150 EUR",
        ),
        ("region: atlantis", "region", "no region"),
        ("currency: euro", "currency", "pattern"),
        ("- a list", "", "no mapping"),
        ("a: [", "", "while parsing"),
    ],
)
def test_broken_file_is_named_with_its_key_and_the_reason(
    tmp_path: Path, text: str, key: str, reason: str
) -> None:
    folder = own(tmp_path, "DE", text)
    with pytest.raises(MarketsError) as caught:
        market_rules(folder)
    assert caught.value.file == folder / "countries" / "DE.yaml"
    assert caught.value.key == key
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"{folder / 'countries' / 'DE.yaml'}: ")


def test_fault_in_a_regions_file_is_named_there(tmp_path: Path) -> None:
    (tmp_path / "regions").mkdir()
    file = tmp_path / "regions" / "eu.yaml"
    file.write_text(f"withdrawal: {{days: none, {CHECKED}}}", "utf-8")
    with pytest.raises(MarketsError) as caught:
        market_rules(tmp_path)
    assert (caught.value.file, caught.value.key) == (file, "withdrawal.days")


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MarketsError, match="nowhere: is no folder"):
        market_rules(tmp_path / "nowhere")


def test_check_lists_what_is_unverified_and_what_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], date(2030, 1, 1)) == 0
    told = capsys.readouterr().out
    assert "unverified  AE.withdrawal" in told
    assert "stale       DE.withdrawal" in told
    assert not any(stale(rule, TODAY) for _, rule in all_rules())


def test_check_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(own(tmp_path, "FR", "currency: 1"))], TODAY) == 1
    assert "FR.yaml: currency: " in capsys.readouterr().out


def test_holidays_are_those_of_the_country_and_its_region() -> None:
    assert date(2026, 10, 3) in public_holidays("DE", 2026)
    assert date(2026, 1, 6) in public_holidays("DE", 2026, "BY")
    assert date(2026, 1, 6) not in public_holidays("DE", 2026)
    assert public_holidays("DE", 2026, "ZZ") == public_holidays("DE", 2026)
    assert public_holidays("XX", 2026) == frozenset()


@pytest.mark.parametrize("country", sorted(UNION | OTHERS))
def test_every_market_has_holidays(country: str) -> None:
    assert public_holidays(country, 2026)
