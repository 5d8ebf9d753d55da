"""Questions about the shop's rules: structured policy first, then passages of its documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from babel import Locale as BabelLocale
from pydantic import Field

from commerce.models import Address
from conversations.models import Level
from facts.evidence import Evidence, EvidenceKind
from facts.values import Code, Country, DateTime, Duration, Fact, Listing, Quantity, Term, Text, TimeUnit, Url
from knowledge.citations import cite
from knowledge.policy import Policy, ShippingZone, Staff
from markets.rights import ReturnPayer, Starts
from tools.days import local_day
from tools.lookup import Arguments
from tools.opening import shift
from tools.tool import Effect, Tool, ToolContext, ToolResult
from tools.withdrawal import refund_within, sure_rule


class Topic(StrEnum):
    RETURN_WINDOW = "return_window"
    RETURN_COST = "return_cost"
    REFUND_TIME = "refund_time"
    SHIPPING_COST = "shipping_cost"
    SHIPPING_TIME = "shipping_time"
    SHIPPING_COUNTRIES = "shipping_countries"
    DUTIES = "duties"
    CANCELLATION = "cancellation"
    PAYMENT_METHODS = "payment_methods"
    WARRANTY = "warranty"
    CONTACT = "contact"
    STAFF_HOURS = "staff_hours"


class PolicyArguments(Arguments):
    topic: Topic | None = Field(None, description="What the question is about, if it is one of these.")
    country: str | None = Field(
        None,
        pattern=r"^[A-Z]{2}$",
        description="The country it is about, ISO 3166-1 alpha-2, if she named one.",
    )


Said = tuple[str, dict[str, Fact]]
"""A statement and its facts."""


async def answer_policy(context: ToolContext, arguments: PolicyArguments) -> ToolResult:
    """The rule as the policy file has it, and what the documents say."""
    country = arguments.country or context.market
    said = _rule(context, arguments.topic, country)
    quoted = await passages(context, country)
    data = {"topic": arguments.topic, "country": country}
    if said is not None and arguments.topic is not None:
        rule = _evidence(context.policy, context.new_evidence_id(), arguments.topic, said)
        told = (rule, *quoted)
        return ToolResult("answer_policy", "answered", told, data)
    if arguments.topic in BY_LANE and country is None:
        return ToolResult("answer_policy", "country_needed", quoted, data)
    return ToolResult("answer_policy", "passages" if quoted else "unknown", quoted, data)


def _rule(context: ToolContext, topic: Topic | None, country: str | None) -> Said | None:
    if topic is None:
        return None
    if topic is Topic.STAFF_HOURS:
        return _staff_hours(context.policy, context.clock.now(), context.locale.zone)
    if topic is Topic.RETURN_WINDOW:
        return _return_window(context, Country(code=country) if country else None)
    if topic in BY_LANE:
        return None if country is None else _lane(context.policy, topic, Country(code=country))
    place = Country(code=country) if country else None
    if topic is Topic.RETURN_COST:
        return _return_cost(context, place)
    if topic is Topic.REFUND_TIME:
        return _refund_time(context, place)
    return RULES[topic](context.policy, place)


def _evidence(policy: Policy, evidence_id: str, topic: Topic, said: Said) -> Evidence:
    statement, facts = said
    return Evidence(
        id=evidence_id,
        kind=EvidenceKind.POLICY,
        source=f"policy:{topic}@{policy.version}",
        title=Term(id=f"term.policy.{topic}"),
        facts=facts,
        statement=statement,
    )


async def passages(context: ToolContext, country: str | None) -> tuple[Evidence, ...]:
    """What the documents say to her message, as it stands."""
    heard = context.perception
    if heard.vectors is None:
        return ()
    found = await context.retriever.search(
        heard.vectors,
        text=heard.text,
        language=context.locale.language,
        market=country,
        on=local_day(context.clock.now(), context.policy.shop.zone),
    )
    return tuple(cite(passage, context.new_evidence_id(), heard.text) for passage in found)


def _days(count: int) -> Duration:
    return Duration(value=count)


def _in(statement: str, facts: dict[str, Fact], country: Country | None) -> Said:
    return (statement, facts) if country is None else (f"{statement}_in", {**facts, "country": country})


def _return_window(context: ToolContext, country: Country | None) -> Said:
    """The longer one of the shop's and, where it was checked, of the law's."""
    returns = context.policy.returns
    days = returns.window_for(country.code) if country else returns.window_days
    right = sure_rule(context, country.code, context.clock.now().date()) if country else None
    if right is not None and right.counted == "calendar":
        days = max(days, right.days)
    return _in("policy.return_window", {"window": _days(days)}, country)


def _return_cost(context: ToolContext, country: Country | None) -> Said:
    """Nothing as long as a checked law puts the cost on the seller, then what the shop's policy says."""
    policy = context.policy
    fees = policy.returns.fee
    fee = fees.for_country(country.code) if country else fees.default
    right = sure_rule(context, country.code, context.clock.now().date()) if country else None
    free = right is not None and right.return_paid_by is ReturnPayer.SELLER
    free = free and right is not None and right.starts is Starts.DELIVERY
    unit = TimeUnit.BUSINESS_DAY if right and right.counted == "business" else TimeUnit.DAY
    if not fee.minor or (
        free and right and country and right.days >= policy.returns.window_for(country.code)
    ):
        return _in("policy.return_cost_free", {}, country)
    reasons = Listing(items=tuple(Term(id=f"term.return_reason.{r}") for r in policy.returns.seller_pays))
    facts: dict[str, Fact] = {"fee": fee, "free_reasons": reasons}
    if free and right and country:
        window = Duration(value=right.days, unit=unit)
        return "policy.return_cost_by_law", {**facts, "country": country, "window": window}
    return _in("policy.return_cost", facts, country)


def _refund_time(context: ToolContext, country: Country | None) -> Said:
    policy, today = context.policy, context.clock.now().date()
    code = country.code if country else None
    return "policy.refund_time", {
        "after_return": refund_within(context, code, today, policy.returns.refund_within_days),
        "after_cancellation": _days(policy.cancellation.refund_within_days),
    }


def _countries(policy: Policy, _: Country | None) -> Said:
    codes = sorted({code for zone in policy.shipping.zones for code in zone.countries})
    countries = Listing(items=tuple(Country(code=code) for code in codes))
    return "policy.shipping_countries", {
        "countries": countries,
        "count": Quantity(value=Decimal(len(codes))),
    }


def _cancellation(policy: Policy, _: Country | None) -> Said:
    return "policy.cancellation", {"refund_within": _days(policy.cancellation.refund_within_days)}


def _payment_methods(policy: Policy, _: Country | None) -> Said:
    methods = tuple(Term(id=f"term.payment.{method}") for method in policy.payment.methods)
    return "policy.payment_methods", {"methods": Listing(items=methods)}


def _warranty(policy: Policy, country: Country | None) -> Said:
    months = policy.warranty.for_country(country.code) if country else policy.warranty.months
    return _in("policy.warranty", {"period": Duration(value=months, unit=TimeUnit.MONTH)}, country)


def _contact(policy: Policy, _: Country | None) -> Said:
    shop = policy.shop
    return "policy.contact", {
        "name": Text(value=shop.name),
        "email": Code(value=shop.email),
        "url": Url(value=shop.url),
        "address": address(shop.address),
    }


def address(at: Address) -> Text:
    """An address on one line, as it is written on a parcel from abroad: the country in English."""
    country = BabelLocale("en").territories.get(at.country, at.country)
    parts = (at.name, at.line1, at.line2, f"{at.postcode} {at.city}".strip(), at.region, country)
    return Text(value=", ".join(part for part in parts if part))


RULES: dict[Topic, Callable[[Policy, Country | None], Said]] = {
    Topic.SHIPPING_COUNTRIES: _countries,
    Topic.CANCELLATION: _cancellation,
    Topic.PAYMENT_METHODS: _payment_methods,
    Topic.WARRANTY: _warranty,
    Topic.CONTACT: _contact,
}
"""Rules that hold without a country, some of them differently in one."""


BY_LANE = (Topic.SHIPPING_COST, Topic.SHIPPING_TIME, Topic.DUTIES)
"""Rules that differ from lane to lane and say nothing without a country."""


def _lane(policy: Policy, topic: Topic, country: Country) -> Said:
    zone = policy.shipping.zone_for(country.code)
    if zone is None:
        return "delivery.not_served", {"country": country}
    if topic is Topic.DUTIES:
        return f"policy.duties_{zone.duties}", {"country": country}
    if topic is Topic.SHIPPING_TIME:
        handling, transit = policy.shipping.handling, zone.transit
        return "policy.shipping_time", {
            "country": country,
            "handling": Duration(value=handling.low, until=handling.high, unit=TimeUnit.BUSINESS_DAY),
            "transit": Duration(value=transit.low, until=transit.high, unit=TimeUnit.BUSINESS_DAY),
        }
    return _shipping_cost(zone, country)


def _shipping_cost(zone: ShippingZone, country: Country) -> Said:
    if not zone.cost.minor:
        return "policy.shipping_cost_free", {"country": country}
    facts: dict[str, Fact] = {"country": country, "cost": zone.cost}
    if zone.free_from is None:
        return "policy.shipping_cost", facts
    return "policy.shipping_cost_free_from", {**facts, "free_from": zone.free_from}


def _staff_hours(policy: Policy, now: datetime, zone: str) -> Said | None:
    """Told by the customer's clock, not the staff's."""
    found = shift(policy.staff, now)
    if found is None:
        return None
    opens, closes = DateTime.at(found.opens_at.value, zone), DateTime.at(found.closes_at.value, zone)
    if found.open_now:
        return "policy.staff_hours_open", {"closes_at": closes, "first_reply": _wait(policy.staff)}
    return "policy.staff_hours_closed", {"opens_at": opens, "closes_at": closes}


def _wait(staff: Staff) -> Duration:
    hours, minutes = divmod(staff.first_reply_minutes, 60)
    if hours and not minutes:
        return Duration(value=hours, unit=TimeUnit.HOUR)
    return Duration(value=staff.first_reply_minutes, unit=TimeUnit.MINUTE)


def staff_hours(policy: Policy, now: datetime, zone: str, evidence_id: str) -> Evidence | None:
    """When people answer, as evidence; None where no hours come soon."""
    said = _staff_hours(policy, now, zone)
    return None if said is None else _evidence(policy, evidence_id, Topic.STAFF_HOURS, said)


ANSWER_POLICY = Tool(
    name="answer_policy",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "The shop's rules: returns, refunds, shipping, duties, cancelling, payment, warranty, contact, "
        "hours. Give the topic where one fits; leave it out for any other question about the shop, and its "
        "documents are searched with the customer's words. Give the country when the answer may depend on "
        "it and she named one.\n"
        "Outcomes: answered (the first evidence is the rule); passages (only quotations from documents: "
        "cite them); country_needed (ask for the country of delivery); unknown (nothing is written about "
        "it: say so and offer a person)."
    ),
    arguments=PolicyArguments,
    read=answer_policy,
)
