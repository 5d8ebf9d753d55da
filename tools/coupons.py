"""Whether a coupon's code holds, for what and until when; codes cannot be guessed here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from pydantic import Field

from commerce.coupons import Coupon
from commerce.models import OrderStatus
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Country, DateTime, Fact, Listing, Percent, Term, Text
from markets.channel import Forbidden
from nlu.goods import About
from tools.lookup import Arguments
from tools.policies import passages
from tools.results import evidence
from tools.tool import Effect, Tool, ToolContext, ToolResult

TOOL = "check_coupon"
CATEGORIES = frozenset(
    ["shoes", "accessories", "electronics", "home", "knitwear", "men", "women", "outdoor", "children"]
)
"""What shops often call their departments (`term.category.shoes`); any other is told as the shop writes it."""


class CouponArguments(Arguments):
    code: str | None = Field(None, min_length=2, max_length=64, description="The code as she wrote it.")
    country: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="Where the order goes, ISO 3166-1 alpha-2, if it is known."
    )


async def check_coupon(context: ToolContext, arguments: CouponArguments) -> ToolResult:
    """A code and its terms. Wrong codes are counted as wrong order details are, and one that was withdrawn is unknown."""
    if Forbidden.COUPON in context.channel.forbids:
        shop = Text(value=context.policy.shop.name)
        return ToolResult(TOOL, "not_here", (evidence(context, "coupon.not_here", "channel", shop, {}),))
    if arguments.code is None:
        return ToolResult(TOOL, "code_needed", await _written(context, arguments.country))
    caller, asked = _counted(context.address), f"coupon {context.conversation_id}"
    if not await context.desk.may_guess(caller, asked):
        return ToolResult(TOOL, "throttled")
    coupon = await context.backend.coupon(arguments.code)
    if coupon is None or not coupon.active:
        await context.desk.wrong_guess(caller, asked)
        return ToolResult(
            TOOL, "unknown_code", (evidence(context, "coupon.unknown", "coupons", Code(value="?"), {}),)
        )
    await context.desk.right_guess(asked)
    outcome, told = await _terms(context, coupon, arguments.country or context.market)
    return ToolResult(TOOL, outcome, tuple(told))


async def _written(context: ToolContext, country: str | None) -> tuple[Evidence, ...]:
    """What the documents say of coupons: of all else that they know, nothing answers a question about a code."""
    found = await passages(context, country)
    return tuple(
        entry for entry in found if entry.quote and context.goods.speaks_of(About.COUPON, entry.quote.text)
    )


def _counted(address: str) -> str:
    """Counted apart from guesses at orders: who mistypes a coupon may still find her order."""
    return f"coupon {address}" if address else ""


async def _terms(context: ToolContext, coupon: Coupon, country: str | None) -> tuple[str, list[Evidence]]:
    now = context.clock.now()
    if coupon.ends_at is not None and coupon.ends_at <= now:
        return "expired", [
            _about(context, coupon, "coupon.expired", {"ends_at": _moment(context, coupon.ends_at)})
        ]
    if coupon.starts_at is not None and coupon.starts_at > now:
        starts = _moment(context, coupon.starts_at)
        return "not_yet", [_about(context, coupon, "coupon.not_yet", {"starts_at": starts})]
    if coupon.countries and country is not None and country not in coupon.countries:
        facts: dict[str, Fact] = {"country": Country(code=country), "countries": _countries(coupon)}
        return "wrong_country", [_about(context, coupon, "coupon.wrong_country", facts)]
    if coupon.first_order_only and await _has_ordered(context):
        return "not_first_order", [_about(context, coupon, "coupon.not_first_order")]
    return "valid", [_benefit(context, coupon), *_conditions(context, coupon, country)]


async def _has_ordered(context: ToolContext) -> bool:
    customer = context.identity.customer_id
    orders = await context.backend.orders_of(customer, 5) if customer is not None else ()
    return any(order.status is not OrderStatus.CANCELLED for order in orders)


def _benefit(context: ToolContext, coupon: Coupon) -> Evidence:
    if coupon.percent is not None:
        return _about(context, coupon, "coupon.percent", {"percent": Percent(value=Decimal(coupon.percent))})
    assert coupon.amount is not None
    return _about(context, coupon, "coupon.amount", {"amount": coupon.amount})


def _conditions(context: ToolContext, coupon: Coupon, country: str | None) -> Iterator[Evidence]:
    if coupon.ends_at is not None:
        yield _about(context, coupon, "coupon.until", {"ends_at": _moment(context, coupon.ends_at)})
    if coupon.minimum is not None:
        yield _about(context, coupon, "coupon.minimum", {"minimum": coupon.minimum})
    if coupon.categories:
        kinds = Listing(items=tuple(_category(each) for each in coupon.categories))
        yield _about(context, coupon, "coupon.categories", {"categories": kinds})
    if coupon.countries and country is None:
        yield _about(context, coupon, "coupon.countries", {"countries": _countries(coupon)})
    if coupon.first_order_only:
        yield _about(context, coupon, "coupon.first_order")
    if coupon.once_per_customer:
        yield _about(context, coupon, "coupon.once")


def _category(name: str) -> Fact:
    return Term(id=f"term.category.{name}") if name in CATEGORIES else Text(value=name)


def _countries(coupon: Coupon) -> Listing:
    return Listing(items=tuple(Country(code=code) for code in coupon.countries))


def _moment(context: ToolContext, moment: datetime) -> DateTime:
    return DateTime.at(moment, context.locale.zone)


def _about(
    context: ToolContext, coupon: Coupon, statement: str, facts: dict[str, Fact] | None = None
) -> Evidence:
    code = Code(value=coupon.id)
    return evidence(context, statement, f"coupon:{coupon.id}", code, {"code": code, **(facts or {})})


CHECK_COUPON = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Whether a coupon code holds and its terms: benefit, last day, minimum, what and where for. Only a code that "
        "the customer names; codes are never listed, suggested or promised. Place the statements as they are.\n"
        "Outcomes: valid; expired; not_yet; wrong_country; not_first_order; unknown_code; throttled (too many "
        "wrong codes: try later, or offer a person); code_needed (ask for the code; passages may answer); not_here "
        "(the channel allows no word about them)."
    ),
    arguments=CouponArguments,
    read=check_coupon,
)
