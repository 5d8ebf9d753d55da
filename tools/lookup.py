"""Which order a customer means, and how well she is known for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from commerce.models import Order
from conversations.models import Level
from knowledge.policy import Policy
from tools.tool import Tool, ToolContext


class Arguments(BaseModel):
    """Base of every tool's arguments: closed, so that nobody slips in whose data is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class OrderArguments(Arguments):
    order_number: str = Field(
        min_length=2,
        max_length=64,
        description="The order number as the customer wrote it, such as MF-10428, or a tracking number of it.",
    )


class MaybeOrderArguments(Arguments):
    """Of a tool that may also be asked in general: without a number the guard clears no order, and needs none."""

    order_number: str | None = Field(
        None,
        min_length=2,
        max_length=64,
        description="The order number, or a tracking number of it, if it is about an order.",
    )


class UnknownLevel(ValueError):
    """The policy relaxes a tool to a level that does not exist."""


LETTERS_AND_DIGITS = re.compile(r"([A-Za-z]{1,4})\s?(\d{3,10})")


async def lookup(context: ToolContext, reference: str) -> Order | None:
    """The order with this number, or the one that a parcel with this tracking number belongs to."""
    for spelling in _spellings(reference):
        if (order := await context.backend.order_by_number(spelling)) is not None:
            return order
    return await context.backend.order_by_tracking(reference)


def _spellings(reference: str) -> Iterator[str]:
    """As it was written, and with the hyphen that people leave out between letters and digits."""
    yield reference
    if parts := LETTERS_AND_DIGITS.fullmatch(reference.strip()):
        yield f"{parts[1]}-{parts[2]}"


def known_order(context: ToolContext) -> Order:
    """The order that the guard has found and cleared just before; raises LookupError where it has not."""
    if context.order is None:
        raise LookupError("no guard has cleared an order for this call")
    return context.order


async def level_of(context: ToolContext, order: Order, enough: Level = Level.CONFIRMED) -> Level:
    """How well we know her for this order: signed in as its owner, or what this conversation was granted.

    Grants are read anew unless the ones that the turn began with are `enough`.
    """
    level = context.identity.level_for(order)
    if level >= enough:
        return level
    granted = await context.desk.grants(context.conversation_id)
    return max(level, granted.get(order.id, Level.ANONYMOUS))


def required_level(tool: Tool, policy: Policy) -> Level:
    """What the tool asks for in this shop: a shop may lower it, but never below order_read where it touches an order.

    Raises UnknownLevel for a relaxation that names no level.
    """
    relaxed = policy.relaxed_tools.get(tool.name)
    if relaxed is None or tool.level is Level.ANONYMOUS:
        return tool.level
    try:
        level = Level[relaxed.upper()]
    except KeyError as error:
        raise UnknownLevel(f"{tool.name} is relaxed to {relaxed!r}") from error
    return min(tool.level, max(level, Level.ORDER_READ))
