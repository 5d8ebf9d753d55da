"""plan: the planner's next wish."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context, Ports
from agent.planners.planner import ToolCall, View
from agent.state import State
from agent.work import PlanSession, TurnWork
from conversations.models import Owner
from markets.channel import Proof


async def plan(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    if work.session is None:
        work.spent.planner = ports.planner.name
        work.session = PlanSession(ports.planner, _view(ports, work))
    item = await work.session.next()
    if isinstance(item, ToolCall):
        work.call = item
    elif item is not None:
        work.pending = [item]
    return {}


def wants_tool(state: State, runtime: Runtime[Context]) -> bool:
    return runtime.context.work.call is not None


def _view(ports: Ports, work: TurnWork) -> View:
    channel = ports.channels.terms(work.conversation.channel)
    return View(
        perception=work.seen,
        locale=work.locale,
        market=work.conversation.market,
        memory=work.memory,
        registry=ports.registry,
        evidence=work.evidence,
        results=work.results,
        signed_in=bool(work.identity.customer_id),
        read_only=work.conversation.owner is Owner.QUEUE,
        proposal=work.proposal,
        recent=work.recent,
        details=work.details,
        mentioned=lambda candidates: ports.understanding.mentioned(
            work.text, candidates, work.locale.language
        ),
        means_all=ports.understanding.means_all(work.text),
        spent=work.spent,
        messages=work.turn.messages,
        address=ports.understanding.address,
        rejections=work.rejections,
        photo_alone=work.photo_alone,
        returns=channel.returns,
        marketplace=channel.proven_by is Proof.CHANNEL_ORDER,
    )
