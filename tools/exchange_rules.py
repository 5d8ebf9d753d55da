"""What a piece may be exchanged for, and what that costs, by the shop's policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commerce.models import Order, OrderLine, Product, ReturnReason, Variant
from facts.values import Fact, Money
from tools.disputes import still_refundable
from tools.eligibility import Eligible
from tools.items import option
from tools.refunds import share
from tools.tool import ToolContext

ALIASES = {"color": "colour"}


@dataclass(frozen=True, slots=True)
class Price:
    """What an exchange costs her: the difference (below zero where it is cheaper) and the way back."""

    difference: Money
    fee: Money
    worth: Money
    """What was paid for the pieces that come back."""

    @property
    def balance(self) -> Money:
        return self.difference + self.fee


def _name(option_name: str) -> str:
    return ALIASES.get(option_name.casefold(), option_name.casefold())


def _value(text: str) -> str:
    return text.casefold().removeprefix("eu").strip()


def _plain(options: Mapping[str, str]) -> dict[str, str]:
    return {_name(name): _value(value) for name, value in options.items()}


def others(line: OrderLine, product: Product | None) -> list[Variant]:
    """The product's other variants, in the shop's order."""
    return [each for each in product.variants if each.sku != line.sku] if product else []


def there(variant: Variant, pieces: int = 1) -> bool:
    """Whether it can be set aside today."""
    return variant.stock >= pieces and not variant.held


def sizes(product: Product | None) -> list[str]:
    """The product's sizes, smallest first as the shop lists them."""
    found = [
        value
        for variant in (product.variants if product else ())
        for name, value in variant.options.items()
        if _name(name) == "size"
    ]
    return list(dict.fromkeys(found))


def wanted_options(line: OrderLine, asked: Mapping[str, str]) -> dict[str, str]:
    """The bought piece's options with those that she wants otherwise."""
    return {**_plain(line.options), **_plain(asked)}


def find(product: Product | None, wanted: Mapping[str, str]) -> Variant | None:
    """The variant with exactly these options."""
    variants = product.variants if product else ()
    return next((each for each in variants if _plain(each.options) == wanted), None)


def alternatives(
    line: OrderLine, product: Product | None, wanted: Mapping[str, str], pieces: int
) -> tuple[Fact, ...]:
    """What is in stock and differs from the wish by one option, told by that option; never what she has.

    Her size comes first: what there is in it, and other sizes only where there is nothing. Both in one list would not
    say which colour there is in which size.
    """
    found: dict[tuple[str, str], Fact] = {}
    for variant in others(line, product):
        plain = _plain(variant.options)
        differing = [name for name in variant.options if plain[_name(name)] != wanted.get(_name(name))]
        if len(differing) == 1 and len(plain) == len(wanted) and there(variant, pieces):
            name, value = differing[0], variant.options[differing[0]]
            found.setdefault((_name(name), value), option(_name(name), value))
    fitting = tuple(fact for (name, _), fact in found.items() if name != "size")
    return fitting or tuple(found.values())


async def price(
    context: ToolContext,
    order: Order,
    allowed: Eligible,
    line: OrderLine,
    pieces: int,
    variants: Sequence[Variant],
    new: Variant,
    reason: ReturnReason,
) -> Price | None:
    """What it costs, or None where only a person can say: other currencies, duties, money that went back already."""
    currency = order.total.currency
    worth, fee = share(line, allowed.gone[line.id], pieces), way_back(context, order, reason)
    held = await still_refundable(context, order)
    bought = next((each for each in variants if each.sku == line.sku), None)
    if held is None or not 0 < worth.minor <= held.minor or fee.currency != currency or bought is None:
        return None
    difference = Money(minor=0, currency=currency)
    if new.price != bought.price:
        if not new.price.currency == bought.price.currency == currency or order.duties.minor:
            return None
        minor = (new.price.minor - bought.price.minor) * pieces
        if minor < 0:
            # A discount was taken off the dearer price: the cheaper one would have had its share of it.
            minor = max(minor, -(worth.minor * (bought.price.minor - new.price.minor) // bought.price.minor))
        difference = Money(minor=minor, currency=currency)
    return Price(difference, fee, worth)


def way_back(context: ToolContext, order: Order, reason: ReturnReason) -> Money:
    """What sending the piece back costs her, by the rules for returns unless exchanges are free."""
    rules = context.policy.returns
    if context.policy.exchange.free or reason in rules.seller_pays:
        return Money(minor=0, currency=order.total.currency)
    return rules.fee.for_country(order.shipping_address.country)
