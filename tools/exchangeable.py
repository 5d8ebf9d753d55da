"""What of an order may be exchanged today, and for what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from commerce.models import Order, OrderLine, OrderStatus, Product
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact, Quantity, Text
from tools import exchange_rules as rules
from tools.eligibility import Eligible, Refusal, eligibility_of
from tools.items import options
from tools.lookup import OrderArguments, known_order
from tools.results import about_order, evidence, order_result
from tools.returning import kept_lines, told_refusal
from tools.tool import Effect, Tool, ToolContext, ToolResult

NOT_PACKED = {OrderStatus.PENDING_PAYMENT, OrderStatus.PROCESSING, OrderStatus.ON_HOLD}
OWN_WORDS = {"too_late", "not_delivered", "final_sale", "cancelled"}
"""Refusals of a return that say "return": an exchange has words of its own for them."""


async def exchangeable(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """The lines that may be exchanged today, each with the variants that are there."""
    order = known_order(context)
    allowed = await allowed_today(context, "exchangeable", order)
    if isinstance(allowed, ToolResult):
        return allowed
    told: list[Evidence] = []
    lines: list[dict[str, Any]] = []
    for line, left in allowed.lines:
        entry = _line(context, order, line, left)
        choices = _choices(line, await context.backend.product(line.product_id))
        told.append(entry)
        if not choices["in_stock"]:
            nothing = _nothing_there(context, order, line)
            told.append(nothing)
            choices["nothing"] = nothing.id
        lines.append(_plain(line) | {"quantity": left, "evidence": entry.id, **choices})
    out = kept_lines(context, order, allowed, "exchange.final_sale")
    excluded = [
        _plain(line) | {"evidence": entry.id} | ({"for_a_person": True} if line in allowed.unsure else {})
        for line, entry in out
    ]
    data = {"order_number": order.number, "lines": lines, "excluded": excluded}
    return ToolResult("exchangeable", "some", (*told, *(entry for _, entry in out)), data)


async def allowed_today(context: ToolContext, tool: str, order: Order) -> Eligible | ToolResult:
    """What may be exchanged of it, or the refusal."""
    if not context.policy.exchange.offered:
        return order_result(context, tool, "not_offered", "exchange.not_offered", order.number)
    if order.status in NOT_PACKED:
        return ToolResult(tool, "not_packed", data={"order_number": order.number})
    allowed = await eligibility_of(context, order)
    return refuse(context, tool, order, allowed) if isinstance(allowed, Refusal) else allowed


def refuse(context: ToolContext, tool: str, order: Order, refusal: Refusal) -> ToolResult:
    """A refusal in words about exchanges where those about returns do not fit."""
    family = "exchange" if refusal.outcome in OWN_WORDS else "return"
    return told_refusal(context, tool, order, refusal, family)


def _plain(line: OrderLine) -> dict[str, Any]:
    titles = {"": line.title, **line.titles}
    return {"line_id": line.id, "sku": line.sku, "titles": titles, "options": line.options}


def _choices(line: OrderLine, product: Product | None) -> dict[str, Any]:
    there = [each.options for each in rules.others(line, product) if rules.there(each)]
    return {"sizes": rules.sizes(product), "in_stock": there}


def _nothing_there(context: ToolContext, order: Order, line: OrderLine) -> Evidence:
    facts: dict[str, Fact] = {"item": Text(value=line.title, titles=line.titles)}
    return about_order(context, "exchange.nothing_there", order.number, facts)


def _line(context: ToolContext, order: Order, line: OrderLine, left: int) -> Evidence:
    facts: dict[str, Fact] = {
        "item": Text(value=line.title, titles=line.titles),
        "quantity": Quantity(value=Decimal(left)),
    }
    statement = "exchange.item_plain"
    if line.options:
        statement, facts["options"] = "exchange.item", options(line)
    return evidence(context, statement, f"order:{order.number}/{line.id}", Code(value=order.number), facts)


EXCHANGEABLE = Tool(
    name="exchangeable",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "What of an order may be exchanged for another size or colour today, and which are in stock. Call it before "
        "start_exchange and for the question alone. Needs an identified order.\n"
        "Outcomes: some (data.lines: line_id, titles, options, quantity, sizes in the shop's order, in_stock: options of "
        "what is there; data.excluded: final sale, or settled already); "
        "none_left; too_late; right_unverified (the law may allow it: a person decides); not_delivered; not_packed "
        "(change the order itself instead); final_sale; cancelled; already_open; claimed; exchanged; not_offered (return "
        "and order anew); dispute_open, dispute_lost (a person helps); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=exchangeable,
    refunds=True,
    sends_back=True,
)
