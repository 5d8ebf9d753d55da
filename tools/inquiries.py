"""Delivered, says the carrier, but she has nothing: what to check, and asking the carrier, with the day of the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from commerce.claims import Claim, ClaimDraft, ClaimKind, ClaimLine, ClaimRemedy
from commerce.errors import LineNotClaimable, OrderNotFound
from commerce.models import Order, OrderLine
from conversations.models import Level
from facts.values import Code, Date, DateTime, Fact, Text
from tools.days import add_business_days, day_fact, local_day
from tools.items import items
from tools.lookup import OrderArguments, known_order
from tools.missing import Case, case_of
from tools.results import about_order, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

WORDED = ("wait", "inquiry_possible", "inquiry_open", "remedy_due", "settled")
"""Standings that a statement `missing.…` tells."""


async def check_delivery(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """How the case of a parcel stands that she says she does not have."""
    order = known_order(context)
    return standing_result(context, "check_delivery", order, await case_of(context, order))


def standing_result(context: ToolContext, tool: str, order: Order, case: Case) -> ToolResult:
    if case.standing not in WORDED:
        return ToolResult(tool, case.standing, data={"order_number": order.number})
    if case.standing == "remedy_due" and case.claim is None:
        return ToolResult(tool, "remedy_due", data={"order_number": order.number})
    facts = {**_scan(case), **_claim(context, case.claim)}
    if case.standing == "wait" and case.inquiry_from is not None:
        facts["inquiry_from"] = Date(value=case.inquiry_from)
    told = order_result(context, tool, case.standing, f"missing.{case.standing}", order.number, facts)
    return replace(told, data={**told.data, "lines": [_plain(line) for line, _ in case.pieces]})


def _plain(line: OrderLine) -> dict[str, Any]:
    return {"line_id": line.id, "titles": {"": line.title, **line.titles}, "options": line.options}


def _scan(case: Case) -> dict[str, Fact]:
    """Where and when the carrier says it was; the place is the town that the scan names, never a door."""
    if case.journey is None or case.journey.delivered_at is None:
        return {}
    scan = case.journey.delivered_at
    return {
        "carrier": Text(value=case.journey.leg.carrier),
        "tracking_number": Code(value=case.journey.leg.tracking_number),
        "delivered_at": DateTime.at(scan.at, scan.zone),
        "place": case.journey.place()[0],
    }


def _claim(context: ToolContext, claim: Claim | None) -> dict[str, Fact]:
    if claim is None:
        return {}
    facts: dict[str, Fact] = {
        "claim_number": Code(value=claim.number),
        "opened_at": day_fact(claim.created_at, context.locale.zone),
    }
    if claim.remedy_by is not None:
        facts["remedy_by"] = Date(value=claim.remedy_by)
    return facts


CHECK_DELIVERY = Tool(
    name="check_delivery",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "For a parcel that the customer says she has not received: whether the carrier says delivered, what she should "
        "check, and how an inquiry stands. Needs an identified order.\n"
        "Outcomes: not_delivered (use track_shipment); wait (scanned as delivered so lately that it may still come: "
        "inquiry_from); inquiry_possible (ask whether she has looked, then open_inquiry); inquiry_open (remedy_by); "
        "remedy_due (the carrier has not found it, or it counts as lost: lost_options); settled (a claim settles it); "
        "several (more than one delivered parcel: offer a person); dispute_open; dispute_lost; identity_needed; "
        "not_matched."
    ),
    arguments=OrderArguments,
    read=check_delivery,
    refunds=True,
)


async def propose(context: ToolContext, arguments: OrderArguments) -> ProposalDraft | ToolResult:
    """What an inquiry would be, and what happens if the carrier does not find it; nothing is changed."""
    order = known_order(context)
    case = await case_of(context, order)
    if case.standing != "inquiry_possible":
        return standing_result(context, "open_inquiry", order, case)
    if not case.pieces:
        return ToolResult("open_inquiry", "not_automated", data={"order_number": order.number})
    today = local_day(context.clock.now(), context.policy.shop.zone)
    draft = ClaimDraft(
        order_id=order.id,
        kind=ClaimKind.NOT_RECEIVED,
        lines=tuple(ClaimLine(order_line_id=line.id, quantity=count) for line, count in case.pieces),
        remedy=ClaimRemedy.INQUIRY,
        remedy_by=add_business_days(today, context.policy.not_received.inquiry_business_days),
    )
    facts = {name: fact for name, fact in _scan(case).items() if name in ("carrier", "tracking_number")}
    facts |= {"items": items(order, case.pieces)}
    if draft.remedy_by is not None:
        facts["remedy_by"] = Date(value=draft.remedy_by)
    told = about_order(context, "inquiry.proposed", order.number, facts)
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=None,
        evidence=told,
        payload=draft.model_dump(mode="json"),
    )


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Open it, once for this key."""
    draft = ClaimDraft.model_validate(payload)
    order = await context.backend.order(draft.order_id)
    if order is None:
        return refused("open_inquiry")
    try:
        opened = await context.backend.open_claim(draft, version=version, key=key)
    except LineNotClaimable:
        return order_result(context, "open_inquiry", "not_automated", "inquiry.not_automated", order.number)
    except OrderNotFound:
        return refused("open_inquiry")
    facts = {name: fact for name, fact in _claim(context, opened).items() if name != "opened_at"}
    return order_result(context, "open_inquiry", "done", "inquiry.opened", order.number, facts)


OPEN_INQUIRY = Tool(
    name="open_inquiry",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose to have the carrier look for a parcel that was scanned as delivered and is not there. Nothing happens "
        "yet: the customer is shown by when it is sent again or refunded, and must say yes in a later message. Call "
        "check_delivery first; she should have asked household and neighbours. Needs a confirmed customer.\n"
        "Outcomes: proposed (place its statement and ask for a yes; data.proposal_id); not_delivered; wait; "
        "inquiry_open; remedy_due; settled; several, not_automated (offer a person); dispute_open; dispute_lost; "
        "identity_needed with needed=confirmed (call request_code) or needed=order_read (call find_order); "
        "not_matched; unavailable. After the yes: done, requested, changed, expired."
    ),
    arguments=OrderArguments,
    propose=propose,
    execute=execute,
    refunds=True,
)
