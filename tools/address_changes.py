"""Sending an order elsewhere, and the customer's address for orders to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commerce.errors import OrderNotChangeable, OrderNotFound
from commerce.models import Address, Order
from conversations.models import Level
from facts.values import Term
from tools.addresses import ToldAddress, Unfit, address_facts, completed
from tools.changeable import closed
from tools.lookup import OrderArguments, known_order
from tools.results import about_order, order_result, refused
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult


class AddressArguments(OrderArguments):
    address: ToldAddress


async def propose_address(context: ToolContext, arguments: AddressArguments) -> ProposalDraft | ToolResult:
    """Where the order would go; nothing is changed."""
    order = known_order(context)
    if stopped := closed(context, "change_address", order):
        return stopped
    rules = context.policy.changes
    if not rules.address:
        return order_result(context, "change_address", "not_automated", "change.not_automated", order.number)
    if order.payment_method in rules.address_bound:
        method = {"method": Term(id=f"term.payment.{order.payment_method}")}
        return order_result(
            context, "change_address", "payment_bound", "address.payment_bound", order.number, method
        )
    found = completed(order.shipping_address, arguments.address)
    if isinstance(found, Unfit):
        return _unfit(context, "change_address", order, found)
    return _draft(context, "address.proposed", order, found)


def _unfit(context: ToolContext, tool: str, order: Order, why: Unfit) -> ToolResult:
    return order_result(context, tool, why.outcome, f"address.{why.outcome}", order.number, why.facts)


def _draft(context: ToolContext, statement: str, order: Order, address: Address) -> ProposalDraft:
    return ProposalDraft(
        order_id=order.id,
        order_version=order.version,
        amount=None,
        evidence=about_order(context, statement, order.number, address_facts(address)),
        payload={"order_id": order.id, "address": address.model_dump(mode="json")},
    )


async def execute_address(
    context: ToolContext, payload: Mapping[str, Any], version: int, key: str
) -> ToolResult:
    """Readdress it, once for this key. What is told afterwards holds no address: the ledger keeps it for good."""
    order_id, address = payload["order_id"], Address.model_validate(payload["address"])
    try:
        changed = await context.backend.change_shipping_address(order_id, address, version=version, key=key)
    except OrderNotChangeable:
        return await too_late(context, "change_address", order_id)
    except OrderNotFound:
        return refused("change_address")
    return order_result(context, "change_address", "done", "address.done", changed.order.number)


async def too_late(context: ToolContext, tool: str, order_id: str) -> ToolResult:
    """The shop would not change it any more: why, where its state says so."""
    order = await context.backend.order(order_id)
    if order is None:
        return refused(tool)
    stopped = closed(context, tool, order)
    return stopped or order_result(context, tool, "not_automated", "change.not_automated", order.number)


async def propose_default(context: ToolContext, arguments: AddressArguments) -> ProposalDraft | ToolResult:
    """What her address for orders to come would be; nothing is changed."""
    order = known_order(context)
    customer = await context.backend.customer(order.customer_id)
    owner = context.identity.customer_id == order.customer_id
    # A code went to the order's mailbox: it opens the account of that mailbox and no other.
    if customer is None or not (owner or customer.email.casefold() == order.email.casefold()):
        return order_result(
            context, "set_default_address", "not_automated", "change.not_automated", order.number
        )
    base = customer.addresses[0] if customer.addresses else order.shipping_address
    found = completed(base, arguments.address)
    if isinstance(found, Unfit):
        return _unfit(context, "set_default_address", order, found)
    return _draft(context, "default_address.proposed", order, found)


async def execute_default(
    context: ToolContext, payload: Mapping[str, Any], version: int, key: str
) -> ToolResult:
    """Keep it, once for this key."""
    order_id, address = payload["order_id"], Address.model_validate(payload["address"])
    order = await context.backend.order(order_id)
    if order is None:
        return refused("set_default_address")
    await context.backend.set_default_address(order_id, address, version=version, key=key)
    return order_result(context, "set_default_address", "done", "default_address.done", order.number)


UNFIT = (
    "incomplete, postcode_wrong, number_missing, po_box, not_plausible, same (place the statement, it asks again); "
    "other_country (a person)"
)
AFTERWARDS = (
    "identity_needed (call request_code or find_order); not_matched; unavailable. After the yes: done, requested, "
    "changed, expired."
)

CHANGE_ADDRESS = Tool(
    name="change_address",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose another address in the same country for an order that is not packed. Nothing happens before a yes in "
        "a later message. Needs a confirmed "
        f"customer.\nOutcomes: proposed; {UNFIT}; payment_bound, not_automated (a person); "
        f"too_late_packed; too_late_shipped; already_delivered; already_cancelled; on_hold; {AFTERWARDS}"
    ),
    arguments=AddressArguments,
    propose=propose_address,
    execute=execute_address,
)

SET_DEFAULT_ADDRESS = Tool(
    name="set_default_address",
    effect=Effect.WRITE,
    level=Level.CONFIRMED,
    description=(
        "Propose a new default address for later orders; any order of hers names the account. Nothing happens before a "
        "yes in a later message. Needs a confirmed "
        f"customer.\nOutcomes: proposed; {UNFIT}; not_automated (a person); {AFTERWARDS}"
    ),
    arguments=AddressArguments,
    propose=propose_default,
    execute=execute_default,
)
