"""What a country pays: currency, prices, shipping, tax and duties, after the shop's own policy file."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from commerce.demo.files import demo_policy_file, read_data, read_yaml
from commerce.demo.numbers import salt
from facts.values import Money

# The policy is read here as plain data: the room that checks it stands above this one.


class Market:
    """The prices and rules of the demo shop by country."""

    def __init__(self) -> None:
        policy = read_yaml(demo_policy_file())
        data = read_data("markets")
        self._returns: dict[str, Any] = policy["returns"]
        self._zones = {code: zone for zone in policy["shipping"]["zones"] for code in zone["countries"]}
        self._currencies: dict[str, dict[str, Decimal]] = {
            code: {name: Decimal(value) for name, value in rule.items()}
            for code, rule in data["currencies"].items()
        }
        self._tax: dict[str, Any] = data["tax_percent"]
        self._duty: dict[str, Any] = data["duty_percent"]
        self._payment: dict[str, list[str]] = data["payment"]

    def currency(self, country: str) -> str:
        """The currency in which the country's zone is priced."""
        return str(self._zones[country]["cost"]["currency"])

    def price(self, base: Money, country: str) -> Money:
        """A EUR price as this country sees it."""
        currency = self.currency(country)
        rule = self._currencies[currency]
        steps = (base.amount * rule["rate"] / rule["step"]).to_integral_value(ROUND_CEILING)
        return Money.of(steps * rule["step"] - rule["less"], currency)

    def shipping(self, subtotal: Money, country: str) -> Money:
        """The cost of delivery, nothing from the zone's free limit on."""
        zone = self._zones[country]
        free = zone.get("free_from")
        if free and subtotal.minor >= free["minor"]:
            return Money(minor=0, currency=subtotal.currency)
        return Money(**zone["cost"])

    def duties(self, subtotal: Money, country: str) -> Money:
        """What is collected at checkout where the policy says that duties are included."""
        collected = self._zones[country]["duties"] == "included"
        return _percent_of(subtotal, Decimal(self._duty.get(country, 0)) if collected else Decimal(0))

    def tax_inside(self, gross: Money, country: str) -> Money:
        """The VAT or sales tax that a gross amount contains."""
        rate = Decimal(self._tax.get(country, 0))
        return _percent_of(gross, rate / (100 + rate) * 100)

    def transit_high(self, country: str) -> int:
        """The longest promised way in business days."""
        return int(self._zones[country]["transit"]["high"])

    def scan_gap(self, country: str) -> int:
        """The days that a parcel may go without a scan on the way there."""
        return int(self._zones[country]["normal_scan_gap_days"])

    def window(self, country: str) -> int:
        """Days after delivery in which a return may be opened."""
        return int(self._returns["window_days_by_country"].get(country, self._returns["window_days"]))

    def return_fee(self, reason: str, country: str) -> Money:
        """What the customer pays for the way back."""
        fee = self._returns["fee"]
        if reason in self._returns["seller_pays"]:
            return Money(minor=0, currency=self.currency(country))
        return Money(**fee["by_country"].get(country, fee["default"]))

    def payment_method(self, number: str, country: str) -> str:
        """How an order is paid for there where its entry does not say."""
        usual = self._payment.get(country) or self._payment["default"]
        return usual[salt(f"{number}/paid", len(usual))]

    @property
    def send_by_days(self) -> int:
        return int(self._returns["send_by_days"])


def _percent_of(amount: Money, percent: Decimal) -> Money:
    minor = (Decimal(amount.minor) * percent / 100).to_integral_value(ROUND_HALF_UP)
    return Money(minor=int(minor), currency=amount.currency)
