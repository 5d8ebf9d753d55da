"""A present as its recipient may see it: where the parcel is, never what it cost or who paid."""

from __future__ import annotations

from dataclasses import replace

from commerce.models import Order
from facts.evidence import Evidence
from facts.values import Fact, Listing, Money
from knowledge.policy import GiftReturns
from tools.results import about_order
from tools.tool import Tool, ToolContext, ToolResult

WORDED_WITHOUT_MONEY = (
    "order.found",
    "order.listed",
    "order.status.",
    "tracking.",
    "return.item",
    "present.",
)
"""Statements that carry amounts for cards and models but whose words tell none."""

PAYERS = frozenset({"payment", "hint", "channel", "coupon"})
"""Facts about who paid and how."""

WITHHELD = "present.withheld"


def is_present(context: ToolContext, order: Order) -> bool:
    """Whether it was bought for somebody else: the order says so, or she does."""
    return order.gift or context.recipient


def as_recipient(context: ToolContext, order: Order, result: ToolResult) -> ToolResult:
    """The result without money and payer; a statement that is about them gives way to one that says so.

    Everything that somebody sees who is not confirmed as the buyer passes here, from the guard.
    """
    kept: list[Evidence] = []
    for entry in result.evidence:
        seen = _without_payer(entry)
        if seen is not None:
            kept.append(seen)
        elif not any(each.statement == WITHHELD for each in kept):
            kept.append(about_order(context, WITHHELD, order.number))
    return replace(result, evidence=tuple(kept))


def of_present(context: ToolContext, tool: Tool, order: Order, asked: ToolResult) -> ToolResult:
    """Before the buyer is sent a code: the recipient may not want her to know, and hears how it goes without."""
    way = context.policy.gifts.returns if tool.refunds else GiftReturns.PERSON
    told = about_order(context, f"present.{way}", order.number)
    return replace(asked, evidence=(told,), data={**asked.data, "present": True})


def _without_payer(entry: Evidence) -> Evidence | None:
    told = {name: fact for name, fact in entry.facts.items() if name not in PAYERS and not _is_money(fact)}
    if len(told) == len(entry.facts):
        return entry
    if (entry.statement or "").startswith(WORDED_WITHOUT_MONEY):
        return entry.model_copy(update={"facts": told})
    return None


def _is_money(fact: Fact) -> bool:
    return isinstance(fact, Money) or (isinstance(fact, Listing) and any(map(_is_money, fact.items)))
