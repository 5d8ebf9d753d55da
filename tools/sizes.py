"""Which size of a product to take, by its chart and her measurements."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from commerce.models import Product, SizeChart
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact, Listing, Quantity, Term
from nlu.goods import About
from nlu.measurements import HEIGHT, UNKNOWN, WEIGHT
from nlu.perception import EntityKind, Perception
from tools.goods import OwnedGoodsArguments, about, choices, meant, remembered, values
from tools.product_facts import described
from tools.size_charts import Fit, covered, deciding, fits, together
from tools.tool import Effect, Tool, ToolContext, ToolResult
from tools.wishes import stocked

TOOL = "size_advice"


class Measurement(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: str = Field(
        max_length=32,
        description="foot_length, chest, waist, hip, neck, hand_girth; '?' where she did not say.",
    )
    cm: float = Field(gt=0, lt=1000, description="In centimetres.")


class SizeArguments(OwnedGoodsArguments):
    measures: tuple[Measurement, ...] = Field((), max_length=12, description="What she told of her body.")


async def size_advice(context: ToolContext, arguments: SizeArguments) -> ToolResult:
    """The size that her measurements fall into, both where they fall between two, and what the chart covers else."""
    found = await meant(context, arguments)
    heard = _told(context.perception, arguments.measures)
    kept = {"measures": [{"part": part, "cm": cm} for part, cm in heard.items()]}
    if not found.products:
        return ToolResult(TOOL, "product_needed", (), kept)
    sized = [product for product in found.products if product.size_chart] or list(found.products)
    if len(sized) > 1:
        told = choices(context, sized)
        data = {**kept, "goods": remembered(sized), "choices": [entry.id for entry in told]}
        return ToolResult(TOOL, "which_product", told, data)
    product = sized[0]
    outcome, evidence = _advised(context, product, heard)
    return ToolResult(TOOL, outcome, tuple(evidence), {**kept, "goods": [product.id], "product": product.id})


def _told(heard: Perception, earlier: Iterable[Measurement]) -> dict[str, float]:
    """What this message says goes before what was said earlier."""
    told = {each.part: each.cm for each in earlier}
    for entity in heard.all(EntityKind.MEASURE):
        part, _, length = entity.value.partition("=")
        told[part] = float(length)
    return told


def _advised(context: ToolContext, product: Product, heard: dict[str, float]) -> tuple[str, list[Evidence]]:
    chart = product.size_chart
    if chart is None or not deciding(chart):
        return "no_chart", [about(context, "size.no_chart", product)]
    lengths = _lengths(chart, heard)
    found = fits(chart, lengths)
    if not found:
        return "measure_needed", [_needed(context, product, chart)]
    if beyond := next((each for each in found if each.beyond), None):
        return "outside", [_outside(context, product, chart, beyond)]
    sizes = together(chart, found)
    return _said(context, product, found, sizes)


def _lengths(chart: SizeChart, heard: dict[str, float]) -> dict[str, float]:
    """A length without a name is the chart's one measure."""
    known = {part: cm for part, cm in heard.items() if part not in (UNKNOWN, HEIGHT, WEIGHT)}
    decisive = deciding(chart)
    if UNKNOWN in heard and len(decisive) == 1:
        known.setdefault(decisive[0], heard[UNKNOWN])
    return known


def _needed(context: ToolContext, product: Product, chart: SizeChart) -> Evidence:
    measures = tuple(Term(id=f"term.measure.{measure}") for measure in deciding(chart))
    return about(context, "size.measures_needed", product, {"measures": Listing(items=measures)})


def _outside(context: ToolContext, product: Product, chart: SizeChart, found: Fit) -> Evidence:
    """Beyond the chart: what it covers, so that nobody guesses."""
    span = covered(chart, found.measure)
    assert span is not None
    smallest, largest, low, high = span
    facts: dict[str, Fact] = {
        "measure": Term(id=f"term.measure.{found.measure}"),
        "smallest": Code(value=smallest),
        "largest": Code(value=largest),
        "low": _cm(low),
        "high": _cm(high),
    }
    return about(context, f"size.{found.beyond}", product, facts)


def _cm(length: float) -> Quantity:
    return Quantity(value=Decimal(str(length)).normalize() + 0, unit="centimeter")


def _said(
    context: ToolContext, product: Product, found: list[Fit], sizes: tuple[str, ...]
) -> tuple[str, list[Evidence]]:
    measures = Listing(items=tuple(Term(id=f"term.measure.{each.measure}") for each in found))
    facts: dict[str, Fact] = {"measures": measures}
    advice = _page(context, product)
    if len(sizes) == 1:
        facts["size"] = Code(value=sizes[0])
        return "fits", [about(context, "size.fits", product, facts), *_gone(context, product, sizes), *advice]
    facts |= {"smaller": Code(value=sizes[0]), "larger": Code(value=sizes[-1])}
    agree = all(set(each.sizes) >= set(sizes) for each in found)
    outcome = "between" if agree else "spread"
    return outcome, [
        about(context, f"size.{outcome}", product, facts),
        *_gone(context, product, sizes),
        *advice,
    ]


def _gone(context: ToolContext, product: Product, sizes: tuple[str, ...]) -> list[Evidence]:
    """Advice to buy what is not there helps nobody."""
    left = values(stocked(product.variants), "size")
    missing = [size for size in sizes if size not in left and size in values(product.variants, "size")]
    return [
        about(context, "product.sold_out", product, {"options": Listing(items=(Code(value=size),))})
        for size in missing
    ]


def _page(context: ToolContext, product: Product) -> list[Evidence]:
    """What the product page says of how it is cut, where it says so."""
    text = product.descriptions.get(context.locale.language) or product.description
    return [described(context, product)] if context.goods.speaks_of(About.FIT, text) else []


SIZE_ADVICE = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Which size of a product to take, from its own size chart and her measurements in centimetres. Pass "
        "product_id or let the message name the product; pass measures she told earlier. Height, weight and "
        "sizes of other brands decide nothing.\n"
        "Outcomes: fits; between (both sizes; place any passage on how it is cut); spread (her measures point to "
        "different sizes); outside (the chart does not cover her); measure_needed (its statement says which); "
        "no_chart; which_product (data.goods); product_needed."
    ),
    arguments=SizeArguments,
    read=size_advice,
)
