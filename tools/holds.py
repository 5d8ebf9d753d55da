"""Taking an article off sale after somebody was hurt by it: proposed to staff, never to a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from commerce.models import Order, OrderLine
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact
from tools.items import item
from tools.lookup import OrderArguments
from tools.results import about_order
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult


class HoldArguments(OrderArguments):
    sku: str = Field(min_length=1, max_length=128, description="The article to hold.")


def named(context: ToolContext, order: Order, line: OrderLine) -> Evidence:
    """The article that a report of danger is about, for those who are alarmed."""
    facts: dict[str, Fact] = {"item": item(order, line, 1), "sku": Code(value=line.sku)}
    return about_order(context, "safety.product", order.number, facts)


def hold(context: ToolContext, order: Order, line: OrderLine) -> ProposalDraft:
    """What staff are asked to allow: nobody else may buy it until somebody has looked into it."""
    facts: dict[str, Fact] = {"item": item(order, line, 1), "sku": Code(value=line.sku)}
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=None,
        evidence=about_order(context, "safety.hold_proposed", order.number, facts),
        payload={"sku": line.sku},
        needs_approval=True,
    )


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Hold it; doing it again changes nothing. The customer is told by the person who writes to her."""
    held = await context.backend.hold_variants([payload["sku"]])
    return ToolResult("hold_sku", "done" if held else "refused")


HOLD_SKU = Tool(
    name="hold_sku",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description="Take an article off sale. Only staff may allow it; no planner is given it.\nOutcomes: done; refused.",
    arguments=HoldArguments,
    execute=execute,
)
"""Not in the set that conversations have: the guard knows no such tool, so no message can ask for it."""
