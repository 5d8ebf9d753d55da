"""owner: one party answers, and it is decided how. Where a person owns the conversation, the machine keeps silent."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context, Ports
from agent.holding import decide_mode, topics
from agent.state import State
from agent.work import TurnWork
from conversations.models import Owner


async def owner(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    under_way = tuple(frame.flow for frame in work.memory.frames[-1:])
    decide_mode(ports, work, *topics(work.seen, under_way))
    if work.drafting:
        await _as_if_asked(ports, work)
    work.silent = work.conversation.owner is Owner.HUMAN and not work.drafting
    return {}


def has_person(state: State, runtime: Runtime[Context]) -> bool:
    return runtime.context.work.silent


async def _as_if_asked(ports: Ports, work: TurnWork) -> None:
    """She waits for a person, but what is drafted is what the assistant would say if it were asked."""
    if work.conversation.owner is not Owner.QUEUE:
        return
    handoff = await ports.conversations.open_handoff(work.conversation.id)
    work.waits_for = handoff.reason if handoff else None
    work.conversation = work.conversation.model_copy(update={"owner": Owner.ASSISTANT})
