"""retrieve: the READs that the message already implies, where identity allows, before any planner is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langgraph.runtime import Runtime

from agent.context import Context, Ports
from agent.doing import locale_of, run_tool
from agent.planners.planner import code_in
from agent.state import State
from agent.work import TurnWork
from markets.languages import likely_language
from nlu.intents import Intent
from nlu.perception import EntityKind, Mood

ABOUT_AN_ORDER = frozenset({"where_is_order", "not_received", "complaint", "refund_status", "cancel_order"})


async def retrieve(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    number = _number(work)
    contact = _contact(work)
    if number and (contact or work.identity.customer_id):
        found = await run_tool(ports, work, "find_order", {"order_number": number, **contact})
        if found.outcome != "found":
            return {}
        await _read_as_there(ports, work)
    if work.memory.order and _about_an_order(work):
        for tool in ("order_status", "track_shipment"):
            await run_tool(ports, work, tool, {"order_number": work.memory.order})
    if work.memory.order and Intent.CHARGEBACK in {segment.intent for segment in work.seen.segments}:
        await run_tool(ports, work, "dispute_status", {"order_number": work.memory.order})
    return {}


async def _read_as_there(ports: Ports, work: TurnWork) -> None:
    """Words that several languages share are read in the one of the country to which her order goes."""
    likely = likely_language(work.memory.country or "")
    known = work.memory.spoke or work.conversation.language is not None
    if known or likely in (None, work.seen.language):
        return
    there = await ports.understanding.perceive(work.text, previous_language=likely, presumed=True)
    if there.language == likely and there.foreign is None:
        work.perception = there
        work.locale = locale_of(ports, work)


def _about_an_order(work: TurnWork) -> bool:
    # Insults drown the question; who is that angry about an order wants to know where it is.
    furious = work.seen.mood is Mood.FURIOUS
    return furious or bool(ABOUT_AN_ORDER & {segment.intent for segment in work.seen.segments})


def _number(work: TurnWork) -> str | None:
    frames = work.memory.frames
    if frames and frames[-1].waiting == "code" and code_in(work.text):
        return None
    mentions = (work.seen.first(kind) for kind in (EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER))
    return next((mention.value for mention in mentions if mention), None)


def _contact(work: TurnWork) -> dict[str, Any]:
    return dict(_newest(work))


def _newest(work: TurnWork) -> Iterator[tuple[str, str]]:
    for kind in (EntityKind.EMAIL, EntityKind.POSTCODE):
        newest = next((detail for detail in work.details if detail.kind is kind), None)
        if newest:
            yield kind.value, newest.value
