"""Runs tools for a turn: each question once, identity fresh from its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent.context import Ports
from agent.work import TurnWork, call_key
from conversations.models import EventKind
from conversations.store import NewEvent
from i18n.locale import Locale
from tools.tool import ToolContext, ToolResult

CHANGES_IDENTITY = {"found", "verified"}


def locale_of(ports: Ports, work: TurnWork) -> Locale:
    """Her language, with the formats and the time of her market, else of where the order in question goes."""
    country = work.conversation.market or work.memory.country
    return Locale(work.seen.language, country, ports.zones.get(country or "", ports.policy.shop.zone))


def tool_context(ports: Ports, work: TurnWork) -> ToolContext:
    """What a tool is given in this turn."""
    return ToolContext(
        conversation_id=work.conversation.id,
        turn_id=work.turn.id,
        identity=work.identity,
        locale=work.locale,
        market=work.conversation.market,
        channel=ports.channels.terms(work.conversation.channel),
        clock=ports.clock,
        backend=ports.backend,
        policy=ports.policy,
        markets=ports.markets,
        rates=ports.rates,
        retriever=ports.retriever,
        desk=ports.identity_desk,
        goods=ports.goods,
        invoices=ports.invoices,
        receipts=ports.receipts,
        perception=work.seen,
        new_evidence_id=work.evidence_id,
        address=work.conversation.caller or "",
        recipient=work.memory.recipient,
        drafting=work.drafting,
        records=ports.records,
        photos=work.photos,
    )


async def run_tool(ports: Ports, work: TurnWork, tool: str, arguments: Mapping[str, Any]) -> ToolResult:
    """The tool's result, asked once in a turn for the same arguments."""
    key = call_key(tool, arguments)
    if key in work.asked:
        return work.asked[key]
    result = work.keep(key, await ports.guard.call(tool_context(ports, work), tool, arguments))
    work.tool_events.append(_event(work, tool, result))
    if result.data.get("goods"):
        work.memory.goods = list(result.data["goods"])
        work.memory.version = dict(result.data.get("version", work.memory.version))
    if result.outcome in CHANGES_IDENTITY:
        await _know_her(ports, work, result)
    return result


async def _know_her(ports: Ports, work: TurnWork, result: ToolResult) -> None:
    """She has shown who she is: what was refused for want of that may be asked again."""
    work.identity = replace(work.identity, grants=await ports.conversations.grants(work.conversation.id))
    work.asked = {key: kept for key, kept in work.asked.items() if kept.outcome != "identity_needed"}
    work.memory.remember(result.data)
    work.locale = locale_of(ports, work)


def _event(work: TurnWork, tool: str, result: ToolResult) -> NewEvent:
    """What a customer's page may know of a call: its name and outcome."""
    call = f"{work.turn.id}-{len(work.asked)}"
    payload = {"call_id": call, "tool": tool, "outcome": result.outcome}
    return NewEvent(EventKind.TOOL_CALLED, payload, work.turn.id)
