"""The customer's right by law to give goods back without a reason, for one order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from commerce.models import Order, OrderLine
from facts.values import Country, Date, Duration, Fact, TimeUnit
from markets.holidays import public_holidays
from markets.rights import ReturnPayer, Starts, Withdrawal
from tools.days import SATURDAY, local_day
from tools.tool import ToolContext

Works = Callable[[date], bool]
"""Whether people work on a day."""


@dataclass(frozen=True, slots=True)
class Right:
    """What the law of the country of delivery gives for an order that has arrived."""

    country: str
    rule: Withdrawal
    last_day: date

    @property
    def sure(self) -> bool:
        """Whether the rule was checked; one that was not denies nothing and promises nothing."""
        return self.rule.may_deny

    @property
    def seller_pays(self) -> bool:
        return self.sure and self.rule.return_paid_by is ReturnPayer.SELLER

    @property
    def window(self) -> Duration:
        unit = TimeUnit.BUSINESS_DAY if self.rule.counted == "business" else TimeUnit.DAY
        return Duration(value=self.rule.days, unit=unit)

    def covers(self, line: OrderLine) -> bool:
        """Whether the law leaves the line's goods in."""
        return not set(line.withdrawal_exceptions) & set(self.rule.exceptions)

    def lasts(self, line: OrderLine, day: date) -> bool:
        return day <= self.last_day and self.covers(line)

    def facts(self) -> dict[str, Fact]:
        return {
            "country": Country(code=self.country),
            "window": self.window,
            "last_day": Date(value=self.last_day),
        }


def rule_of(context: ToolContext, order: Order) -> Withdrawal | None:
    """The rule that held where the order went on the day it was placed; None where none is known."""
    market = context.markets.get(order.shipping_address.country)
    if market is None or market.withdrawal is None:
        return None
    return market.withdrawal.on(local_day(order.placed_at, context.locale.zone))


def sure_rule(context: ToolContext, country: str, day: date) -> Withdrawal | None:
    """The checked right of a country on a day; None where the law gives none, or leaves it to the shop's terms."""
    market = context.markets.get(country)
    rule = market.withdrawal.on(day) if market and market.withdrawal else None
    return rule if rule and rule.days and rule.may_deny and not rule.shop_may_exclude else None


def refund_within(context: ToolContext, country: str | None, day: date, policy_days: int) -> Duration:
    """How soon a refund is there: the shop's own days, or those of a checked law where they surely end sooner."""
    rule = sure_rule(context, country, day) if country else None
    lawful = rule.refund_within_days if rule else None
    if rule is None or lawful is None:
        return Duration(value=policy_days)
    business = rule.refund_counted == "business"
    # Five working days take a week.
    longest = lawful + 2 * -(-lawful // 5) if business else lawful
    if longest >= policy_days:
        return Duration(value=policy_days)
    return Duration(value=lawful, unit=TimeUnit.BUSINESS_DAY if business else TimeUnit.DAY)


def return_refund_within(context: ToolContext, order: Order) -> Duration:
    """How soon the refund of goods that came back is there, for one order."""
    placed = local_day(order.placed_at, context.locale.zone)
    days = context.policy.returns.refund_within_days
    return refund_within(context, order.shipping_address.country, placed, days)


def right_of(context: ToolContext, order: Order, delivered: date) -> Right | None:
    """The right of an order delivered on that day; None where the law gives none, or leaves it to the shop's terms."""
    rule = rule_of(context, order)
    if rule is None or not rule.days or rule.shop_may_exclude:
        return None
    address = order.shipping_address
    start = delivered if rule.starts is Starts.DELIVERY else local_day(order.placed_at, context.locale.zone)
    return Right(
        address.country, rule, _last_day(rule, start, _working_days(address.country, address.region))
    )


def _last_day(rule: Withdrawal, start: date, works: Works) -> date:
    """The day from which it runs does not count."""
    day = start
    if rule.counted == "business":
        for _ in range(rule.days):
            day = _next(day, works)
        return day
    day += timedelta(days=rule.days)
    return day if works(day) or not rule.ends_on_working_day else _next(day, works)


def _next(day: date, works: Works) -> date:
    day += timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    return day


def _working_days(country: str, region: str) -> Works:
    def works(day: date) -> bool:
        return day.weekday() < SATURDAY and day not in public_holidays(country, day.year, region or None)

    return works
