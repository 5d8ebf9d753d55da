"""What the shop says of one product: its description, and the maker's warranty."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from commerce.models import Product
from conversations.models import Level
from facts.evidence import Evidence, EvidenceKind, Quote
from facts.values import Duration, Fact, TimeUnit
from knowledge.citations import best_sentences
from nlu.goods import About
from tools.goods import Meant, OwnedGoodsArguments, about, choices, meant, name, remembered
from tools.tool import Effect, Tool, ToolContext, ToolResult


class DetailsArguments(OwnedGoodsArguments):
    about: Literal["care"] | None = Field(
        None, description="Only where the page says how to wash or look after the thing."
    )


async def product_details(context: ToolContext, arguments: DetailsArguments) -> ToolResult:
    """The description of the product that is meant, word for word."""
    found = await meant(context, arguments, asked_about=True)
    if arguments.about is not None:
        return _on_care(context, found)
    if not found.products:
        return ToolResult("product_details", "like_these" if found.search.hits else "product_needed")
    if len(found.products) > 1:
        told = choices(context, found.products)
        data = {"goods": remembered(found.products), "choices": [entry.id for entry in told]}
        return ToolResult("product_details", "which_product", told, data)
    product = found.products[0]
    data = {"goods": [product.id]}
    if not product.description.strip():
        return ToolResult("product_details", "no_description", (), data)
    return ToolResult("product_details", "described", (described(context, product),), data)


def _on_care(context: ToolContext, found: Meant) -> ToolResult:
    """The page's word on care, where one product is meant and its page has one; the documents know the rest."""
    data = {"goods": remembered(found.products)}
    if len(found.products) == 1:
        page = described(context, found.products[0])
        if page.quote and context.goods.speaks_of(About.CARE, page.quote.text):
            return ToolResult("product_details", "described", (page,), data)
    return ToolResult("product_details", "not_told", (), data)


def described(context: ToolContext, product: Product) -> Evidence:
    """The description in her language where there is one, as a quotation: it is the shop's word, not ours."""
    language = context.locale.language
    own = product.descriptions.get(language)
    text, written = (own, language) if own else (product.description, context.policy.staff.language)
    title = product.titles.get(written, product.title)
    quote = Quote(
        text=best_sentences(text.strip(), context.perception.text, written), document=title, language=written
    )
    return Evidence(
        id=context.new_evidence_id(),
        kind=EvidenceKind.PASSAGE,
        source=f"product:{product.id}",
        title=name(product),
        quote=quote,
    )


PRODUCT_DETAILS = Tool(
    name="product_details",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "What the product page says of one product: material, features, care. The description is quoted as it "
        "stands; what it does not say is not known. Pass product_id, or let the message name the product; "
        "`earlier` and order_number say what 'it' may be.\n"
        "Outcomes: described; no_description; not_told (nothing `about` it: ask answer_policy); "
        "which_product (several have that name: data.goods); like_these "
        "(none is named: use search_products); product_needed (ask which one)."
    ),
    arguments=DetailsArguments,
    read=product_details,
)


async def product_warranty(context: ToolContext, arguments: OwnedGoodsArguments) -> ToolResult:
    """The maker's warranty on the product that is meant; the shop's own rule is `answer_policy`'s."""
    found = await meant(context, arguments, asked_about=True)
    if len(found.products) != 1:
        return ToolResult("product_warranty", "no_product", (), {"goods": remembered(found.products)})
    product = found.products[0]
    data = {"goods": [product.id]}
    if product.warranty_months is None:
        return ToolResult("product_warranty", "as_usual", (), data)
    period: dict[str, Fact] = {"period": Duration(value=product.warranty_months, unit=TimeUnit.MONTH)}
    return ToolResult(
        "product_warranty", "told", (about(context, "product.warranty", product, period),), data
    )


PRODUCT_WARRANTY = Tool(
    name="product_warranty",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "The maker's warranty on one product, where it has another than the shop's rule. Call answer_policy with "
        "topic warranty as well: that rule holds beside it. For a defect use the tools for claims.\n"
        "Outcomes: told; as_usual (the shop's rule alone holds); no_product (none is meant: the shop's rule)."
    ),
    arguments=OwnedGoodsArguments,
    read=product_warranty,
)
