"""Returns that are not the shop's to open: on a channel whose platform owns them, she hears where that is done."""

from __future__ import annotations

from conversations.models import Level
from facts.values import Text
from markets.channel import Returns
from tools.lookup import Arguments
from tools.results import evidence
from tools.tool import Effect, Tool, ToolContext, ToolResult

TOOL = "return_channel"
ON_PLATFORM = "on_platform"
PERSON_DECIDES = "person_decides"
ELSEWHERE = (ON_PLATFORM, PERSON_DECIDES)
"""Outcomes of everything that would take goods back, on a channel where the shop does not."""


def sent_elsewhere(context: ToolContext, tool: str) -> ToolResult | None:
    """Why this conversation opens no return; None where the shop does it itself."""
    if context.channel.returns is Returns.SELLER:
        return None
    if context.channel.returns is Returns.UNSURE:
        return ToolResult(tool, PERSON_DECIDES)
    name = Text(value=context.channel.name)
    told = evidence(context, "return.on_platform", "channel:returns", name, {"marketplace": name})
    return ToolResult(tool, ON_PLATFORM, (told,))


class ReturnChannelArguments(Arguments):
    """Nothing is asked: it depends on the channel alone."""


async def return_channel(context: ToolContext, arguments: ReturnChannelArguments) -> ToolResult:
    """Who opens a return here."""
    return sent_elsewhere(context, TOOL) or ToolResult(TOOL, "here")


RETURN_CHANNEL = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Who opens returns, exchanges and complaints about goods on this channel: on a marketplace mostly the "
        "marketplace. Takes no arguments, needs no order.\n"
        "Outcomes: here (the tools for returns work); on_platform (place the statement, and offer a person); "
        "person_decides (nobody knows for sure: bring in a person)."
    ),
    arguments=ReturnChannelArguments,
    read=return_channel,
)
