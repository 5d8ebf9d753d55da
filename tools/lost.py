"""A parcel that counts as lost, or that its carrier did not find: sent again or refunded, as she wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field

from commerce.claims import ClaimDraft, ClaimLine, ClaimRemedy
from commerce.errors import LineNotClaimable, OrderNotFound
from commerce.models import Order
from conversations.models import Level
from facts.values import Code, Duration, Fact, Money
from tools.claim_rules import Wish
from tools.inquiries import standing_result
from tools.items import items
from tools.limits import within
from tools.lookup import OrderArguments, known_order
from tools.missing import Case, case_of, in_stock, worth
from tools.results import about_order, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult


async def lost_options(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """What she may choose from today."""
    order = known_order(context)
    case = await case_of(context, order)
    if case.standing != "remedy_due":
        return standing_result(context, "lost_options", order, case)
    amount = await worth(context, order, case.pieces)
    if amount is None:
        return order_result(context, "lost_options", "not_automated", "lost.not_automated", order.number)
    facts: dict[str, Fact] = {"items": items(order, case.pieces), "refund": amount}
    again = await in_stock(context, case.pieces)
    outcome = "choose" if again else "refund_only"
    told = order_result(context, "lost_options", outcome, f"lost.{outcome}", order.number, facts)
    remedies = [str(wish) for wish in Wish if again or wish is Wish.REFUND]
    return replace(told, data={**told.data, "remedies": remedies})


LOST_OPTIONS = Tool(
    name="lost_options",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "What can be done about a parcel that counts as lost (track_shipment: lost) or that the carrier has not found "
        "by the day it had (check_delivery: remedy_due). Needs an identified order.\n"
        "Outcomes: choose (sent again or refunded: ask which; data.remedies); refund_only (not in stock any "
        "more); not_automated (offer a person); not_delivered, wait, inquiry_possible (not lost yet: check_delivery); "
        "inquiry_open; settled; several; dispute_open; dispute_lost; identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=lost_options,
    refunds=True,
)


class SettleLostArguments(OrderArguments):
    remedy: Wish = Field(description="replacement (sent again) or refund, as she said.")


async def propose(context: ToolContext, arguments: SettleLostArguments) -> ProposalDraft | ToolResult:
    """What would be sent or paid; nothing is changed."""
    order = known_order(context)
    case = await case_of(context, order)
    if case.standing != "remedy_due":
        return standing_result(context, "settle_lost", order, case)
    amount = await worth(context, order, case.pieces)
    if amount is None:
        return order_result(context, "settle_lost", "not_automated", "lost.not_automated", order.number)
    if arguments.remedy is Wish.REPLACEMENT and not await in_stock(context, case.pieces):
        facts: dict[str, Fact] = {"items": items(order, case.pieces), "refund": amount}
        return order_result(context, "settle_lost", "refund_only", "lost.refund_only", order.number, facts)
    return _draft(context, order, case, amount, arguments.remedy)


def _draft(context: ToolContext, order: Order, case: Case, amount: Money, wish: Wish) -> ProposalDraft:
    again = wish is Wish.REPLACEMENT
    draft = ClaimDraft(
        order_id=order.id,
        kind=case.kind,
        lines=tuple(ClaimLine(order_line_id=line.id, quantity=count) for line, count in case.pieces),
        remedy=ClaimRemedy.REPLACEMENT if again else ClaimRemedy.REFUND_WITHOUT_RETURN,
        refund=None if again else amount,
    )
    facts: dict[str, Fact] = {"items": items(order, case.pieces), **_refund(context, draft)}
    statement = "lost.proposed_replacement" if again else "lost.proposed_refund"
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=amount,
        evidence=about_order(context, statement, order.number, facts),
        payload=draft.model_dump(mode="json"),
        # Sent once more, the goods are worth what would be refunded.
        needs_approval=not within(context.policy.limits, "lost_refund", amount),
    )


def _refund(context: ToolContext, draft: ClaimDraft) -> dict[str, Fact]:
    if draft.refund is None:
        return {}
    within_days = Duration(value=context.policy.cancellation.refund_within_days)
    return {"refund": draft.refund, "refund_within": within_days}


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Settle it, once for this key."""
    draft = ClaimDraft.model_validate(payload)
    order = await context.backend.order(draft.order_id)
    if order is None:
        return refused("settle_lost")
    try:
        settled = await context.backend.open_claim(draft, version=version, key=key)
    except LineNotClaimable:
        return order_result(context, "settle_lost", "not_automated", "lost.not_automated", order.number)
    except OrderNotFound:
        return refused("settle_lost")
    lines = {line.id: line for line in order.lines}
    pieces = [(lines[each.order_line_id], each.quantity) for each in settled.lines]
    facts: dict[str, Fact] = {
        "claim_number": Code(value=settled.number),
        "items": items(order, pieces),
        **_refund(context, draft),
    }
    statement = "lost.done_replacement" if draft.refund is None else "lost.done_refund"
    return order_result(context, "settle_lost", "done", statement, order.number, facts)


SETTLE_LOST = Tool(
    name="settle_lost",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose to send the goods of a lost parcel again, or to refund them. Nothing happens yet: the customer must "
        "say yes in a later message. Call lost_options first. Needs a confirmed customer.\n"
        "Outcomes: proposed (place its statement and ask for a yes; data.proposal_id); refund_only (not in stock any "
        "more); not_automated (offer a person); not_delivered; wait; inquiry_possible; inquiry_open; settled; several; "
        "dispute_open; dispute_lost; identity_needed with needed=confirmed (call request_code) or needed=order_read "
        "(call find_order); not_matched; unavailable. After the yes: done, awaiting_approval, requested, changed, "
        "expired."
    ),
    arguments=SettleLostArguments,
    propose=propose,
    execute=execute,
    refunds=True,
)
