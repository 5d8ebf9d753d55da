"""Finding an order, listing them, and telling how one stands."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from pydantic import Field

from commerce.keys import number_key
from commerce.models import Order, Refund, RefundStatus
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Country, Date, DateTime, Fact, Quantity, Term
from tools.days import day_fact, local_day
from tools.gifts import as_recipient, is_present
from tools.history import last_order
from tools.items import items
from tools.lookup import Arguments, OrderArguments, known_order, level_of, lookup
from tools.results import about_order, evidence, identity_needed, not_matched, order_result, still_to_pay
from tools.tool import Effect, Tool, ToolContext, ToolResult

MOST_ORDERS = 5


class FindOrderArguments(OrderArguments):
    email: str | None = Field(None, max_length=320, description="The e-mail address used for the order.")
    postcode: str | None = Field(
        None, max_length=32, description="Postcode of the delivery or billing address."
    )


async def find_order(context: ToolContext, arguments: FindOrderArguments) -> ToolResult:
    """Show whose order it is. An e-mail address decides alone; a postcode where none is given: one guess a call."""
    reference = arguments.order_number
    order = await lookup(context, reference)
    if order is not None and await level_of(context, order, Level.ORDER_READ) >= Level.ORDER_READ:
        return _found(context, order)
    if not arguments.email and not arguments.postcode:
        return ToolResult("find_order", "details_needed", data={"order_number": reference})
    guessed = number_key(order.number if order is not None else reference)
    if not await context.desk.may_guess(context.address, guessed):
        return ToolResult("find_order", "throttled", data={"order_number": reference})
    if not _matches(order, arguments) or order is None:
        await context.desk.wrong_guess(context.address, guessed)
        return not_matched("find_order", reference)
    await context.desk.right_guess(guessed)
    await context.desk.grant(context.conversation_id, order.id, Level.ORDER_READ)
    return _found(context, order)


def _found(context: ToolContext, order: Order) -> ToolResult:
    facts: dict[str, Fact] = {
        "placed_at": day_fact(order.placed_at, context.locale.zone),
        "items": items(order),
    }
    found = order_result(context, "find_order", "found", "order.found", order.number, facts)
    return replace(found, data={**found.data, "country": order.shipping_address.country})


def _matches(order: Order | None, arguments: FindOrderArguments) -> bool:
    """Compares in constant time, and does so for an unknown order too."""
    if arguments.email:
        return _same(_email_key(arguments.email), _email_key(order.email if order else ""))
    given = _postcode_key(arguments.postcode or "")
    delivery = _postcode_key(order.shipping_address.postcode if order else "")
    billing = _postcode_key(order.billing_postcode if order else "")
    # Both are compared whatever the first one says.
    return bool(_same(given, delivery) | _same(given, billing))


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode(), kept.encode()) and bool(kept)


def _email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _postcode_key(postcode: str) -> str:
    folded = unicodedata.normalize("NFKC", postcode).casefold()
    return "".join(character for character in folded if character.isalnum())


FIND_ORDER = Tool(
    name="find_order",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Identify a customer for one order. Needs the order number (such as MF-10428) or a tracking "
        "number, and the e-mail address or the postcode of the order, all as the customer wrote them. Call "
        "it before any tool that answered identity_needed with needed=order_read; afterwards the order may "
        "be read in this conversation.\n"
        "Outcomes: found (data.order_number is the number to use from now on); details_needed (ask for the "
        "e-mail address or postcode); not_matched (number and details do not belong together, or there is "
        "no such order: never say which); throttled (too many wrong attempts: ask to try later or offer a "
        "person)."
    ),
    arguments=FindOrderArguments,
    read=find_order,
)


class ListOrdersArguments(Arguments):
    """Whose orders are meant follows from the conversation, never from an argument."""


async def list_orders(context: ToolContext, arguments: ListOrdersArguments) -> ToolResult:
    """The orders that she may see here, newest first."""
    customer = context.identity.customer_id
    levels = {**context.identity.grants, **await context.desk.grants(context.conversation_id)}
    granted = [order_id for order_id, level in levels.items() if level >= Level.ORDER_READ]
    if customer is None and not granted:
        return identity_needed("list_orders", Level.ORDER_READ, "")
    found = {order.id: order for order in await _own(context, customer)}
    for order_id in granted:
        order = found.get(order_id) or await context.backend.order(order_id)
        if order is not None:
            found[order.id] = order
    newest = sorted(found.values(), key=lambda order: order.placed_at, reverse=True)[:MOST_ORDERS]
    if not newest:
        return ToolResult("list_orders", "none")
    numbers = [order.number for order in newest]
    told: list[Evidence] = []
    for order in newest:
        listed = ToolResult("list_orders", "listed", (_listed(context, order),))
        # No guard has cleared these orders: each is shown as well as she is known for it.
        known = customer == order.customer_id or levels.get(order.id) is Level.CONFIRMED
        seen = listed if known or not is_present(context, order) else as_recipient(context, order, listed)
        told += seen.evidence
    data: dict[str, object] = {"order_numbers": numbers}
    if (last := await last_order(context)) in numbers:
        data["last_order"] = last
    return ToolResult("list_orders", "listed", tuple(told), data)


async def _own(context: ToolContext, customer: str | None) -> Sequence[Order]:
    return () if customer is None else await context.backend.orders_of(customer, MOST_ORDERS)


def _listed(context: ToolContext, order: Order) -> Evidence:
    facts = order_facts(context, order)
    told = {name: facts[name] for name in ("placed_at", "status", "total", "items", "item_count")}
    return about_order(context, "order.listed", order.number, told)


LIST_ORDERS = Tool(
    name="list_orders",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "List the newest orders (at most five) of the signed-in customer, or those identified in this "
        "conversation. Call it when the customer speaks of her order without a number. Takes no arguments.\n"
        "Outcomes: listed (data.order_numbers, newest first; data.last_order is the one she asked about last: "
        "ask whether it is that one again); none (she has no orders); identity_needed "
        "(nobody is identified: ask for an order number with e-mail address or postcode)."
    ),
    arguments=ListOrdersArguments,
    read=list_orders,
)


async def order_status(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """How the order and its refunds stand."""
    order = known_order(context)
    refunds = await context.backend.refunds(order.id)
    told = [about_order(context, f"order.status.{order.status}", order.number, order_facts(context, order))]
    told += [refund_told(context, order, refund) for refund in refunds]
    data = {"order_number": order.number, **still_to_pay(order)}
    return ToolResult("order_status", str(order.status), tuple(told), data)


def order_facts(context: ToolContext, order: Order) -> dict[str, Fact]:
    """The facts that every `order.status.…` statement is given."""
    zone = context.locale.zone
    facts: dict[str, Fact] = {
        "placed_at": day_fact(order.placed_at, zone),
        "status": Term(id=f"term.order_status.{order.status}"),
        "payment": Term(id=f"term.payment_status.{order.payment_status}"),
        "total": order.total,
        "items": items(order),
        "item_count": Quantity(value=Decimal(sum(line.quantity for line in order.lines))),
        "country": Country(code=order.shipping_address.country),
    }
    if order.delivered_at is not None:
        facts["delivered_at"] = day_fact(order.delivered_at, zone)
    if order.cancelled_at is not None:
        facts["cancelled_at"] = day_fact(order.cancelled_at, zone)
    if order.as_of is not None:
        facts["as_of"] = DateTime.at(order.as_of, zone)
    return facts


def refund_told(context: ToolContext, order: Order, refund: Refund) -> Evidence:
    """How a refund stands, and by when the money is there."""
    policy = context.policy
    days = (
        policy.cancellation.refund_within_days
        if refund.return_id is None
        else policy.returns.refund_within_days
    )
    ordered = local_day(refund.created_at, context.locale.zone)
    by = ordered + timedelta(days=days)
    earlier = refund.status is RefundStatus.DONE and by < local_day(context.clock.now(), context.locale.zone)
    facts: dict[str, Fact] = {
        "order_number": Code(value=order.number),
        "amount": refund.amount,
        "date": Date(value=ordered),
        "by_date": Date(value=by),
    }
    return evidence(
        context,
        "refund.done_earlier" if earlier else f"refund.{refund.status}",
        f"refund:{refund.id}",
        Code(value=order.number),
        facts,
    )


ORDER_STATUS = Tool(
    name="order_status",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "How one order stands: status, payment, total, items, date, and each refund with its amount. For "
        "where the parcel is and when it arrives use track_shipment. Needs an identified order.\n"
        "Outcome: the order's status: pending_payment, processing, on_hold, packed, partially_shipped, "
        "shipped, delivered, cancelled or returned; or identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=order_status,
)
