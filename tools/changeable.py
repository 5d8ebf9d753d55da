"""What of an order may still be changed, and what to do where it is too late."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from commerce.changes import CHANGEABLE as OPEN_STATES
from commerce.models import Order, OrderLine, OrderStatus, Product
from conversations.models import Level
from facts.evidence import Evidence
from facts.values import Code, Fact, Quantity, Text
from tools.items import options
from tools.lookup import OrderArguments, known_order
from tools.results import evidence, order_result
from tools.tool import Effect, Tool, ToolContext, ToolResult

CLOSED = {
    OrderStatus.ON_HOLD: "on_hold",
    OrderStatus.PACKED: "too_late_packed",
    OrderStatus.PARTIALLY_SHIPPED: "too_late_shipped",
    OrderStatus.SHIPPED: "too_late_shipped",
    OrderStatus.DELIVERED: "already_delivered",
    OrderStatus.RETURNED: "already_delivered",
    OrderStatus.CANCELLED: "already_cancelled",
}


async def changeable(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Whether the order may still be changed, and its lines with the variants that there are."""
    order = known_order(context)
    country = order.shipping_address.country
    if stopped := closed(context, "changeable", order):
        return replace(stopped, data={**stopped.data, "country": country})
    told = tuple(_line(context, order, line) for line in order.lines)
    lines: list[dict[str, Any]] = []
    for line, entry in zip(order.lines, told, strict=True):
        product = await context.backend.product(line.product_id)
        lines.append({**_plain(line), "choices": _choices(product), "evidence": entry.id})
    data = {
        "order_number": order.number,
        "country": country,
        "payment_method": order.payment_method,
        "payment_methods": list(context.policy.payment.methods),
        "lines": lines,
    }
    return ToolResult("changeable", "yes", told, data)


def closed(context: ToolContext, tool: str, order: Order) -> ToolResult | None:
    """Why an order may not be changed any more; None while it may."""
    if order.status in OPEN_STATES:
        return None
    outcome = CLOSED[order.status]
    return order_result(context, tool, outcome, f"change.{outcome}", order.number)


def _plain(line: OrderLine) -> dict[str, Any]:
    titles = {"": line.title, **line.titles}
    return {
        "line_id": line.id,
        "sku": line.sku,
        "titles": titles,
        "options": line.options,
        "quantity": line.quantity,
    }


def _choices(product: Product | None) -> dict[str, list[str]]:
    """Option → the values that the product comes in."""
    found: dict[str, list[str]] = {}
    for variant in product.variants if product else ():
        for name, value in variant.options.items():
            if value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def _line(context: ToolContext, order: Order, line: OrderLine) -> Evidence:
    facts: dict[str, Fact] = {
        "item": Text(value=line.title, titles=line.titles),
        "quantity": Quantity(value=Decimal(line.quantity)),
    }
    statement = "change.item_plain"
    if line.options:
        statement, facts["options"] = "change.item", options(line)
    return evidence(context, statement, f"order:{order.number}/{line.id}", Code(value=order.number), facts)


CHANGEABLE = Tool(
    name="changeable",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Whether an order can still be changed (address, items, payment method), with the line ids and options that "
        "change_items needs. Call it before the change_ tools and for the question alone. Needs an identified order.\n"
        "Outcomes: yes (data.lines, data.payment_methods); too_late_packed (she may refuse the parcel or return it); "
        "too_late_shipped (the carrier may redirect it, a person looks); already_delivered (offer a return); "
        "already_cancelled; on_hold (a person looks into it); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=changeable,
)
