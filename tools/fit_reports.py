"""Counting sizes that come out otherwise than they say, with the return or exchange that follows on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from commerce.errors import NotLive, OrderNotFound
from commerce.fit import Fit
from conversations.models import Level
from facts.values import Code, Fact, Quantity
from tools.items import item
from tools.lookup import OrderArguments
from tools.results import about_order
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

KEY = "fit_report"


@dataclass(frozen=True, slots=True)
class Report:
    """What is counted once the customer has said yes: only somebody who has bought it may count."""

    order_id: str
    line_id: str
    kind: Fit

    async def keep(self, context: ToolContext, result: ToolResult) -> ToolResult:
        """Count it, once for the line; the result then says which one it is. What it follows on is done in any case."""
        try:
            kept = await context.backend.report_fit(self.order_id, self.line_id, self.kind)
        except (NotLive, OrderNotFound):
            return result
        told = {
            "order_id": self.order_id,
            "line_id": self.line_id,
            "position": kept.position,
            "sold": kept.sold,
        }
        return replace(result, data={**result.data, KEY: told})


def with_report(payload: dict[str, Any], line_id: str, kind: Fit | None) -> dict[str, Any]:
    """A proposal's payload with the report that its execution makes."""
    return payload if kind is None else {**payload, KEY: {"line_id": line_id, "kind": str(kind)}}


def split(payload: Mapping[str, Any]) -> tuple[dict[str, Any], Report | None]:
    """The payload without the report, and the report."""
    values = dict(payload)
    told = values.pop(KEY, None)
    if told is None:
        return values, None
    return values, Report(values["order_id"], told["line_id"], Fit(told["kind"]))


async def notice(context: ToolContext, result: ToolResult) -> tuple[Tool, ProposalDraft] | None:
    """What staff are to look into after this report: every so many of one variant."""
    told, after = result.data.get(KEY), context.policy.sizing.alert_after
    if told is None or after is None or told["position"] % after:
        return None
    order = await context.backend.order(told["order_id"])
    line = next((each for each in order.lines if each.id == told["line_id"]), None) if order else None
    if order is None or line is None:
        return None
    facts: dict[str, Fact] = {
        "item": item(order, line, 1),
        "sku": Code(value=line.sku),
        "reports": Quantity(value=Decimal(told["position"])),
        "sold": Quantity(value=Decimal(told["sold"])),
    }
    draft = ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=None,
        evidence=about_order(context, "fit.alert_proposed", order.number, facts),
        payload={"sku": line.sku, "reports": told["position"]},
    )
    return CHECK_SIZES, draft


CHECK_SIZES = Tool(
    name="check_sizes",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description="Have staff compare a variant with its size chart. No planner is given it.\nOutcomes: requested.",
    arguments=OrderArguments,
)
"""Carried out by staff outside: nothing of ours can do it."""
