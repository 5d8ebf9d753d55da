"""escalate: anger, threat, danger, law, distress or the plain wish for a person bring one in."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context
from agent.dangers import report_danger
from agent.planners.planner import Handoff, PlanItem, Statement
from agent.state import State
from agent.work import TurnWork
from conversations.models import HandoffReason, Owner
from nlu.intents import Intent
from nlu.perception import Mood, Perception, Signal

REASON_OF_SIGNAL = {
    Signal.SAFETY: HandoffReason.SAFETY,
    Signal.VULNERABLE: HandoffReason.VULNERABLE,
    Signal.MINOR: HandoffReason.MINOR,
    Signal.LEGAL: HandoffReason.LEGAL,
    Signal.THREAT: HandoffReason.THREAT,
}
"""In the order in which they win over one another."""

SURE_ENOUGH = 0.5
FACTS_WORTH_TELLING = ("order_status", "track_shipment")


async def escalate(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    work = runtime.context.work
    reason = _reason(work)
    if reason is HandoffReason.SAFETY:
        await report_danger(runtime.context.ports, work)
    # Who waits for a person already hears once more what to do when somebody may be hurt.
    if reason and (work.conversation.owner is not Owner.QUEUE or reason is HandoffReason.SAFETY):
        work.memory.frames.clear()
        work.pending = [*_facts(work), Handoff(reason)]
    return {}


def needs_person(state: State, runtime: Runtime[Context]) -> bool:
    return bool(runtime.context.work.pending)


def _reason(work: TurnWork) -> HandoffReason | None:
    seen = work.seen
    for signal, reason in REASON_OF_SIGNAL.items():
        if signal in seen.signals and not _has_its_own_flow(signal, seen):
            return reason
    if seen.mood is Mood.FURIOUS:
        return HandoffReason.FURIOUS
    wishes = (s.intents[0] for s in seen.segments if s.intent == "talk_to_human")
    if any(wish.probability >= SURE_ENOUGH for wish in wishes):
        return HandoffReason.ASKED_FOR_PERSON
    return None


def _has_its_own_flow(signal: Signal, seen: Perception) -> bool:
    """Who tells of a case at her bank hears how it stands, and is handed over then."""
    return signal is Signal.LEGAL and any(segment.intent == Intent.CHARGEBACK for segment in seen.segments)


def _facts(work: TurnWork) -> list[PlanItem]:
    """What is known about the parcel is told at once, even to somebody who waits for a person."""
    results = [result for result in work.asked.values() if result.tool in FACTS_WORTH_TELLING]
    newest = results[-1:]
    return [Statement(entry.id) for result in newest for entry in result.evidence if entry.statement]
