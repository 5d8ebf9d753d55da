"""Looking for something to buy, and whether it is in stock in a size or colour."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from commerce.models import Product, Variant
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact, Listing
from tools.goods import GoodsArguments, Meant, about, fresh, general, in_words, meant, remembered, values
from tools.items import option
from tools.tool import Effect, Tool, ToolContext, ToolResult
from tools.wishes import Wish, budget_of, stocked, wish_of

SHOWN = 3
LOOKED_AT = 12
CLOSE = 0.6
"""How much of the best score another product needs to be offered beside it."""
TOOL = "search_products"


class SearchArguments(GoodsArguments):
    query: str | None = Field(
        None,
        max_length=300,
        description="What she looks for, in any language; left out: her message as it stands.",
    )
    colour: str | None = Field(None, max_length=32, description="In English: blue.")
    size: str | None = Field(None, max_length=16, description="As the shop writes it: 38, M, W32/L32.")
    max_price: Decimal | None = Field(None, ge=0, le=1_000_000, description="The most she will pay.")
    earlier_colour: str | None = Field(None, max_length=32, description="Wished for before, with `earlier`.")
    earlier_size: str | None = Field(None, max_length=16, description="Wished for before, with `earlier`.")
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$", description="Of max_price, ISO 4217.")


async def search_products(context: ToolContext, arguments: SearchArguments) -> ToolResult:
    """What is in stock and fits; for a thing that was named, how it stands with that very thing."""
    found = await meant(context, arguments, arguments.query)
    likely = found.products or await fresh(context, _promising(found))
    budget = budget_of(arguments.max_price, arguments.currency, found.search.wanted.budget)
    wish = wish_of(context.perception, likely, arguments.colour, arguments.size, budget)
    if found.earlier:
        wish = wish.after(arguments.earlier_colour, arguments.earlier_size)
    notes = _currency_notes(context, likely, wish)
    if any(not wish.comparable(each.price.currency) for product in likely for each in product.variants):
        # Nothing can be left out by another currency's limit, but who has one wants to see the cheap ones first.
        likely, wish = tuple(sorted(likely, key=_least)), wish.without_budget()
    if len(likely) == 1:
        outcome, told = _one(context, likely[0], wish)
        return _result(outcome, [*told, *notes], likely, wish)
    if not likely:
        return ToolResult(
            TOOL, "none", (general(context, "product.none"),), {"goods": list(arguments.earlier)}
        )
    fitting = [product for product in likely if stocked(wish.fitting(product))]
    if fitting:
        told = [_offer(context, product, wish) for product in fitting[:SHOWN]]
        return _result("in_stock", [*told, *notes], _first(fitting, likely), wish)
    near = [product for product in likely if stocked(product.variants)]
    if not near:
        sold = [about(context, "product.sold_out_all", product) for product in likely[:SHOWN]]
        return _result("sold_out", sold, likely, wish)
    told = [
        general(context, "product.nothing_fits"),
        *(_offer(context, each, Wish()) for each in near[:SHOWN]),
    ]
    return _result("nearest", [*told, *notes], _first(near, likely), wish)


def _promising(found: Meant) -> list[str]:
    """The best hits, as long as they are not much worse than the first: with "boots" no slippers."""
    hits = found.search.hits
    return [hit.product.id for hit in hits if hit.score >= CLOSE * hits[0].score][:LOOKED_AT]


def _first(best: list[Product], others: tuple[Product, ...]) -> tuple[Product, ...]:
    return (*best, *(product for product in others if product not in best))


def _result(outcome: str, told: list[Evidence], talked_about: tuple[Product, ...], wish: Wish) -> ToolResult:
    images = {f"product:{product.id}": product.images[0] for product in talked_about if product.images}
    cards = [
        {"evidence": entry.id, "image": images.get(entry.source, "")}
        for entry in told
        if "price" in entry.facts
    ]
    return ToolResult(
        TOOL,
        outcome,
        tuple(told),
        {"goods": remembered(talked_about), "version": wish.version, "cards": cards},
    )


def _one(context: ToolContext, product: Product, wish: Wish) -> tuple[str, list[Evidence]]:
    """How one product stands in the version that is wanted."""
    final = [about(context, "product.final_sale", product)] if product.final_sale else []
    wanted = wish.without_budget()
    fitting, asked = wanted.fitting(product), wish.options(product)
    if (there := stocked(product.variants)) and not _within(wish, stocked(fitting) or there):
        return "nearest", [
            general(context, "product.nothing_fits"),
            _offer(context, product, wanted if stocked(fitting) else _looser(product, wanted)),
            *final,
        ]
    if here := stocked(fitting):
        if asked:
            facts: dict[str, Fact] = {"options": in_words(asked), "price": _cheapest(here).price}
            return "in_stock", [about(context, "product.available", product, facts), *final]
        return "in_stock", [_offer(context, product, wanted), *final]
    if not stocked(product.variants):
        return "sold_out", [about(context, "product.sold_out_all", product)]
    told_asked: dict[str, Fact] = {"options": in_words(asked)} if asked else {"options": _said(wish)}
    missing = "product.sold_out" if fitting else "product.not_made"
    outcome = "sold_out" if fitting else "not_made"
    return outcome, [
        about(context, missing, product, told_asked),
        _offer(context, product, _looser(product, wanted)),
        *final,
    ]


def _within(wish: Wish, variants: list[Variant]) -> bool:
    """Whether any of them costs no more than she will pay."""
    return any(wish.affordable(variant.price) for variant in variants)


def _said(wish: Wish) -> Listing:
    return _listed([*(("colour", each) for each in wish.colours), *(("size", each) for each in wish.sizes)])


def _looser(product: Product, wish: Wish) -> Wish:
    """The wanted size in other colours, else the wanted colour in other sizes, else whatever there is."""
    for looser in (Wish(sizes=wish.sizes), Wish(colours=wish.colours)):
        if looser and stocked(looser.fitting(product)):
            return looser
    return Wish()


def _least(product: Product) -> int:
    return min((variant.price.minor for variant in product.variants), default=0)


def _cheapest(variants: list[Variant]) -> Variant:
    return min(variants, key=lambda variant: variant.price.minor)


def _offer(context: ToolContext, product: Product, wish: Wish) -> Evidence:
    """A product with its price and the versions in stock: the sizes of one colour, else the colours."""
    here = stocked(wish.fitting(product)) or stocked(product.variants)
    prices = {variant.price.minor for variant in here}
    facts: dict[str, Fact] = {"price": _cheapest(here).price}
    chosen, open_to = _versions(here, wish)
    if not open_to:
        return about(context, "product.offer_plain", product, facts)
    facts["options"] = _listed(open_to)
    if chosen:
        return about(context, "product.offer_in", product, {**facts, "chosen": _listed(chosen)})
    return about(context, "product.offer_from" if len(prices) > 1 else "product.offer", product, facts)


Named = list[tuple[str, str]]
"""Options by name and value."""


def _versions(here: list[Variant], wish: Wish) -> tuple[Named, Named]:
    """What she has chosen already, and what she may choose from: colours first, then the sizes of one."""
    colours = [("colour", each) for each in values(here, "colour")]
    sizes = [("size", each) for each in values(here, "size")]
    if wish.sizes and not wish.colours and len(sizes) == 1 and colours:
        return sizes, colours
    if len(colours) == 1 and sizes:
        return (colours if wish.colours else []), sizes
    return [], colours or sizes


def _listed(options: Named) -> Listing:
    return Listing(items=tuple(option(*each) for each in options))


def _currency_notes(context: ToolContext, products: tuple[Product, ...], wish: Wish) -> list[Evidence]:
    """Prices are the shop's; where a country pays in another currency, checkout tells."""
    currency = next((each.price.currency for product in products for each in product.variants), None)
    if currency is None:
        return []
    facts: dict[str, Fact] = {"currency": Code(value=currency)}
    if not wish.comparable(currency):
        return [general(context, "product.budget_currency", facts)]
    zone = context.policy.shipping.zone_for(context.market or "")
    if zone is not None and zone.cost.currency != currency:
        return [general(context, "product.other_currency", facts)]
    return []


SEARCH_PRODUCTS = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Find products by her words in any language, or how one product stands: in stock in a colour or size, "
        "its price. For 'is it there in M', 'and in red?' pass the ids talked about as `earlier`. Place the "
        "statements as they are, three products at most; a date of restock is never known.\n"
        "Outcomes: in_stock; nearest (nothing fits all wishes: these come closest); sold_out; not_made (no such "
        "colour or size of it); none (nothing like it). data.goods: product ids for later calls."
    ),
    arguments=SearchArguments,
    read=search_products,
)
