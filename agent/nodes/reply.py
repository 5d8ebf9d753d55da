"""reply: the turn's handoff is filed and its answer is ready to be closed."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context
from agent.handoff import file_handoff
from agent.holding import hold_back
from agent.notes import tell_seniors
from agent.state import State


async def reply(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    await tell_seniors(ports, work)
    if work.drafting:
        await hold_back(ports, work)
    if work.handoff:
        work.handoff_info = await file_handoff(ports, work, work.handoff)
        if work.handoff_info is None:
            # A person has the conversation: nobody is waited for.
            work.handoff = None
    if work.session:
        await work.session.close()
    return {}
