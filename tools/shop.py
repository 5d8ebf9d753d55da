"""Whose shop this is: for those who take it for another one."""

from __future__ import annotations

from conversations.models import Level
from facts.values import Text, Url
from tools.lookup import Arguments
from tools.results import evidence
from tools.tool import Effect, Tool, ToolContext, ToolResult


class ShopArguments(Arguments):
    """Nothing is asked: there is one shop."""


async def this_shop(context: ToolContext, arguments: ShopArguments) -> ToolResult:
    """The shop's name and address on the web."""
    shop = context.policy.shop
    name = Text(value=shop.name)
    told = evidence(context, "shop.this_is", "policy:shop", name, {"name": name, "url": Url(value=shop.url)})
    return ToolResult("this_shop", "told", (told,))


THIS_SHOP = Tool(
    name="this_shop",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Whose shop this is: for customers who believe to write to another shop, a marketplace or a carrier. Never ask "
        "for the other shop's order data. Takes no arguments.\n"
        "Outcome: told."
    ),
    arguments=ShopArguments,
    read=this_shop,
)
