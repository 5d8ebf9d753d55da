"""What version of a thing is wanted: colour, size and price, and which variants of a product fit that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from commerce.models import Product, Variant
from facts.values import Money
from nlu.goods import Budget
from nlu.perception import EntityKind, Perception
from tools.goods import in_stock, values

_NUMBER = re.compile(
    r"(?<![\w.,#\-/€$£¥])(\d{1,3}(?:[.,]5)?)(?![\w%€$£¥]|[.,]\d|-\d| ?(?:€|\$|£|¥|eur|usd|gbp|euro|cm|mm|kg|years|days))",
    re.I,
)
"""Numbers that may be sizes: no part of an amount, a measure or a longer number."""
_HAN_NUMBER = re.compile(r"(?<![\d.,])(\d{2}(?:\.5)?)(?=码|号|サイズ|號)")


@dataclass(frozen=True, slots=True)
class Wish:
    """The version that is wanted; empty where she does not mind."""

    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    budget: Budget | None = None

    def __bool__(self) -> bool:
        return bool(self.colours or self.sizes or self.budget)

    def fitting(self, product: Product) -> list[Variant]:
        """The variants that fit, sold out or not."""
        return [variant for variant in product.variants if self._fits(variant)]

    def _fits(self, variant: Variant) -> bool:
        colour, size = variant.options.get("colour", ""), variant.options.get("size", "")
        if self.colours and colour.casefold() not in self.colours:
            return False
        # A thing that has but one size is no worse for it; one that is cut in sizes must have this one.
        if self.sizes and size and size.upper() not in self.sizes:
            return False
        return self.affordable(variant.price)

    def affordable(self, price: Money) -> bool:
        return self.budget is None or price.amount <= self.budget.amount

    def comparable(self, currency: str) -> bool:
        """Whether the budget is in the currency of the prices, or in none."""
        return self.budget is None or self.budget.currency in ("", currency)

    def after(self, colour: str | None, size: str | None) -> Wish:
        """The wish with what was wished before and is not said anew: "in 42?" and then "and in grey?"."""
        colours = self.colours or ((colour.casefold(),) if colour else ())
        return replace(self, colours=colours, sizes=self.sizes or ((size.upper(),) if size else ()))

    @property
    def version(self) -> dict[str, str]:
        """The one colour and the one size that are wished for."""
        named = {"colour": self.colours, "size": self.sizes}
        return {name: said[0] for name, said in named.items() if len(said) == 1}

    def without_budget(self) -> Wish:
        return replace(self, budget=None)

    def options(self, product: Product) -> dict[str, str]:
        """What of the wish names a version of this product."""
        return {name: said for name, said in self.version.items() if values(product.variants, name)}


def wish_of(
    heard: Perception,
    products: Iterable[Product],
    colour: str | None,
    size: str | None,
    budget: Budget | None,
) -> Wish:
    """The arguments, else what the message says. A bare number is a size where one of the products has that size."""
    colours = (colour.casefold(),) if colour else _colours(heard)
    sizes = (size.upper(),) if size else _sizes(heard, products)
    return Wish(colours, sizes, budget)


def _colours(heard: Perception) -> tuple[str, ...]:
    said = tuple(dict.fromkeys(entity.value for entity in heard.all(EntityKind.COLOUR)))
    # "Not the black, the blue one": the last is meant.
    return said[-1:] if heard.correction else said


def _sizes(heard: Perception, products: Iterable[Product]) -> tuple[str, ...]:
    known = {size.upper() for product in products for size in values(product.variants, "size")}
    said = [entity.value.upper() for entity in heard.all(EntityKind.SIZE)]
    if not said:
        numbers = [*_NUMBER.findall(heard.text), *_HAN_NUMBER.findall(heard.text)]
        said = [number for number in (each.replace(",", ".") for each in numbers) if number in known]
    return tuple(dict.fromkeys(said))[-1 if heard.correction else 0 :][:3]


def budget_of(amount: Decimal | None, currency: str | None, heard: Budget | None) -> Budget | None:
    return Budget(amount, currency or "") if amount is not None else heard


def stocked(variants: Iterable[Variant]) -> list[Variant]:
    return [variant for variant in variants if in_stock(variant)]
