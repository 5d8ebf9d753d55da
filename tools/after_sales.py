"""How returns, refunds, exchanges and claims of an order stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commerce.claims import Claim, ClaimRemedy, ClaimStatus
from commerce.exchanges import Exchange, ExchangeStatus
from commerce.models import Order, Refund, RefundStatus, Return, ReturnStatus
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Date, Fact, Term, TimeUnit
from tools.days import add_business_days, day_fact, local_day
from tools.items import items
from tools.lookup import OrderArguments, known_order
from tools.orders import refund_told
from tools.results import about_order
from tools.tool import Effect, Tool, ToolContext, ToolResult
from tools.withdrawal import return_refund_within

TOOL = "return_status"
AWAITED = {ReturnStatus.REQUESTED, ReturnStatus.APPROVED}
OPEN_CLAIMS = {ClaimStatus.OPEN, ClaimStatus.AGREED}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing on record; `late` where the shop owes an answer for longer than it said."""

    evidence: Evidence
    late: bool = False


async def return_status(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Everything on record, what came first first."""
    order = known_order(context)
    backend = context.backend
    returns, refunds = await backend.returns(order.id), await backend.refunds(order.id)
    exchanges, claims = await backend.exchanges(order.id), await backend.claims(order.id)
    swaps = {each.return_id for each in exchanges if each.stands}
    told = [
        *(_return(context, order, each, refunds) for each in returns if each.id not in swaps),
        *(_exchange(context, order, each, returns) for each in exchanges),
        *_claims(context, order, claims),
        *(_refund(context, order, each) for each in refunds),
    ]
    found = [each for each in told if each is not None]
    outcome = "late" if any(each.late for each in found) else "some" if found else "none"
    return ToolResult(TOOL, outcome, tuple(each.evidence for each in found), {"order_number": order.number})


def _today(context: ToolContext) -> date:
    return local_day(context.clock.now(), context.locale.zone)


def _return(context: ToolContext, order: Order, each: Return, refunds: Sequence[Refund]) -> Told | None:
    """The state of a return; once its refund is on record that tells the rest."""
    lines = {line.id: line for line in order.lines}
    pieces = [
        (lines[piece.order_line_id], piece.quantity) for piece in each.lines if piece.order_line_id in lines
    ]
    facts: dict[str, Fact] = {"return_number": Code(value=each.number), "items": items(order, pieces)}
    money: dict[str, Fact] = {
        "refund": each.expected_refund,
        "refund_within": return_refund_within(context, order),
    }
    paid = any(refund.return_id == each.id for refund in refunds)
    late = False
    if each.status in AWAITED:
        name, facts["send_by"] = "open", Date(value=each.send_by)
        if each.send_by < _today(context):
            name = "overdue_to_send"
        else:
            facts |= money
    elif each.status is ReturnStatus.IN_TRANSIT:
        name, facts = "in_transit", facts | money
    elif each.status is ReturnStatus.RECEIVED and not paid:
        name, late = _received(context, order, each, facts, money)
    else:
        name = (
            "received_paid"
            if each.status in (ReturnStatus.RECEIVED, ReturnStatus.REFUNDED)
            else str(each.status)
        )
    return Told(about_order(context, f"return_state.{name}", order.number, facts), late)


def _received(
    context: ToolContext, order: Order, each: Return, facts: dict[str, Fact], money: dict[str, Fact]
) -> tuple[str, bool]:
    """With us, and no refund yet: by when it is due, where the shop says when the goods came."""
    if each.received_at is None:
        facts |= money
        return "received", False
    came = local_day(each.received_at, context.locale.zone)
    within = return_refund_within(context, order)
    business = within.unit is TimeUnit.BUSINESS_DAY
    due = add_business_days(came, within.value) if business else came + timedelta(days=within.value)
    facts |= {"refund": each.expected_refund, "received_at": Date(value=came), "by_date": Date(value=due)}
    late = due < _today(context)
    return ("received_late" if late else "received_on"), late


def _exchange(context: ToolContext, order: Order, each: Exchange, returns: Iterable[Return]) -> Told:
    lines = {line.id: line for line in order.lines}
    piece = lines.get(each.order_line_id)
    facts: dict[str, Fact] = {
        "exchange_number": Code(value=each.number),
        "items": items(order, [(piece, each.quantity)] if piece else []),
    }
    name = str(each.status)
    back = next((one for one in returns if one.id == each.return_id), None)
    if each.status is ExchangeStatus.AGREED:
        if back is not None and back.status is ReturnStatus.RECEIVED:
            name = "received"
        else:
            facts["return_number"] = Code(value=each.return_number)
            facts["send_by"] = Date(value=each.send_by)
            facts["ships"] = Term(id=f"term.exchange_ship.{each.ship}")
    return Told(about_order(context, f"exchange_state.{name}", order.number, facts))


def _claims(context: ToolContext, order: Order, claims: Iterable[Claim]) -> Iterable[Told]:
    """Claims that are not settled yet; what a settled one paid is among the refunds."""
    for each in claims:
        facts: dict[str, Fact] = {
            "claim_number": Code(value=each.number),
            "opened_at": day_fact(each.created_at, context.locale.zone),
        }
        if each.status is ClaimStatus.REJECTED:
            yield Told(about_order(context, "claim_state.rejected", order.number, facts))
        elif each.status not in OPEN_CLAIMS or each.remedy is ClaimRemedy.RETURN:
            continue
        elif each.remedy_by is not None:
            late = each.remedy_by < _today(context)
            facts["remedy_by"] = Date(value=each.remedy_by)
            name = "decision_late" if late else "decision_by"
            yield Told(about_order(context, f"claim_state.{name}", order.number, facts), late)
        else:
            name = "replacement" if each.remedy is ClaimRemedy.REPLACEMENT else "open"
            yield Told(about_order(context, f"claim_state.{name}", order.number, facts))


def _refund(context: ToolContext, order: Order, refund: Refund) -> Told:
    told = refund_told(context, order, refund)
    due = told.facts["by_date"]
    if refund.status is RefundStatus.FAILED:
        return Told(told, late=True)
    late = refund.status is RefundStatus.PENDING and isinstance(due, Date) and due.value < _today(context)
    return Told(told.model_copy(update={"statement": "refund.late"}) if late else told, late)


RETURN_STATUS = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "How returns, refunds, exchanges and claims of an order stand: has it arrived, where is the money, when is it "
        "decided. Needs an identified order.\n"
        "Outcomes: some; late (a refund or decision is overdue or has failed: tell it, then bring in a person; promise "
        "nothing); none (nothing is on record: offer to start a return); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=return_status,
)
