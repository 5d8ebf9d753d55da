"""Which product is meant: named now, known by its id, talked about before, or in her order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import Field

from commerce.models import Product, Variant
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact, Listing, Text
from knowledge.goods import Search
from tools.items import option
from tools.lookup import Arguments, level_of, lookup
from tools.results import evidence
from tools.tool import ToolContext

MOST_EARLIER = 12


class GoodsArguments(Arguments):
    product_id: str | None = Field(
        None,
        min_length=1,
        max_length=128,
        description="From an earlier call; leave out what her message names.",
    )
    earlier: tuple[str, ...] = Field(
        (),
        max_length=MOST_EARLIER,
        description="Ids of products that 'it' or 'that one' may mean, newest first.",
    )


class OwnedGoodsArguments(GoodsArguments):
    order_number: str | None = Field(
        None, min_length=2, max_length=64, description="Her order, when she asks about something in it."
    )


@dataclass(frozen=True, slots=True)
class Meant:
    """The products that may be meant, the likeliest first; `sure` where they were named or are known by id."""

    products: tuple[Product, ...]
    search: Search
    sure: bool = False
    earlier: bool = False
    """It is what was talked about before."""


async def meant(
    context: ToolContext, arguments: GoodsArguments, text: str | None = None, asked_about: bool = False
) -> Meant:
    """An id decides; then a name in the text; then what was talked about, unless she wants another sort of thing.

    Where a thing is `asked_about`, other words are its properties: "has it got pockets?" looks for no bag.
    """
    heard = context.perception
    search = await context.goods.find(text or heard.text, heard.vectors)
    if arguments.product_id is not None:
        return Meant(await fresh(context, [arguments.product_id]), search, sure=True)
    if search.named:
        named = await fresh(context, (product.id for product in search.named))
        return Meant(await _hers(context, arguments, named), search, sure=True)
    earlier = await _talked_about(context, arguments)
    wanted = [hit.product.id for hit in search.hits]
    if earlier and (asked_about or not (search.wanted.words or search.wanted.audiences)):
        return Meant(earlier, search, sure=len(earlier) == 1, earlier=True)
    if close := [product for product in earlier if product.id in wanted]:
        # "The boots" of the three that were shown are those boots.
        return Meant(tuple(close), search, sure=len(close) == 1, earlier=True)
    return Meant((), search)


async def _talked_about(context: ToolContext, arguments: GoodsArguments) -> tuple[Product, ...]:
    """What was spoken of lately; before anything was, the things of her order."""
    if arguments.earlier:
        return await fresh(context, arguments.earlier)
    if isinstance(arguments, OwnedGoodsArguments) and arguments.order_number:
        return await fresh(context, await _bought(context, arguments.order_number))
    return ()


async def _hers(
    context: ToolContext, arguments: GoodsArguments, named: tuple[Product, ...]
) -> tuple[Product, ...]:
    """Of several of a name, the one in her order or the one that was talked about."""
    if len(named) < 2:
        return named
    known = {product.id for product in await _talked_about(context, arguments)}
    return tuple(product for product in named if product.id in known) or named


async def _bought(context: ToolContext, number: str) -> list[str]:
    """What is in an order that she may see; nothing where she may not."""
    order = await lookup(context, number)
    if order is None or await level_of(context, order, Level.ORDER_READ) < Level.ORDER_READ:
        return []
    return list(dict.fromkeys(line.product_id for line in order.lines))


async def fresh(context: ToolContext, ids: Iterable[str]) -> tuple[Product, ...]:
    """The products as they stand now; those that are gone are left out."""
    found = [await context.backend.product(each) for each in list(dict.fromkeys(ids))[:MOST_EARLIER]]
    return tuple(product for product in found if product is not None)


def name(product: Product) -> Text:
    return Text(value=product.title, titles=product.titles)


def in_stock(variant: Variant) -> bool:
    return variant.stock > 0 and not variant.held


def values(variants: Iterable[Variant], option_name: str) -> list[str]:
    """The values of an option, each once, in the shop's order."""
    found = (variant.options.get(option_name) for variant in variants)
    return list(dict.fromkeys(value for value in found if value))


def in_words(options: dict[str, str]) -> Listing:
    return Listing(items=tuple(option(each, value) for each, value in options.items()))


def about(
    context: ToolContext, statement: str, product: Product, facts: dict[str, Fact] | None = None
) -> Evidence:
    """Evidence from a product, with its name among the facts."""
    title = name(product)
    return evidence(context, statement, f"product:{product.id}", title, {"item": title, **(facts or {})})


def choices(context: ToolContext, products: Sequence[Product]) -> tuple[Evidence, ...]:
    """What she may tap where several may be meant."""
    return tuple(about(context, "product.choice", product) for product in products[:5])


def general(context: ToolContext, statement: str, facts: dict[str, Fact] | None = None) -> Evidence:
    """Evidence from the catalogue as a whole."""
    return evidence(context, statement, "products", Code(value="products"), facts or {})


def remembered(products: Iterable[Product]) -> list[str]:
    """What a later "it" may mean."""
    return [product.id for product in products][:MOST_EARLIER]
