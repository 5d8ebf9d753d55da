"""act: the planner asked for a tool; the guard decides, and the result goes back."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context
from agent.doing import run_tool
from agent.holding import decide_mode, intents_of
from agent.state import State
from agent.work import Doing, TurnWork
from conversations.models import ActionState
from tools.tool import Effect, ToolResult


async def act(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    call = work.call
    assert call is not None
    tool = ports.registry.get(call.tool)
    writes = tool is not None and tool.effect is Effect.WRITE
    if writes:
        decide_mode(ports, work, *intents_of(call.tool))
    result = await run_tool(ports, work, call.tool, call.arguments)
    work.results[call.id] = result
    work.call = None
    if writes:
        _note(work, call.tool, result)
    return {}


def _note(work: TurnWork, tool: str, result: ToolResult) -> None:
    """A WRITE shows in the reply as an action, whether proposed or refused."""
    if result.outcome == "identity_needed":
        return
    state = ActionState.PROPOSED if result.outcome == "proposed" else ActionState.REFUSED
    work.doings[:] = [doing for doing in work.doings if doing.tool != tool]
    work.doings.append(Doing(str(result.data.get("proposal_id", "")), tool, state, result.evidence))
