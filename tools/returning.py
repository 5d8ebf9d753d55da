"""How it is told what of an order may not come back, and what may by law alone."""

from __future__ import annotations

from collections.abc import Sequence

from commerce.models import Order, OrderLine
from facts.evidence import Evidence
from facts.values import Fact
from tools.eligibility import Eligible, Refusal, refused_line
from tools.items import items
from tools.results import about_order, order_result
from tools.tool import ToolContext, ToolResult


def told_refusal(context: ToolContext, tool: str, order: Order, refusal: Refusal, family: str) -> ToolResult:
    """The refusal, and that it is the shop's own where nobody has checked the law."""
    statement = f"{family}.{refusal.outcome}"
    result = order_result(context, tool, refusal.outcome, statement, order.number, refusal.facts)
    if refusal.unchecked is None:
        return result
    facts: dict[str, Fact] = {"country": refusal.unchecked}
    note = about_order(context, "return.shop_rules", order.number, facts)
    return ToolResult(tool, refusal.outcome, (*result.evidence, note), result.data)


def kept_lines(
    context: ToolContext, order: Order, allowed: Eligible, final_sale: str = "return.final_sale"
) -> list[tuple[OrderLine, Evidence]]:
    """The lines that may not come back, each with why."""
    told: list[tuple[OrderLine, Evidence]] = []
    for line in (*allowed.final_sale, *allowed.unsure, *allowed.late, *allowed.away):
        refusal = refused_line(order, allowed, line, line.quantity)
        facts = refusal.facts if refusal else {"items": items(order, [(line, line.quantity)])}
        statement = f"return.{refusal.outcome}" if refusal else "return.line_settled"
        if refusal and refusal.outcome == "final_sale":
            statement = final_sale
        told.append((line, about_order(context, statement, order.number, facts)))
    return told


def by_law(
    context: ToolContext, order: Order, allowed: Eligible, pieces: Sequence[tuple[OrderLine, int]]
) -> tuple[Evidence, ...]:
    """Which of these the law allows and not the shop's policy."""
    lawful = [(line, count) for line, count in pieces if line in allowed.by_law]
    if not lawful or allowed.right is None:
        return ()
    facts: dict[str, Fact] = {"items": items(order, lawful), **allowed.right.facts()}
    return (about_order(context, "return.by_law", order.number, facts),)
