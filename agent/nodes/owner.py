"""owner: one party answers. Where a person owns the conversation, the machine keeps silent."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context
from agent.state import State
from conversations.models import Owner


async def owner(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    work = runtime.context.work
    work.silent = work.conversation.owner is Owner.HUMAN
    return {}


def has_person(state: State, runtime: Runtime[Context]) -> bool:
    return runtime.context.work.silent
