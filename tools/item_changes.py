"""Changing pieces, sizes and colours of an order that is not packed, with what that does to its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from commerce.changes import LineChange, LinesDraft, NoPrice, NothingLeft, repriced
from commerce.errors import LineNotChangeable, OrderNotChangeable, OrderNotFound, OutOfStock
from commerce.models import Order, OrderLine, PaymentStatus, Product, Variant
from conversations.models import Level
from facts.values import Duration, Fact, Listing, Money, Text
from knowledge.policy import Dearer
from tools.address_changes import too_late
from tools.changeable import closed
from tools.items import item, items, option, options
from tools.limits import within
from tools.lookup import Arguments, OrderArguments, known_order
from tools.refunds import TAKEN
from tools.results import about_order, invalid, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

TOOL = "change_items"


class ItemChange(Arguments):
    line_id: str = Field(min_length=1, max_length=128, description="From changeable.")
    quantity: int | None = Field(None, ge=0, le=99, description="Pieces it is to be; 0 takes the line out.")
    options: dict[str, str] = Field(
        default_factory=dict, max_length=4, description='Options that change, such as {"size": "39"}.'
    )


class ItemArguments(OrderArguments):
    changes: tuple[ItemChange, ...] = Field(min_length=1, max_length=20)


async def propose(context: ToolContext, arguments: ItemArguments) -> ProposalDraft | ToolResult:
    """What the order would be, and what that costs or gives back; nothing is changed."""
    order = known_order(context)
    if stopped := closed(context, TOOL, order):
        return stopped
    if not context.policy.changes.items:
        return _not_automated(context, order)
    products = {line.product_id: await context.backend.product(line.product_id) for line in order.lines}
    changes = _changes(context, order, arguments.changes, products)
    if isinstance(changes, ToolResult):
        return changes
    variants = {v.sku: v for product in products.values() if product for v in product.variants}
    try:
        after = repriced(order, changes, variants)
    except NothingLeft:
        return order_result(context, TOOL, "nothing_left", "items.nothing_left", order.number)
    except (NoPrice, KeyError):
        return _not_automated(context, order)
    if after == order:
        return order_result(context, TOOL, "same", "items.same", order.number)
    return _draft(context, order, after, LinesDraft(order_id=order.id, lines=changes, total=after.total))


def _not_automated(context: ToolContext, order: Order) -> ToolResult:
    return order_result(context, TOOL, "not_automated", "change.not_automated", order.number)


def _changes(
    context: ToolContext,
    order: Order,
    asked: Sequence[ItemChange],
    products: Mapping[str, Product | None],
) -> tuple[LineChange, ...] | ToolResult:
    lines = {line.id: line for line in order.lines}
    if unknown := [each.line_id for each in asked if each.line_id not in lines]:
        return invalid(TOOL, [{"field": "changes", "problem": f"no such line: {unknown[0]}"}])
    if len({each.line_id for each in asked}) < len(asked):
        return invalid(TOOL, [{"field": "changes", "problem": "one change a line"}])
    found: list[LineChange] = []
    for each in asked:
        line, product = lines[each.line_id], products[lines[each.line_id].product_id]
        quantity = line.quantity if each.quantity is None else each.quantity
        sku = _sku(context, order, line, product, each, quantity)
        if isinstance(sku, ToolResult):
            return sku
        found.append(LineChange(line_id=line.id, sku=sku, quantity=quantity))
    return tuple(found)


def _sku(
    context: ToolContext,
    order: Order,
    line: OrderLine,
    product: Product | None,
    change: ItemChange,
    quantity: int,
) -> str | ToolResult:
    """The variant that is meant, or why she cannot have it."""
    wanted = {**line.options, **change.options}
    if wanted == line.options and quantity <= line.quantity:
        return line.sku
    variants = product.variants if product else ()
    meant = next((v for v in variants if _alike(v.options, wanted)), None)
    if meant is None:
        return _told(context, order, line, "no_such_variant", _others(line, variants, change))
    here = line.quantity if meant.sku == line.sku else 0
    if meant.stock < quantity - here:
        return _told(context, order, line, "out_of_stock", _others(line, variants, change))
    return meant.sku


def _alike(options: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return {k: v.casefold() for k, v in options.items()} == {k: v.casefold() for k, v in wanted.items()}


def _others(line: OrderLine, variants: Sequence[Variant], change: ItemChange) -> tuple[Fact, ...]:
    """What there is instead, told by the one option that she wants changed."""
    if len(change.options) != 1:
        return ()
    name = next(iter(change.options))
    there = [
        v.options[name]
        for v in variants
        if v.stock
        and name in v.options
        and all(v.options.get(n) == o for n, o in line.options.items() if n != name)
    ]
    return tuple(option(name, value) for value in dict.fromkeys(there) if value != line.options.get(name))


def _told(
    context: ToolContext, order: Order, line: OrderLine, outcome: str, others: tuple[Fact, ...]
) -> ToolResult:
    facts: dict[str, Fact] = {"item": Text(value=line.title, titles=line.titles)}
    if not others:
        return order_result(context, TOOL, outcome, "items.not_there", order.number, facts)
    facts["available"] = Listing(items=others)
    return order_result(context, TOOL, outcome, f"items.{outcome}", order.number, facts)


def _draft(context: ToolContext, order: Order, after: Order, draft: LinesDraft) -> ProposalDraft | ToolResult:
    difference = Money(minor=after.total.minor - order.total.minor, currency=order.total.currency)
    facts: dict[str, Fact] = {"items": _pieces(order, after), "total": after.total}
    swap = _swap(order, after, draft)
    taken = order.payment_status in TAKEN
    held = order.payment_status in {*TAKEN, PaymentStatus.AUTHORISED}
    approval, amount, statement = False, None, "items.proposed_swap" if swap else "items.proposed"
    if swap and not difference.minor:
        facts |= swap
    elif difference.minor < 0 and taken:
        amount = Money(minor=-difference.minor, currency=difference.currency)
        statement, approval = (
            "items.proposed_cheaper",
            not within(context.policy.limits, "change_refund", amount),
        )
        facts |= _refund(context, amount)
    elif difference.minor > 0 and held:
        if context.policy.changes.dearer is Dearer.REFUSE:
            return order_result(
                context, TOOL, "dearer", "surcharge.refused", order.number, {"difference": difference}
            )
        statement, approval, amount = "surcharge.proposed", True, difference
        facts["difference"] = difference
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=amount,
        evidence=about_order(context, statement, order.number, facts),
        payload=draft.model_dump(mode="json") | {"difference": difference.model_dump(mode="json")},
        needs_approval=approval,
    )


def _pieces(before: Order, after: Order) -> Listing:
    """What the order holds; what has become another variant with the size or colour that it now has."""
    known = {line.id: line.sku for line in before.lines}
    told = [(line, item(after, line, line.quantity)) for line in after.lines]
    return Listing(
        items=tuple(_named(text, line) if known[line.id] != line.sku else text for line, text in told)
    )


def _named(text: Text, line: OrderLine) -> Text:
    """With its options, unless what tells it from others stands there already."""
    return text if text.aside else text.model_copy(update={"aside": options(line).items})


def _swap(before: Order, after: Order, draft: LinesDraft) -> dict[str, Fact]:
    """The one line that becomes another variant, where nothing else changes."""
    lines = {line.id: line for line in after.lines}
    line = lines.get(draft.lines[0].line_id)
    old = next((each for each in before.lines if line and each.id == line.id), None)
    if len(draft.lines) > 1 or line is None or old is None or old.sku == line.sku or not line.options:
        return {}
    return {"item": item(after, line, line.quantity), "options": options(line)}


def _refund(context: ToolContext, amount: Money) -> dict[str, Fact]:
    return {"refund": amount, "refund_within": Duration(value=context.policy.cancellation.refund_within_days)}


async def execute(context: ToolContext, payload: Mapping[str, Any], version: int, key: str) -> ToolResult:
    """Change it, once for this key."""
    values = dict(payload)
    difference = Money.model_validate(values.pop("difference"))
    draft = LinesDraft.model_validate(values)
    try:
        changed = await context.backend.change_lines(draft, version=version, key=key)
    except OrderNotChangeable:
        return await too_late(context, TOOL, draft.order_id)
    except (OutOfStock, LineNotChangeable):
        order = await context.backend.order(draft.order_id)
        return (
            order_result(context, TOOL, "sold_out", "items.sold_out", order.number)
            if order
            else refused(TOOL)
        )
    except OrderNotFound:
        return refused(TOOL)
    order = changed.order
    facts: dict[str, Fact] = {"items": items(order), "total": order.total}
    if changed.refund is not None:
        facts |= _refund(context, changed.refund.amount)
        return order_result(context, TOOL, "done", "items.done_cheaper", order.number, facts)
    if difference.minor > 0 and order.payment_status in {*TAKEN, PaymentStatus.AUTHORISED}:
        facts["difference"] = difference
        return order_result(context, TOOL, "done", "surcharge.done", order.number, facts)
    return order_result(context, TOOL, "done", "items.done", order.number, facts)


CHANGE_ITEMS = Tool(
    name=TOOL,
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose other pieces, sizes or colours for the lines of an order that is not packed. Nothing happens before a "
        "yes in a later message. Cheaper is refunded; dearer waits until staff have sent a payment link. Line ids come "
        "from changeable. Needs a confirmed customer.\n"
        "Outcomes: proposed; out_of_stock, no_such_variant (the statement lists what there is); nothing_left (offer "
        "cancel_order); dearer; same; dispute_open, dispute_lost, not_automated (a person); too_late_packed; "
        "too_late_shipped; already_delivered; already_cancelled; on_hold; identity_needed; not_matched; "
        "unavailable. After the yes: done, "
        "sold_out, awaiting_approval, requested, changed, expired."
    ),
    arguments=ItemArguments,
    propose=propose,
    told_early=frozenset({"no_such_variant", "out_of_stock"}),
    execute=execute,
    refunds=True,
)
