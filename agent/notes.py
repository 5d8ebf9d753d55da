"""What seniors are told of although nobody is handed over: the assistant goes on."""

from __future__ import annotations

from agent.context import Ports
from agent.handoff import handoff_of
from agent.work import TurnWork
from conversations.models import HandoffReason
from nlu.intents import Intent

TOLD_OF = {Intent.REVIEW_BARGAIN: HandoffReason.REVIEW_PRESSURE}
SURE_ENOUGH = 0.5


async def tell_seniors(ports: Ports, work: TurnWork) -> None:
    """Once a conversation for each reason, however often it is said."""
    said = {
        each.intents[0].intent for each in work.seen.segments if each.intents[0].probability >= SURE_ENOUGH
    }
    for intent, reason in TOLD_OF.items():
        if intent in said:
            note = handoff_of(ports, work, reason)
            await ports.conversations.note(note.model_copy(update={"id": f"{work.conversation.id}:note"}))
