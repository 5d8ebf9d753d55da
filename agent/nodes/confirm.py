"""confirm: an open proposal and an explicit yes or no settle it; no planner is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from langgraph.runtime import Runtime

from agent.context import Context
from agent.doing import tool_context
from agent.holding import NO_REQUEST, TOOLS_OF_INTENT, decide_mode, intents_of
from agent.planners.planner import Clarify, Handoff, Phrase, PlanItem, Statement
from agent.state import State
from agent.work import Doing, TurnWork, call_key
from conversations.models import ActionState, HandoffReason
from nlu.intents import Intent
from nlu.perception import Answer, EntityKind
from tools.fit import Way
from tools.proposals import Proposal
from tools.tool import ToolResult

STATE_OF_OUTCOME = {
    "requested": ActionState.REQUESTED,
    "awaiting_approval": ActionState.AWAITING_APPROVAL,
    "done": ActionState.EXECUTED,
}

OUT_OF_DATE = ("expired", "changed")
"""A yes that came too late: what was wanted is looked at afresh and proposed again at once."""

CLEARLY = 0.5
GOES_BACK = ("start_return", "open_claim")
"""What "yes, I'll send it back" agrees to."""
KEEP = "keep"
WAYS = {"start_return": Way.RETURN, "start_exchange": Way.EXCHANGE}
NO_WISH = NO_REQUEST | {Intent.DENY, Intent.AFFIRM}


async def confirm(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    work.proposal = await ports.proposals.settle(work.conversation.id, work.turn.id)
    if work.proposal is None:
        work.pending = _answered_draft(work)
    elif _agrees(work) and not _means_another(work, work.proposal):
        decide_mode(ports, work, *intents_of(work.proposal.tool))
        if work.drafting and work.proposal.confirmed_turn != work.turn.id:
            work.pending = _for_a_person(work)
            return {}
        result = await ports.proposals.confirm(tool_context(ports, work), work.proposal.id, work.turn.id)
        work.keep(call_key(work.proposal.tool, {"confirmed": work.proposal.id}), result)
        if result.outcome in OUT_OF_DATE and _frame_waits(work):
            work.opening = [Statement(entry.id) for entry in result.evidence]
            work.proposal = None
        else:
            work.pending = _told(work, work.proposal, result)
    elif _declines(work) or _forgets_it(work) or _keeps(work, work.proposal):
        await ports.proposals.decline(work.proposal.id, work.turn.id)
        work.pending = [Phrase("proposal.declined")]
        _drop_frame(work)
    return {}


def is_settled(state: State, runtime: Runtime[Context]) -> bool:
    return bool(runtime.context.work.pending)


def _agrees(work: TurnWork) -> bool:
    """A plain yes, or one that names just what was proposed: "yes, PayPal"."""
    if work.seen.answer is Answer.YES:
        return True
    proposed = set(_values(work.memory.frames[-1].slots)) if _frame_waits(work) else set()
    named = {entity.value.casefold() for entity in work.seen.agreed}
    return bool(named) and named <= proposed


def _values(slots: object) -> Iterator[str]:
    if isinstance(slots, Mapping):
        for value in slots.values():
            yield from _values(value)
    elif isinstance(slots, str):
        yield slots.casefold()


def _means_another(work: TurnWork, proposal: Proposal) -> bool:
    """ "Yes, cancel it" is no yes to a return."""
    wishes = (segment.intents[0] for segment in work.seen.segments)
    meant = [_tools_of(wish.intent) for wish in wishes if wish.probability >= CLEARLY]
    return any(tools and proposal.tool not in tools for tools in meant) or _names_another(work, proposal)


def _tools_of(intent: str) -> tuple[str, ...]:
    return GOES_BACK if intent == Intent.RETURN_ITEM else TOOLS_OF_INTENT.get(intent, ())


def _names_another(work: TurnWork, proposal: Proposal) -> bool:
    """ "Yes, send me a new one" is no yes to a refund."""
    slots = work.memory.frames[-1].slots if _frame_waits(work) else {}
    proposed = {
        EntityKind.CLAIM_REMEDY: slots.get("claim_remedy"),
        EntityKind.WAY: WAYS.get(proposal.tool),
    }
    said = {kind: {entity.value for entity in work.seen.all(kind)} for kind in proposed}
    return any(wanted and said[kind] and wanted not in said[kind] for kind, wanted in proposed.items())


def _declines(work: TurnWork) -> bool:
    """A no, also one that gives its reason: "no thanks, I'll keep them". Declining costs nothing.

    A no that names a colour, a size or another wish is a change to what was proposed.
    """
    seen = work.seen
    if seen.answer is Answer.NO:
        return True
    if seen.answer is Answer.YES or seen.opening is not Answer.NO:
        return False
    if any(entity.value != KEEP for entity in seen.entities):
        return False
    best = seen.segments[0].intents[0]
    wishes = best.intent not in NO_WISH and best.probability >= CLEARLY
    return bool(seen.entities) or not (seen.correction or wishes or len(seen.segments) > 1)


def _keeps(work: TurnWork, proposal: Proposal) -> bool:
    """ "Cancel it, no, keep it": her last word counts. A piece that she keeps is no word about a return."""
    return work.seen.keeps and proposal.tool != "start_return"


def _forgets_it(work: TurnWork) -> bool:
    """A correction takes back a detail, not the wish."""
    best = work.seen.segments[0].intents[0]
    alone = len(work.seen.segments) == 1 and not work.seen.correction
    return alone and best.intent == "never_mind" and best.probability >= CLEARLY


def _told(work: TurnWork, proposal: Proposal, result: ToolResult) -> list[PlanItem]:
    items: list[PlanItem] = [Statement(entry.id) for entry in result.evidence if entry.statement]
    if result.outcome == "unavailable":
        return [*items, Clarify(Phrase("confirm.ask"), (Phrase("confirm.yes"), Phrase("confirm.no")))]
    _drop_frame(work)
    if result.outcome in OUT_OF_DATE:
        items.append(Phrase("proposal.ask_again"))
    state = STATE_OF_OUTCOME.get(result.outcome, ActionState.REFUSED)
    work.doings.append(Doing(proposal.id, proposal.tool, state, result.evidence))
    return items or [Handoff(HandoffReason.TOOL_FAILURE)]


def _answered_draft(work: TurnWork) -> list[PlanItem]:
    """A draft has worded a proposal that no row stands behind; people do what she says yes to."""
    frames = work.memory.frames
    if not (work.drafting and frames and frames[-1].waiting == "confirm"):
        return []
    if work.seen.answer is Answer.YES:
        return _for_a_person(work)
    if work.seen.answer is Answer.NO:
        _drop_frame(work)
        return [Phrase("proposal.declined")]
    return []


def _for_a_person(work: TurnWork) -> list[PlanItem]:
    _drop_frame(work)
    return [Handoff(HandoffReason.NOT_AUTOMATED)]


def _frame_waits(work: TurnWork) -> bool:
    """Whether a flow stands where it can prepare the same again."""
    return bool(work.memory.frames) and work.memory.frames[-1].waiting == "confirm"


def _drop_frame(work: TurnWork) -> None:
    frames = work.memory.frames
    frames[:] = [frame for frame in frames if frame.waiting != "confirm"]
