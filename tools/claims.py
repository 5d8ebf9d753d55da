"""Claims: what can be done about damaged, wrong and missing goods, and doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from commerce.claims import Claim, ClaimDraft, ClaimKind, ClaimLine, ClaimRemedy
from commerce.disputes import decided_elsewhere
from commerce.errors import LineNotClaimable, OrderNotFound
from commerce.models import Order, OrderLine
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Date, Duration, Fact, Quantity, Term, Text
from tools.claim_rules import Case, Pieces, Terms, Wish, case_of, still_coming, terms_of
from tools.days import local_day
from tools.eligibility import Refusal
from tools.items import items, options
from tools.lookup import Arguments, OrderArguments, known_order
from tools.policies import address
from tools.results import about_order, evidence, invalid, order_result
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

Kind = Literal["damaged", "wrong_item", "missing", "defective"]
MAX_PHOTOS = 10


class ClaimPiece(Arguments):
    line_id: str = Field(min_length=1, max_length=128, description="From claim_options.")
    quantity: int = Field(1, ge=1, le=999)


class ClaimOptionsArguments(OrderArguments):
    kind: Kind = Field(description="damaged on arrival, wrong_item, missing, or defective after use.")
    lines: tuple[ClaimPiece, ...] = Field((), max_length=50, description="What is meant, once it is known.")


async def claim_options(context: ToolContext, arguments: ClaimOptionsArguments) -> ToolResult:
    """What may be claimed and, for chosen pieces, what the shop can do."""
    order = known_order(context)
    case = await case_of(context, order, ClaimKind(arguments.kind))
    if isinstance(case, Refusal):
        return _refuse(context, "claim_options", order, case)
    told = tuple(_line(context, order, line, left) for line, left in case.lines)
    lines = [
        {"line_id": line.id, "sku": line.sku, "titles": {"": line.title, **line.titles}, "options": line.options,
         "quantity": left, "evidence": entry.id}
        for (line, left), entry in zip(case.lines, told, strict=True)
    ]  # fmt: skip
    data: dict[str, Any] = {"order_number": order.number, "kind": str(case.kind), "lines": lines}
    away = tuple(line for line in order.lines if case.gone[line.id] >= line.quantity)
    settled = tuple(_settled(context, order, line) for line in away)
    data["excluded"] = [
        {
            "line_id": line.id,
            "titles": {"": line.title, **line.titles},
            "options": line.options,
            "evidence": entry.id,
        }
        for line, entry in zip(away, settled, strict=True)
    ]
    if arguments.lines:
        chosen = _chosen("claim_options", context, case, arguments.lines)
        if isinstance(chosen, ToolResult):
            return chosen
        found = await terms_of(context, case, chosen)
        if not found:
            return _not_automated(context, "claim_options", order)
        data["remedies"] = [str(wish) for wish in found]
        data["photo_for"] = [str(wish) for wish, terms in found.items() if terms.photo]
        data["photos"] = len(case.photos)
    return ToolResult("claim_options", "some", (*told, *settled), data)


def _settled(context: ToolContext, order: Order, line: OrderLine) -> Evidence:
    facts: dict[str, Fact] = {"items": items(order, [(line, line.quantity)])}
    return about_order(context, "return.line_settled", order.number, facts)


def _line(context: ToolContext, order: Order, line: OrderLine, left: int) -> Evidence:
    facts: dict[str, Fact] = {
        "item": Text(value=line.title, titles=line.titles),
        "quantity": Quantity(value=Decimal(left)),
    }
    statement = "claim.item_plain"
    if line.options:
        statement, facts["options"] = "claim.item", options(line)
    source = f"order:{order.number}/{line.id}"
    return evidence(context, statement, source, Code(value=order.number), facts)


def _refuse(context: ToolContext, tool: str, order: Order, refusal: Refusal) -> ToolResult:
    statement = f"claim.{refusal.outcome}"
    return order_result(context, tool, refusal.outcome, statement, order.number, refusal.facts)


def _not_automated(context: ToolContext, tool: str, order: Order) -> ToolResult:
    return order_result(context, tool, "not_automated", "claim.not_automated", order.number)


def _chosen(tool: str, context: ToolContext, case: Case, pieces: Sequence[ClaimPiece]) -> Pieces | ToolResult:
    """The pieces meant, or why nothing is wrong with them yet."""
    asked: Counter[str] = Counter()
    for piece in pieces:
        asked[piece.line_id] += piece.quantity
    lines = {line.id: line for line in case.order.lines}
    if unknown := next((line_id for line_id in asked if line_id not in lines), None):
        return invalid(tool, [{"field": "lines", "problem": f"no such line: {unknown}"}])
    left = {line.id: count for line, count in case.lines}
    if any(count > left.get(line_id, 0) for line_id, count in asked.items()):
        return _refuse(context, tool, case.order, Refusal("nothing_left"))
    chosen = [(lines[line_id], count) for line_id, count in asked.items()]
    if case.kind is ClaimKind.MISSING:
        coming = still_coming(context, case.order, case.shipments, chosen)
        if coming is not None:
            return _refuse(context, tool, case.order, coming)
    return chosen


OUTCOMES = (
    "cancelled; dispute, dispute_open, dispute_lost (a payment case: bring in a person); not_shipped; not_delivered; "
    "on_the_way, on_the_way_by, "
    "rest_not_shipped (nothing is missing yet); already_claimed; exchanged; nothing_left; late and warranty_over (honest "
    "no, offer a person); not_automated (bring in a person); identity_needed; not_matched"
)

CLAIM_OPTIONS = Tool(
    name="claim_options",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "What can be done about damaged, wrong, missing or defective goods of an order. Call it first without lines to "
        "learn line ids, then with the lines meant to learn data.remedies (replacement, refund) and data.photo_for (the "
        "remedies that need a photo; data.photos counts those she sent). Needs an identified order.\n"
        f"Outcomes: some; {OUTCOMES}."
    ),
    arguments=ClaimOptionsArguments,
    read=claim_options,
    refunds=True,
    sends_back=True,
)


class OpenClaimArguments(OrderArguments):
    kind: Kind = Field(description="damaged on arrival, wrong_item, missing, or defective after use.")
    lines: tuple[ClaimPiece, ...] = Field(min_length=1, max_length=50)
    remedy: Wish = Field(description="What she would rather have, of data.remedies.")


async def propose(context: ToolContext, arguments: OpenClaimArguments) -> ProposalDraft | ToolResult:
    """What would be done about it; nothing is changed."""
    order = known_order(context)
    case = await case_of(context, order, ClaimKind(arguments.kind))
    if isinstance(case, Refusal):
        return _refuse(context, "open_claim", order, case)
    chosen = _chosen("open_claim", context, case, arguments.lines)
    if isinstance(chosen, ToolResult):
        return chosen
    terms = (await terms_of(context, case, chosen)).get(arguments.remedy)
    if terms is None:
        return _not_automated(context, "open_claim", order)
    if terms.photo and not case.photos:
        return ToolResult("open_claim", "photo_needed", data={"order_number": order.number})
    return _draft(context, case, chosen, terms)


def _draft(context: ToolContext, case: Case, chosen: Pieces, terms: Terms) -> ProposalDraft:
    order = case.order
    today = local_day(context.clock.now(), context.locale.zone)
    draft = ClaimDraft(
        order_id=order.id,
        kind=case.kind,
        lines=tuple(ClaimLine(order_line_id=line.id, quantity=pieces) for line, pieces in chosen),
        photos=case.photos[-MAX_PHOTOS:],
        remedy=terms.remedy,
        refund=None if terms.remedy is ClaimRemedy.REPLACEMENT else terms.worth,
        send_by=today + timedelta(days=context.policy.returns.send_by_days) if terms.comes_back else None,
    )
    facts: dict[str, Fact] = {
        "items": items(order, chosen),
        "problem": Term(id=f"term.claim_kind.{case.kind}"),
        **_terms(context, draft),
    }
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=terms.worth,
        evidence=about_order(context, f"claim.proposed_{_form(case.kind, terms)}", order.number, facts),
        payload=draft.model_dump(mode="json"),
        needs_approval=terms.approval,
    )


def _form(kind: ClaimKind, terms: Terms) -> str:
    """What was missing need not be kept or sent back, so nothing is said about that."""
    return f"{terms.name}_missing" if kind is ClaimKind.MISSING else terms.name


def _terms(context: ToolContext, claim: ClaimDraft) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    if claim.refund is not None:
        facts["refund"] = claim.refund
        facts["refund_within"] = Duration(value=context.policy.returns.refund_within_days)
    if claim.send_by is not None:
        facts["send_by"] = Date(value=claim.send_by)
    return facts


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Open it, once for this key."""
    draft = ClaimDraft.model_validate(payload)
    order = await context.backend.order(draft.order_id)
    if order is None:
        return ToolResult("open_claim", "refused")
    try:
        opened = await context.backend.open_claim(draft, version=version, key=key)
    except (LineNotClaimable, OrderNotFound):
        if decided_elsewhere(await context.backend.disputes(order.id), order.total):
            return _refuse(context, "open_claim", order, Refusal("dispute"))
        return _not_automated(context, "open_claim", order)
    return _opened(context, order, draft, opened)


def _opened(context: ToolContext, order: Order, draft: ClaimDraft, opened: Claim) -> ToolResult:
    lines = {line.id: line for line in order.lines}
    facts: dict[str, Fact] = {
        "claim_number": Code(value=opened.number),
        "items": items(order, [(lines[each.order_line_id], each.quantity) for each in opened.lines]),
        **_terms(context, draft),
    }
    name = "refund" if opened.remedy is ClaimRemedy.REFUND_WITHOUT_RETURN else str(opened.remedy)
    if opened.return_number is not None:
        facts["return_number"] = Code(value=opened.return_number)
        facts["return_address"] = address(context.policy.shop.return_address)
        name = "replacement_return" if opened.remedy is ClaimRemedy.REPLACEMENT else name
    return order_result(context, "open_claim", "done", f"claim.opened_{name}", order.number, facts)


OPEN_CLAIM = Tool(
    name="open_claim",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose a remedy for damaged, wrong, missing or defective goods; the shop's policy decides whether they come "
        "back. Nothing happens yet: the customer is shown it and must say yes in a later message. Photos are those she "
        "sent here. Never ask for one when somebody was hurt. Needs a confirmed customer.\n"
        "Outcomes: proposed (place its statement and ask for a yes); photo_needed (ask her to attach one, or offer a "
        f"person); {OUTCOMES}. After the yes: done, awaiting_approval, requested, changed, expired."
    ),
    arguments=OpenClaimArguments,
    propose=propose,
    execute=execute,
    refunds=True,
    sends_back=True,
)
