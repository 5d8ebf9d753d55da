"""escalate: anger, threat, danger, law, distress or the plain wish for a person bring one in."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context
from agent.dangers import report_danger
from agent.planners.planner import Handoff, PlanItem, Statement
from agent.planners.walking import ENTITY_OF_SLOT
from agent.state import State
from agent.work import TurnWork
from conversations.models import HandoffReason, Owner
from nlu.intents import Intent
from nlu.perception import Mood, Signal

REASON_OF_SIGNAL = {
    Signal.SAFETY: HandoffReason.SAFETY,
    Signal.VULNERABLE: HandoffReason.VULNERABLE,
    Signal.MINOR: HandoffReason.MINOR,
    Signal.LEGAL: HandoffReason.LEGAL,
    Signal.THREAT: HandoffReason.THREAT,
}
"""In the order in which they win over one another."""

SURE_ENOUGH = 0.5
BESIDE = 0.6
"""The same of one part of a message: "I can't find the invoice. Could you send it to me?" asks for no person."""
CLEARLY = 0.8
SHORT = 30
"""Characters of an answer that says nothing beside what was asked for."""
LONGER = 80
"""The same where no word of it is heated."""
FACTS_WORTH_TELLING = ("order_status", "track_shipment", "dispute_status")


async def escalate(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    work = runtime.context.work
    reason = _reason(work)
    if reason is None and _bargains(work):
        work.memory.bargained = True
    work.memory.foreign = work.memory.foreign or work.seen.foreign is not None
    if reason is HandoffReason.SAFETY:
        await report_danger(runtime.context.ports, work)
    # Who waits for a person already hears once more what to do when somebody may be hurt.
    if reason and (work.conversation.owner is not Owner.QUEUE or reason is HandoffReason.SAFETY):
        work.memory.frames.clear()
        # Where somebody may be hurt nothing comes before what to do.
        facts = [] if reason is HandoffReason.SAFETY else _facts(work)
        work.pending = [*facts, Handoff(reason)]
    return {}


def needs_person(state: State, runtime: Runtime[Context]) -> bool:
    return bool(runtime.context.work.pending)


def _reason(work: TurnWork) -> HandoffReason | None:
    seen = work.seen
    for signal, reason in REASON_OF_SIGNAL.items():
        if signal in seen.signals:
            return reason
    tolerated = _bargains(work) and not work.memory.bargained
    if seen.mood is Mood.FURIOUS and not _plain_answer(work) and not tolerated:
        return HandoffReason.FURIOUS
    wishes = (s.intents[0] for s in seen.segments if s.intent == "talk_to_human")
    if any(wish.probability >= (SURE_ENOUGH if len(seen.segments) == 1 else BESIDE) for wish in wishes):
        return HandoffReason.ASKED_FOR_PERSON
    return HandoffReason.LANGUAGE if seen.foreign and not work.memory.foreign else None


def _bargains(work: TurnWork) -> bool:
    """Money or a bad review: that sounds heated, is answered once with what the shop can do, and then by a person."""
    best, *others = work.seen.segments
    wish = best.intents[0]
    heated = work.seen.mood is Mood.FURIOUS
    return heated and not others and wish.intent == Intent.REVIEW_BARGAIN and wish.probability >= CLEARLY


def _plain_answer(work: TurnWork) -> bool:
    """A yes or a no is no rage; asked for one of a few things she names it: "money back" is heated where nobody asked."""
    if work.seen.answer is not None:
        return True
    frames = work.memory.frames
    kind = ENTITY_OF_SLOT.get(frames[-1].waiting or "") if frames else None
    short = len(work.text) <= (SHORT if work.seen.heated else LONGER)
    return kind is not None and short and work.seen.first(kind) is not None


def _facts(work: TurnWork) -> list[PlanItem]:
    """What is known about the parcel is told at once, even to somebody who waits for a person."""
    results = [result for result in work.asked.values() if result.tool in FACTS_WORTH_TELLING]
    newest = results[-1:]
    return [Statement(entry.id) for result in newest for entry in result.evidence if entry.statement]
