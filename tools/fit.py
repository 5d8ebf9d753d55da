"""A size that comes out otherwise than it says: what the chart says to it, and whose fault it is."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from commerce.fit import Fit
from commerce.models import Order, OrderLine, Product, ReturnReason
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact, Quantity, Term, Text
from tools.exchange_rules import ALIASES, sizes
from tools.lookup import OrderArguments, known_order
from tools.results import about_order, invalid
from tools.tool import Effect, Tool, ToolContext, ToolResult

TOOL = "size_deviation"
MEASURES = frozenset(["foot_length", "chest", "waist", "hip", "inseam", "neck", "hand_girth"])
"""What catalogues name (`term.measure.chest`); any other measure is told as the shop writes it."""
TOO = {Fit.SMALLER: ReturnReason.TOO_SMALL, Fit.LARGER: ReturnReason.TOO_LARGE}


class Way(StrEnum):
    """What she wants done about it."""

    EXCHANGE = "exchange"
    RETURN = "return"
    KEEP = "keep"


class FitArguments(OrderArguments):
    line_id: str = Field(min_length=1, max_length=128, description="From exchangeable or returnable_items.")
    label: str | None = Field(None, max_length=16, description="The size that she says stands on it.")
    feels_like: str | None = Field(None, max_length=16, description="The size that she says it fits like.")
    fit: Fit | None = Field(None, description="Which way it comes out, where she says no size.")
    part: str | None = Field(
        None, max_length=32, description="What she measured: foot_length, chest, waist …"
    )
    centimetres: Decimal | None = Field(None, gt=0, lt=400, description="The length that she measured.")


async def size_deviation(context: ToolContext, arguments: FitArguments) -> ToolResult:
    """What the chart says to a complaint about a size, and for what reason the piece may come back."""
    order = known_order(context)
    line = next((each for each in order.lines if each.id == arguments.line_id), None)
    if line is None:
        return invalid(TOOL, [{"field": "line_id", "problem": f"no such line: {arguments.line_id}"}])
    ordered = _size(line)
    if ordered and arguments.label and not _alike(ordered, arguments.label):
        facts: dict[str, Fact] = {"item": _item(line), "size": Code(value=ordered)}
        return _result(order, "other_label", (about_order(context, "fit.other_label", order.number, facts),))
    product = await context.backend.product(line.product_id)
    fit = arguments.fit or _direction(product, ordered, arguments.feels_like)
    row = _row(product, ordered)
    measured = _measured(row, arguments)
    if measured is None:
        return _unmeasured(context, order, line, ordered, row, fit)
    return _compared(context, order, line, product, ordered or "", measured, fit)


def _size(line: OrderLine) -> str | None:
    names = {ALIASES.get(name.casefold(), name.casefold()): value for name, value in line.options.items()}
    return names.get("size")


def _alike(first: str, second: str) -> bool:
    return first.casefold().removeprefix("eu").strip() == second.casefold().removeprefix("eu").strip()


def _item(line: OrderLine) -> Text:
    return Text(value=line.title, titles=line.titles)


def _direction(product: Product | None, ordered: str | None, feels_like: str | None) -> Fit | None:
    """Which way it comes out, by the places of the two sizes in the product's order."""
    order = sizes(product)
    places = [
        next((n for n, each in enumerate(order) if s and _alike(each, s)), None)
        for s in (ordered, feels_like)
    ]
    own, felt = places
    if own is not None and felt is not None:
        return None if own == felt else Fit.SMALLER if felt < own else Fit.LARGER
    try:
        # The product may not come in the size that it feels like; numbers tell all the same.
        numbers = float(ordered or ""), float(feels_like or "")
    except ValueError:
        return None
    return None if numbers[0] == numbers[1] else Fit.SMALLER if numbers[1] < numbers[0] else Fit.LARGER


Row = dict[str, tuple[float, float]]


def _row(product: Product | None, size: str | None) -> Row:
    """What the chart says of a size; empty where there is no chart, or it lacks the size."""
    if product is None or product.size_chart is None or size is None:
        return {}
    rows = product.size_chart.rows
    return next((row for name, row in rows.items() if _alike(name, size)), {})


def _measured(row: Row, arguments: FitArguments) -> tuple[str, Decimal] | None:
    """What she measured, where the chart says something about it; a chart of one measure leaves no doubt which."""
    if arguments.centimetres is None or not row:
        return None
    part = arguments.part if arguments.part in row else next(iter(row)) if len(row) == 1 else None
    named_otherwise = arguments.part is not None and arguments.part not in row
    return None if part is None or named_otherwise else (part, arguments.centimetres)


def _unmeasured(
    context: ToolContext, order: Order, line: OrderLine, ordered: str | None, row: Row, fit: Fit | None
) -> ToolResult:
    """Nothing speaks against her word; what the chart says is told, where there is one."""
    if fit is None:
        return _result(order, "direction_needed")
    told: list[Evidence] = []
    for part, (low, high) in row.items():
        facts: dict[str, Fact] = {"part": _part(part), "low": _cm(low), "high": _cm(high)}
        if not told:
            facts |= {"item": _item(line), "size": Code(value=ordered or "")}
        told.append(about_order(context, "fit.chart_more" if told else "fit.chart", order.number, facts))
    if context.policy.sizing.free_of_charge:
        return _deviates(order, (*told, *_fault(context, order)), fit)
    return _result(order, "unproven", tuple(told), reason=str(TOO[fit]))


def _compared(
    context: ToolContext,
    order: Order,
    line: OrderLine,
    product: Product | None,
    size: str,
    measured: tuple[str, Decimal],
    fit: Fit | None,
) -> ToolResult:
    """A length inside the size's range, or one off it on the side to which the piece comes out, is the piece's fault.

    One off it on the other side is that of a body which the chart would give another size: whoever is larger than the
    size finds it small.
    """
    part, length = measured
    low, high = _row(product, size)[part]
    off = Fit.SMALLER if length < Decimal(str(low)) else Fit.LARGER if length > Decimal(str(high)) else None
    facts: dict[str, Fact] = {
        "item": _item(line),
        "size": Code(value=size),
        "part": _part(part),
        "measured": _cm(length),
        "low": _cm(low),
        "high": _cm(high),
    }
    if off is None and fit is None:
        return _result(order, "direction_needed")
    if off is None or fit is None or fit is off:
        statement = "fit.as_charted" if off is None else "fit.off_chart"
        told = about_order(context, statement, order.number, facts)
        return _deviates(order, (told, *_fault(context, order)), fit or off or Fit.SMALLER)
    better = _size_for(product, part, length)
    statement = "fit.no_size_for"
    if better is not None:
        statement, facts["better"] = "fit.other_size", Code(value=better)
    told = about_order(context, statement, order.number, facts)
    return _result(order, "other_size", (told,), reason=str(TOO[fit]), size=better)


def _fault(context: ToolContext, order: Order) -> tuple[Evidence, ...]:
    """That it costs her nothing, where the shop's rules for returns say so."""
    if ReturnReason.NOT_AS_DESCRIBED not in context.policy.returns.seller_pays:
        return ()
    return (about_order(context, "fit.our_fault", order.number),)


def _size_for(product: Product | None, part: str, length: Decimal) -> str | None:
    """The chart's size for a length; the larger one between two, none below the smallest and above the largest."""
    chart = product.size_chart if product else None
    rows = sorted((row[part], name) for name, row in (chart.rows if chart else {}).items() if part in row)
    if not rows or length < Decimal(str(rows[0][0][0])):
        return None
    return next((name for (_, high), name in rows if length <= Decimal(str(high))), None)


def _part(name: str) -> Fact:
    return Term(id=f"term.measure.{name}") if name in MEASURES else Text(value=name.replace("_", " "))


def _cm(length: float | Decimal) -> Quantity:
    return Quantity(value=Decimal(str(length)).normalize() + 0, unit="centimeter")


def _deviates(order: Order, told: tuple[Evidence, ...], fit: Fit) -> ToolResult:
    return _result(order, "deviates", told, reason=str(ReturnReason.NOT_AS_DESCRIBED), fit=str(fit))


def _result(order: Order, outcome: str, told: tuple[Evidence, ...] = (), **data: Any) -> ToolResult:
    known = {name: value for name, value in data.items() if value is not None}
    return ToolResult(TOOL, outcome, told, {"order_number": order.number, **known})


SIZE_DEVIATION = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "For a piece that she has and that fits otherwise than its size says ('this 38 fits like a 36', 'runs small', "
        "'the chart says 96 cm, it is 90'): compares it with the product's size chart and says for what reason it may "
        "come back. Pass data.reason and data.fit on to start_exchange or start_return. Needs an identified order.\n"
        "Outcomes: deviates (the shop's fault: the way back is free); other_size (by the chart she needs another size, "
        "data.size: usual rules); unproven (usual rules); direction_needed (ask: smaller or larger?); other_label (she "
        "names another size than was ordered: ask what stands on the label; a wrong label is a wrong item, open_claim); "
        "identity_needed; not_matched."
    ),
    arguments=FitArguments,
    read=size_deviation,
)
