"""Another size or colour for a piece that comes back: proposing it, and starting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from commerce.errors import LineNotExchangeable, OrderNotFound, OutOfStock
from commerce.exchanges import Exchange, ExchangeDraft, ExchangeShip
from commerce.fit import Fit
from commerce.models import Order, OrderLine, Product, ReturnReason, Variant
from conversations.models import Level
from facts.values import Code, Date, Duration, Fact, Listing, Money, Quantity, Term, Text
from knowledge.policy import Dearer
from tools import exchange_rules as rules
from tools.days import local_day
from tools.eligibility import Eligible, Refusal, refused_line
from tools.exchangeable import allowed_today, refuse
from tools.fit_reports import notice, split, with_report
from tools.items import item, options
from tools.limits import within
from tools.lookup import OrderArguments, known_order
from tools.policies import address
from tools.results import about_order, invalid, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

TOOL = "start_exchange"


class StartExchangeArguments(OrderArguments):
    line_id: str = Field(min_length=1, max_length=128, description="From exchangeable.")
    quantity: int = Field(1, ge=1, le=999, description="How many pieces of the line.")
    options: dict[str, str] = Field(
        min_length=1, max_length=4, description='What she wants instead, such as {"size": "39"}.'
    )
    reason: ReturnReason = Field(description="Why the piece comes back, as the customer said.")
    fit: Fit | None = Field(None, description="What size_deviation said; only then.")


@dataclass(frozen=True, slots=True)
class Swap:
    """What goes out for what."""

    order: Order
    line: OrderLine
    pieces: int
    new: Variant
    price: rules.Price


async def propose(context: ToolContext, arguments: StartExchangeArguments) -> ProposalDraft | ToolResult:
    """What an exchange would be; nothing is set aside before the yes."""
    order = known_order(context)
    allowed = await allowed_today(context, TOOL, order)
    if isinstance(allowed, ToolResult):
        return allowed
    line = _meant(context, order, allowed, arguments)
    if isinstance(line, ToolResult):
        return line
    product = await context.backend.product(line.product_id)
    new = _variant(context, order, line, product, arguments)
    if isinstance(new, ToolResult):
        return new
    variants = product.variants if product else ()
    pieces, reason = arguments.quantity, arguments.reason
    price = await rules.price(context, order, allowed, line, pieces, variants, new, reason)
    if price is None:
        return _not_automated(context, order)
    if price.difference.minor > 0 and context.policy.exchange.dearer is Dearer.REFUSE:
        dearer: dict[str, Fact] = {"difference": price.difference}
        return order_result(context, TOOL, "dearer", "exchange.dearer", order.number, dearer)
    return _draft(context, Swap(order, line, pieces, new, price), arguments)


def _not_automated(context: ToolContext, order: Order) -> ToolResult:
    return order_result(context, TOOL, "not_automated", "exchange.not_automated", order.number)


def _meant(
    context: ToolContext, order: Order, allowed: Eligible, arguments: StartExchangeArguments
) -> OrderLine | ToolResult:
    line = next((each for each in order.lines if each.id == arguments.line_id), None)
    if line is None:
        return invalid(TOOL, [{"field": "line_id", "problem": f"no such line: {arguments.line_id}"}])
    if refusal := refused_line(order, allowed, line, arguments.quantity):
        return refuse(context, TOOL, order, refusal)
    left = {each.id: pieces for each, pieces in allowed.lines}.get(line.id, 0)
    if arguments.quantity > left:
        few: dict[str, Fact] = {"item": item(order, line, 1), "quantity": Quantity(value=Decimal(left))}
        return refuse(context, TOOL, order, Refusal("quantity_too_high", few))
    return line


def _variant(
    context: ToolContext,
    order: Order,
    line: OrderLine,
    product: Product | None,
    arguments: StartExchangeArguments,
) -> Variant | ToolResult:
    """The variant that is wanted, or why she cannot have it and what there is instead."""
    wanted = rules.wanted_options(line, arguments.options)
    found = rules.find(product, wanted)
    facts: dict[str, Fact] = {"item": Text(value=line.title, titles=line.titles)}
    if found is not None and found.sku == line.sku:
        return order_result(context, TOOL, "same", "exchange.same", order.number, facts)
    if found is not None and rules.there(found, arguments.quantity):
        return found
    outcome = "no_such_variant" if found is None else "out_of_stock"
    if found is not None:
        facts["wanted"] = options(found)
    available = rules.alternatives(line, product, wanted, arguments.quantity)
    if not available:
        statement = "exchange.nothing_else" if found is None else "exchange.sold_out"
        return order_result(context, TOOL, outcome, statement, order.number, facts)
    facts["available"] = Listing(items=available)
    return order_result(context, TOOL, outcome, f"exchange.{outcome}", order.number, facts)


def _draft(context: ToolContext, swap: Swap, arguments: StartExchangeArguments) -> ProposalDraft:
    order, price, policy = swap.order, swap.price, context.policy
    draft = ExchangeDraft(
        order_id=order.id,
        order_line_id=swap.line.id,
        quantity=swap.pieces,
        sku=swap.new.sku,
        reason=arguments.reason,
        difference=price.difference,
        fee=price.fee,
        ship=policy.exchange.ship,
        send_by=local_day(context.clock.now(), context.locale.zone)
        + timedelta(days=policy.returns.send_by_days),
    )
    balance = price.balance
    facts: dict[str, Fact] = {
        "item": item(order, swap.line, swap.pieces),
        "options": options(swap.new),
        "ships": Term(id=f"term.exchange_ship.{draft.ship}"),
        **_terms(context, draft),
    }
    statement = "exchange.proposed_cheaper" if balance.minor < 0 else "exchange.proposed"
    amount = Money(minor=abs(balance.minor), currency=balance.currency) if balance.minor else None
    risk = price.worth if draft.ship is ExchangeShip.AT_ONCE else None
    if balance.minor > 0:
        statement = "exchange_payment.proposed"
    elif amount is not None:
        risk = max((each for each in (amount, risk) if each is not None), key=lambda each: each.minor)
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=amount,
        evidence=about_order(context, statement, order.number, facts),
        payload=with_report(draft.model_dump(mode="json"), swap.line.id, arguments.fit),
        needs_approval=balance.minor > 0
        or (risk is not None and not within(policy.limits, "return_refund", risk)),
    )


def _terms(context: ToolContext, draft: ExchangeDraft | Exchange) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"send_by": Date(value=draft.send_by)}
    balance = draft.balance
    if balance.minor > 0:
        facts["to_pay"] = balance
    elif balance.minor < 0:
        facts["refund"] = Money(minor=-balance.minor, currency=balance.currency)
        facts["refund_within"] = Duration(value=context.policy.returns.refund_within_days)
    return facts


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Start it, once for this key."""
    values, report = split(payload)
    draft = ExchangeDraft.model_validate(values)
    order = await context.backend.order(draft.order_id)
    if order is None:
        return refused(TOOL)
    try:
        started = await context.backend.start_exchange(draft, version=version, key=key)
    except OutOfStock:
        return await _sold_meanwhile(context, order, draft)
    except (LineNotExchangeable, OrderNotFound):
        return _not_automated(context, order)
    result = _started(context, order, started)
    return await report.keep(context, result) if report else result


async def _sold_meanwhile(context: ToolContext, order: Order, draft: ExchangeDraft) -> ToolResult:
    """The last piece went to somebody else between proposal and yes."""
    line = next(each for each in order.lines if each.id == draft.order_line_id)
    product = await context.backend.product(line.product_id)
    variants = product.variants if product else ()
    wanted = next((each for each in variants if each.sku == draft.sku), None)
    facts: dict[str, Fact] = {"item": Text(value=line.title, titles=line.titles)}
    available: tuple[Fact, ...] = ()
    if wanted is not None:
        facts["wanted"] = options(wanted)
        plain = rules.wanted_options(line, wanted.options)
        available = rules.alternatives(line, product, plain, draft.quantity)
    statement = "exchange.nothing_else" if wanted is None else "exchange.sold_out"
    if available:
        facts["available"], statement = Listing(items=available), "exchange.out_of_stock"
    return order_result(context, TOOL, "out_of_stock", statement, order.number, facts)


def _started(context: ToolContext, order: Order, started: Exchange) -> ToolResult:
    line = next(each for each in order.lines if each.id == started.order_line_id)
    new = line.model_copy(update={"options": started.options})
    facts: dict[str, Fact] = {
        "exchange_number": Code(value=started.number),
        "return_number": Code(value=started.return_number),
        "return_address": address(context.policy.shop.return_address),
        "item": item(order, line, started.quantity),
        "options": options(new),
        "ships": Term(id=f"term.exchange_ship.{started.ship}"),
        **_terms(context, started),
    }
    statement = "exchange.started"
    if started.balance.minor:
        statement = "exchange_payment.started" if started.balance.minor > 0 else "exchange.started_cheaper"
    return order_result(context, TOOL, "done", statement, order.number, facts)


START_EXCHANGE = Tool(
    name=TOOL,
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose another size or colour of a delivered piece, which comes back. Nothing happens before a yes in a later "
        "message. A dearer one waits until staff have sent a payment link; a cheaper one is refunded when the goods are "
        "back. For another product: a return and a new order. Needs a confirmed customer.\n"
        "Outcomes: proposed; out_of_stock, no_such_variant (the statement says what there is; no restock date is known); "
        "same; dearer; none_left; too_late; right_unverified; not_delivered; not_packed; final_sale; cancelled; "
        "already_open; claimed; exchanged; quantity_too_high; not_offered; not_automated (a person); dispute_open; "
        "dispute_lost; identity_needed; not_matched; unavailable. After the yes: done, out_of_stock, awaiting_approval, "
        "requested, changed, expired."
    ),
    arguments=StartExchangeArguments,
    propose=propose,
    execute=execute,
    notice=notice,
    refunds=True,
    sends_back=True,
)
