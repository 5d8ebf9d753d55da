"""How tools put together what they found: evidence, and the outcomes that every tool shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commerce.models import Order, PaymentStatus
from conversations.models import Level
from facts.evidence import Evidence, EvidenceKind
from facts.values import Code, Fact
from tools.tool import ToolContext, ToolResult

LEVEL_NAMES = {Level.ANONYMOUS: "anonymous", Level.ORDER_READ: "order_read", Level.CONFIRMED: "confirmed"}


def evidence(
    context: ToolContext, statement: str | None, source: str, title: Fact, facts: Mapping[str, Fact]
) -> Evidence:
    """A tool's evidence; `statement` is one of those in `statements/`."""
    return Evidence(
        id=context.new_evidence_id(),
        kind=EvidenceKind.TOOL,
        source=source,
        title=title,
        facts=dict(facts),
        statement=statement,
    )


def about_order(
    context: ToolContext, statement: str, number: str, facts: Mapping[str, Fact] | None = None
) -> Evidence:
    """Evidence from an order, with its number among the facts."""
    code = Code(value=number)
    return evidence(context, statement, f"order:{number}", code, {"order_number": code, **(facts or {})})


def order_result(
    context: ToolContext,
    tool: str,
    outcome: str,
    statement: str,
    number: str,
    facts: Mapping[str, Fact] | None = None,
) -> ToolResult:
    """A result with one statement about one order."""
    told = about_order(context, statement, number, facts)
    return ToolResult(tool, outcome, (told,), {"order_number": number})


def still_to_pay(order: Order) -> dict[str, str]:
    """How an order is to be paid for which nothing has come in: to name another way is to wish for it."""
    pending = order.payment_status is PaymentStatus.PENDING
    return {"payment_method": order.payment_method} if pending and order.payment_method else {}


def not_matched(tool: str, reference: str) -> ToolResult:
    """Unknown, someone else's and wrong details: all the same, down to how the customer wrote the number."""
    return ToolResult(tool, "not_matched", data={"order_number": reference})


def identity_needed(tool: str, needed: Level, reference: str) -> ToolResult:
    return ToolResult(
        tool, "identity_needed", data={"needed": LEVEL_NAMES[needed], "order_number": reference}
    )


def invalid(tool: str, errors: list[dict[str, Any]]) -> ToolResult:
    """The call cannot be understood; `errors` names each field and what is wrong with it."""
    return ToolResult(tool, "invalid_arguments", data={"errors": errors})


def unavailable(tool: str) -> ToolResult:
    return ToolResult(tool, "unavailable")


def refused(tool: str) -> ToolResult:
    return ToolResult(tool, "refused")
