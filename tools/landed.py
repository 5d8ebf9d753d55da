"""What a parcel costs at the border: of an order, of a basket before it is ordered, or of any parcel to a country."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field, field_validator

from commerce.models import Order, OrderStatus
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Country, Fact, Money
from knowledge.policy import Duties, ShippingZone
from markets.consignment import Consignment, Line, Terms
from markets.landed import landed_cost
from tools.days import local_day
from tools.landed_words import Said, free_value, whole
from tools.lookup import MaybeOrderArguments
from tools.results import evidence
from tools.tool import Effect, Tool, ToolContext, ToolResult

NAME = "landed_cost"
OVER = {OrderStatus.CANCELLED, OrderStatus.RETURNED}


class LandedCostArguments(MaybeOrderArguments):
    country: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="Country of delivery, ISO 3166-1 alpha-2, if she named one."
    )
    value: str | None = Field(
        None,
        pattern=r"^\d{1,9}(\.\d{1,3})? [A-Z]{3}$",
        description="What the goods of a new order cost, with its currency, such as 60 USD.",
    )

    @field_validator("value")
    @classmethod
    def _is_an_amount(cls, written: str | None) -> str | None:
        if written:
            Money.of(*written.split())
        return written


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What is asked about."""

    consignment: Consignment
    delivery_known: bool = True
    paid: Money | None = None
    """Duties that were collected with the order."""


async def read(context: ToolContext, arguments: LandedCostArguments) -> ToolResult:
    """Whether anything is to be paid on delivery, how much, by which rules and how sure that is."""
    order = context.order
    if order is not None and arguments.country not in (None, order.shipping_address.country):
        order = None
    code = order.shipping_address.country if order else arguments.country or context.market
    if code is None:
        return ToolResult(NAME, "country_needed")
    if order is not None and order.status in OVER:
        facts: dict[str, Fact] = {"order_number": Code(value=order.number), "country": Country(code=code)}
        return _result(context, code, "order_over", [("charges.order_over", facts)])
    zone = context.policy.shipping.zone_for(code)
    if order is not None:
        return _answer(context, code, zone, await _ordered(context, order, zone))
    if zone is None:
        return _result(
            context, code, "not_served", [("delivery.not_served", {"country": Country(code=code)})]
        )
    goods = Money.of(*arguments.value.split()) if arguments.value else None
    return _answer(context, code, zone, _basket(context, code, zone, goods) if goods else None)


def _answer(context: ToolContext, code: str, zone: ShippingZone | None, parcel: _Parcel | None) -> ToolResult:
    country = Country(code=code)
    said: list[Said] = []
    if zone is not None and (parcel is None or zone.duties is Duties.INCLUDED):
        said.append((f"policy.duties_{zone.duties}", {"country": country}))
    if parcel is not None and parcel.paid is not None:
        said = said or [("landed.nothing_more", {"country": country})]
        return _result(context, code, "nothing_due", [*said, ("landed.duty_paid", {"amount": parcel.paid})])
    if zone is not None and zone.duties is Duties.INCLUDED:
        return _result(context, code, "nothing_due", said)
    if code not in context.markets:
        said = said or [_by_policy(zone, country)]
        return _result(context, code, "shop_policy", [*said, ("landed.shop_policy", {"country": country})])
    if parcel is None:
        return _result(context, code, "general", [*said, *_relief(context, code, zone)])
    cost = landed_cost(parcel.consignment, context.markets, context.rates)
    assert cost is not None
    if cost.within_union or (cost.asked.nothing and zone is not None and zone.duties is Duties.NONE):
        return _result(context, code, "nothing_due", [("policy.duties_none", {"country": country})])
    outcome = "uncertain" if not cost.sure or cost.asked.high is None else "due"
    outcome = "nothing_due" if cost.sure and cost.asked.nothing else outcome
    return _result(context, code, outcome, whole(cost, country, parcel.delivery_known))


def _by_policy(zone: ShippingZone | None, country: Country) -> Said:
    duties = Duties.CUSTOMER_PAYS if zone is None else zone.duties
    return f"policy.duties_{duties}", {"country": country}


def _relief(context: ToolContext, code: str, zone: ShippingZone | None) -> list[Said]:
    """Up to which value a parcel is free, where she may have to pay."""
    if zone is None or zone.duties is not Duties.CUSTOMER_PAYS:
        return []
    today = local_day(context.clock.now(), context.policy.shop.zone)
    return free_value(context.markets[code], _origin(context, zone), today)


async def _ordered(context: ToolContext, order: Order, zone: ShippingZone | None) -> _Parcel:
    """The order as one consignment; pieces of one product have one tariff heading."""
    shipments = await context.backend.shipments(order.id)
    origin = next((each.legs[0].origin for each in shipments if each.legs), _origin(context, zone))
    values: dict[str, Money] = {}
    for line in order.lines:
        before = values.get(line.product_id)
        values[line.product_id] = before + line.total if before else line.total
    consignment = Consignment(
        origin=origin,
        destination=order.shipping_address.country,
        lines=tuple(Line(_untaxed(order, value)) for value in values.values()),
        shipping=_untaxed(order, order.shipping),
        terms=Terms.DDP if zone is not None and zone.duties is Duties.INCLUDED else Terms.DAP,
        day=local_day(order.delivered_at or context.clock.now(), context.policy.shop.zone),
        schemes=frozenset(context.policy.shipping.seller_schemes),
        handling=_handling(zone, order.total.currency),
    )
    return _Parcel(consignment, paid=order.duties if order.duties.minor > 0 else None)


def _untaxed(order: Order, amount: Money) -> Money:
    """An amount of the order without its share of the tax that the prices contain."""
    gross = order.total.minor - order.duties.minor
    if not order.tax.minor or gross <= 0:
        return amount
    tax = (Decimal(amount.minor) * order.tax.minor / gross).to_integral_value(ROUND_HALF_UP)
    return Money(minor=amount.minor - int(tax), currency=amount.currency)


def _basket(context: ToolContext, code: str, zone: ShippingZone, goods: Money) -> _Parcel:
    delivery = _delivery(context, zone, goods)
    consignment = Consignment(
        origin=_origin(context, zone),
        destination=code,
        lines=(Line(goods),),
        shipping=delivery or Money(minor=0, currency=goods.currency),
        terms=Terms.DDP if zone.duties is Duties.INCLUDED else Terms.DAP,
        day=local_day(context.clock.now(), context.policy.shop.zone),
        schemes=frozenset(context.policy.shipping.seller_schemes),
        handling=_handling(zone, goods.currency),
    )
    return _Parcel(consignment, delivery_known=delivery is not None)


def _delivery(context: ToolContext, zone: ShippingZone, goods: Money) -> Money | None:
    """What delivery of a basket costs; None where the shop prices it in another currency."""
    if zone.cost.currency != goods.currency:
        return None
    free = zone.free_from is not None and zone.free_from.currency == goods.currency
    if free and zone.free_from is not None and goods.minor >= zone.free_from.minor:
        return Money(minor=0, currency=goods.currency)
    return zone.cost


def _handling(zone: ShippingZone | None, currency: str) -> Money | None:
    fee = zone.carrier_handling if zone else None
    return fee if fee and fee.currency == currency else None


def _origin(context: ToolContext, zone: ShippingZone | None) -> str:
    policy = context.policy
    return (zone.ships_from if zone else None) or policy.shipping.ships_from or policy.shop.address.country


def _result(context: ToolContext, code: str, outcome: str, said: list[Said]) -> ToolResult:
    return ToolResult(
        NAME, outcome, tuple(_evidence(context, code, *each) for each in said), {"country": code}
    )


def _evidence(context: ToolContext, code: str, statement: str, facts: dict[str, Fact]) -> Evidence:
    shops = statement.startswith(("policy.", "delivery."))
    source = f"policy:duties@{context.policy.version}" if shops else f"markets:{code}/imports"
    return evidence(context, statement, source, Country(code=code), facts)


LANDED_COST = Tool(
    name=NAME,
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "What customs or the carrier will ask the recipient for: duty, import tax, handling. Give the order number for "
        "an order (which must be identified); before ordering give the country, and the value of the goods if she named "
        "one. Say what its statements say and no figure of your own; never help to declare a lower value.\n"
        "Outcomes: nothing_due; due (the amount or range, by checked rules); uncertain (not known exactly, or by rules "
        "that nobody has checked: say so, deny nothing, offer a person); general (no value given: the shop's rule and "
        "the value up to which a parcel is free); shop_policy (no rules of that country are known); not_served; "
        "order_over (cancelled or returned); country_needed (ask for it); identity_needed; not_matched."
    ),
    arguments=LandedCostArguments,
    read=read,
)
