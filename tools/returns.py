"""What may be sent back, and opening a return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from commerce.claims import ClaimKind
from commerce.errors import LineNotReturnable, OrderNotFound
from commerce.fit import Fit
from commerce.models import Order, OrderLine, Return, ReturnDraft, ReturnLine, ReturnReason
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Date, DateTime, Fact, Money, Quantity, Term, Text
from tools.claim_rules import need_not_return
from tools.days import day_fact, local_day
from tools.disputes import still_refundable
from tools.eligibility import Eligible, Refusal, eligibility_of, refused_line
from tools.fit_reports import notice, split, with_report
from tools.identity_tools import masked
from tools.items import item, items, options
from tools.limits import within
from tools.lookup import Arguments, OrderArguments, known_order
from tools.policies import address
from tools.receipt_desk import Declaration
from tools.refunds import share
from tools.results import about_order, evidence, invalid, order_result
from tools.returning import by_law, kept_lines, told_refusal
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult
from tools.withdrawal import return_refund_within

Pieces = list[tuple[OrderLine, int]]

CLAIM_OF_REASON = {
    ReturnReason.DAMAGED: ClaimKind.DAMAGED,
    ReturnReason.WRONG_ITEM: ClaimKind.WRONG_ITEM,
}
"""Reasons for which a thing of little worth is settled without coming back."""


NO_FAULT = frozenset(
    {ReturnReason.TOO_SMALL, ReturnReason.TOO_LARGE, ReturnReason.CHANGED_MIND, ReturnReason.OTHER}
)
"""Reasons that make a return a withdrawal from the contract, where the law gives one, whatever she calls it."""
RECEIPT = "receipt"
"""The key of what she declares in a proposal's payload."""


async def returnable_items(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """The lines that may come back today."""
    order = known_order(context)
    allowed = await eligibility_of(context, order)
    if isinstance(allowed, Refusal):
        return _refuse(context, "returnable_items", order, allowed)
    told = tuple(_line(context, order, line, left, allowed) for line, left in allowed.lines)
    lines = [
        {"line_id": line.id, "sku": line.sku, "titles": _titles(line), "options": line.options, "quantity": left,
         "evidence": entry.id}
        for (line, left), entry in zip(allowed.lines, told, strict=True)
    ]  # fmt: skip
    out = kept_lines(context, order, allowed)
    excluded = [
        {"line_id": line.id, "titles": _titles(line), "options": line.options, "evidence": entry.id}
        | ({"for_a_person": True} if line in allowed.unsure else {})
        for line, entry in out
    ]
    data = {"order_number": order.number, "lines": lines, "excluded": excluded}
    law = by_law(context, order, allowed, allowed.lines)
    return ToolResult("returnable_items", "some", (*told, *law, *(entry for _, entry in out)), data)


def _titles(line: OrderLine) -> dict[str, str]:
    return {"": line.title, **line.titles}


def _refuse(context: ToolContext, tool: str, order: Order, refusal: Refusal) -> ToolResult:
    return told_refusal(context, tool, order, refusal, "return")


def _line(context: ToolContext, order: Order, line: OrderLine, left: int, allowed: Eligible) -> Evidence:
    facts: dict[str, Fact] = {
        "item": Text(value=line.title, titles=line.titles),
        "quantity": Quantity(value=Decimal(left)),
        "unit_price": line.unit_price,
        "last_day": Date(value=allowed.last_days[line.id]),
    }
    statement = "return.item_plain"
    if line.options:
        statement, facts["options"] = "return.item", options(line)
    source = f"order:{order.number}/{line.id}"
    return evidence(context, statement, source, Code(value=order.number), facts)


RETURNABLE_ITEMS = Tool(
    name="returnable_items",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "What of an order may be sent back today. Call it before start_return to learn the line ids, and "
        "for the question whether something can still be returned. Needs an identified order.\n"
        "Outcomes: some (data.lines: line_id, titles by language, options, quantity that is left; "
        "data.excluded: what was on final sale, too late, or is returned or settled already, with for_a_person where the "
        "law may allow it and a person decides; return.by_law says what the law allows beyond the shop's policy); "
        "right_unverified (the law may allow it, nobody has checked: a person decides, never refuse it); "
        "none_left; too_late; not_delivered; final_sale; cancelled; already_open (a return of the rest is "
        "open); claimed, exchanged (a claim or an exchange settles it); dispute_open, dispute_lost (her bank decides "
        "about the same money: a person helps); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=returnable_items,
    refunds=True,
    sends_back=True,
)


class ReturnPiece(Arguments):
    line_id: str = Field(min_length=1, max_length=128, description="From returnable_items.")
    quantity: int = Field(1, ge=1, le=999)


class StartReturnArguments(OrderArguments):
    lines: tuple[ReturnPiece, ...] = Field(min_length=1, max_length=50)
    reason: ReturnReason = Field(description="Why it comes back, as the customer said.")
    fit: Fit | None = Field(None, description="What size_deviation said of the one line meant; only then.")


async def propose(context: ToolContext, arguments: StartReturnArguments) -> ProposalDraft | ToolResult:
    """What a return would be: the refund, the fee and the last day to send it; nothing is changed."""
    order = known_order(context)
    allowed = await eligibility_of(context, order)
    if isinstance(allowed, Refusal):
        return _refuse(context, "start_return", order, allowed)
    chosen = _chosen(context, order, allowed, arguments)
    if isinstance(chosen, ToolResult):
        return chosen
    if (claim := CLAIM_OF_REASON.get(arguments.reason)) and await need_not_return(
        context, order, claim, chosen
    ):
        return ToolResult("start_return", f"need_not_return_{claim}", data={"order_number": order.number})
    amounts = _amounts(context, order, allowed, chosen, arguments.reason)
    held = await still_refundable(context, order)
    # A fee in another currency, a fee above the value, an unpaid order: nothing that arithmetic may decide.
    if amounts is None or held is None or amounts[0].minor > held.minor:
        return order_result(context, "start_return", "not_automated", "return.not_automated", order.number)
    drafted = _draft(context, order, chosen, amounts, arguments.reason)
    payload = with_report(dict(drafted.payload), arguments.lines[0].line_id, arguments.fit)
    if arguments.reason is ReturnReason.WITHDRAWAL or (
        arguments.reason in NO_FAULT and all(line.id in allowed.lasting for line, _ in chosen)
    ):
        payload[RECEIPT] = (await _declaration(context, order, chosen)).model_dump(mode="json")
    return replace(drafted, payload=payload, beside=_beside(context, order, allowed, chosen))


def _beside(context: ToolContext, order: Order, allowed: Eligible, chosen: Pieces) -> tuple[Evidence, ...]:
    """What of it she owes to the law, and that delivery is paid back, too."""
    law = by_law(context, order, allowed, chosen)
    delivery = _delivery(context, order, allowed, chosen)
    if not delivery.minor:
        return law
    facts: dict[str, Fact] = {"delivery": delivery}
    return (about_order(context, "return.delivery_back", order.number, facts), *law)


async def _declaration(context: ToolContext, order: Order, chosen: Pieces) -> Declaration:
    customer = await context.backend.customer(order.customer_id)
    return Declaration(
        to=order.email,
        name=customer.name if customer else order.shipping_address.name,
        order_number=order.number,
        placed_at=day_fact(order.placed_at, context.locale.zone),
        items=items(order, chosen),
    )


def _chosen(
    context: ToolContext, order: Order, allowed: Eligible, arguments: StartReturnArguments
) -> Pieces | ToolResult:
    asked: Counter[str] = Counter()
    for piece in arguments.lines:
        asked[piece.line_id] += piece.quantity
    lines = {line.id: line for line in order.lines}
    unknown = [line_id for line_id in asked if line_id not in lines]
    if unknown:
        return invalid("start_return", [{"field": "lines", "problem": f"no such line: {unknown[0]}"}])
    left = {line.id: pieces for line, pieces in allowed.lines}
    for line_id, pieces in asked.items():
        line = lines[line_id]
        if refusal := refused_line(order, allowed, line, pieces):
            return _refuse(context, "start_return", order, refusal)
        if pieces > left.get(line_id, 0):
            few: dict[str, Fact] = {
                "item": item(order, line, 1),
                "quantity": Quantity(value=Decimal(left.get(line_id, 0))),
            }
            return _refuse(context, "start_return", order, Refusal("quantity_too_high", few))
    return [(lines[line_id], pieces) for line_id, pieces in asked.items()]


def _amounts(
    context: ToolContext, order: Order, allowed: Eligible, chosen: Pieces, reason: ReturnReason
) -> tuple[Money, Money] | None:
    """Refund and fee, or None where they cannot be told without a person."""
    currency = order.total.currency
    rules = context.policy.returns
    fee = Money(minor=0, currency=currency)
    if reason not in rules.seller_pays and not allowed.free_by_law(chosen):
        fee = rules.fee.for_country(order.shipping_address.country)
    worth = Money(minor=0, currency=currency)
    for line, pieces in chosen:
        worth = worth + share(line, allowed.gone[line.id], pieces)
    if fee.currency != currency or worth.minor <= fee.minor:
        return None
    return worth - fee + _delivery(context, order, allowed, chosen), fee


def _delivery(context: ToolContext, order: Order, allowed: Eligible, chosen: Pieces) -> Money:
    """What of the cost of delivery goes back with the goods: what the shop's usual delivery there costs at most."""
    paid = order.shipping
    if not allowed.whole_by_law(chosen):
        return Money(minor=0, currency=paid.currency)
    zone = context.policy.shipping.zone_for(order.shipping_address.country)
    usual = zone.cost if zone and zone.cost.currency == paid.currency else paid
    return min(paid, usual, key=lambda each: each.minor)


def _draft(
    context: ToolContext, order: Order, chosen: Pieces, amounts: tuple[Money, Money], reason: ReturnReason
) -> ProposalDraft:
    refund, fee = amounts
    today = local_day(context.clock.now(), context.locale.zone)
    draft = ReturnDraft(
        order_id=order.id,
        lines=tuple(
            ReturnLine(order_line_id=line.id, quantity=pieces, reason=reason) for line, pieces in chosen
        ),
        send_by=today + timedelta(days=context.policy.returns.send_by_days),
        expected_refund=refund,
        fee=fee,
    )
    facts: dict[str, Fact] = {
        "items": items(order, chosen),
        "reason": Term(id=f"term.return_reason.{reason}"),
        **_terms(context, order, draft.send_by, refund, fee),
    }
    statement = "return.proposed" if fee.minor else "return.proposed_free"
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=refund,
        evidence=about_order(context, statement, order.number, facts),
        payload=draft.model_dump(mode="json"),
        needs_approval=not within(context.policy.limits, "return_refund", refund),
    )


def _terms(context: ToolContext, order: Order, send_by: date, refund: Money, fee: Money) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "send_by": Date(value=send_by),
        "refund": refund,
        "refund_within": return_refund_within(context, order),
    }
    return {**facts, "fee": fee} if fee.minor else facts


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Open it, once for this key."""
    values, report = split(payload)
    values.pop(RECEIPT, None)
    draft = ReturnDraft.model_validate(values)
    order = await context.backend.order(draft.order_id)
    if order is None:
        return ToolResult("start_return", "refused")
    try:
        opened = await context.backend.create_return(draft, version=version, key=key)
    except (LineNotReturnable, OrderNotFound):
        return order_result(context, "start_return", "not_automated", "return.not_automated", order.number)
    result = _opened(context, order, opened)
    return await report.keep(context, result) if report else result


async def receipt(context: ToolContext, payload: Mapping[str, Any], key: str) -> Evidence | None:
    """What she has declared, in writing: with the yes her part is done, whoever opens the return."""
    if RECEIPT not in payload:
        return None
    declared = Declaration.model_validate(payload[RECEIPT])
    at = DateTime.at(context.clock.now(), context.locale.zone)
    await context.receipts.withdrawal(context.conversation_id, declared, at, context.locale, key)
    facts: dict[str, Fact] = {"hint": Code(value=masked(declared.to)), "declared_at": at}
    return about_order(context, "return.receipt", declared.order_number, facts)


def _opened(context: ToolContext, order: Order, opened: Return) -> ToolResult:
    lines = {line.id: line for line in order.lines}
    facts: dict[str, Fact] = {
        "return_number": Code(value=opened.number),
        "items": items(order, [(lines[each.order_line_id], each.quantity) for each in opened.lines]),
        "return_address": address(context.policy.shop.return_address),
        **_terms(context, order, opened.send_by, opened.expected_refund, opened.fee),
    }
    statement = "return.opened" if opened.fee.minor else "return.opened_free"
    return order_result(context, "start_return", "done", statement, order.number, facts)


START_RETURN = Tool(
    name="start_return",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose to send items back for a refund. Nothing happens yet: the customer is shown refund, fee "
        "and last day and must say yes in a later message. Line ids come from returnable_items; ask for "
        "the reason if she has not given one (damaged, wrong_item, not_as_described usually make the way "
        "back free); who withdraws from the contract gives none: withdrawal. Needs a confirmed customer.\n"
        "Outcomes: proposed (place its statement and ask for a yes; data.proposal_id); too_late; "
        "not_delivered; final_sale; right_unverified (a person decides); none_left; cancelled; already_open; claimed; "
        "exchanged; quantity_too_high; dispute_open; dispute_lost; need_not_return_damaged, "
        "need_not_return_wrong_item (too little to send back: call "
        "open_claim); not_automated (offer a person); identity_needed with needed=confirmed (call request_code) or "
        "needed=order_read (call find_order); not_matched; unavailable. After the yes: done, awaiting_approval, "
        "requested, changed, expired."
    ),
    arguments=StartReturnArguments,
    propose=propose,
    execute=execute,
    receipt=receipt,
    notice=notice,
    refunds=True,
    sends_back=True,
)
