"""perceive: language, mood, intents, entities and screening, from one encoding of the text; and how she is addressed."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context, Ports
from agent.doing import locale_of
from agent.planners.planner import Memory
from agent.remembering import recall
from agent.state import State
from agent.work import TurnWork
from conversations.models import Author
from markets.languages import likely_language
from nlu.intents import Intent
from nlu.perception import Entity, EntityKind, Perception

SURE_ENOUGH = 0.5
PRESENT = "present"
"""What is said of things that somebody else has paid for."""
DETAILS = (EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER, EntityKind.EMAIL, EntityKind.POSTCODE)


async def perceive(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    work.memory = Memory.model_validate(state.get("memory") or {})
    previous = work.conversation.language or likely_language(work.conversation.market or "")
    work.perception = await ports.understanding.perceive(
        work.text, previous_language=previous, presumed=not work.memory.spoke
    )
    work.memory.spoke = work.memory.spoke or work.perception.language_sure
    work.memory.recipient = work.memory.recipient or _got_a_present(work.perception)
    work.locale = locale_of(ports, work)
    work.details = _details(ports, work)
    await recall(ports, work)
    return {"turn": work.turn.id}


def _got_a_present(seen: Perception) -> bool:
    """Known before anything is read for her, so that no price is among it."""
    if any(topic.value == PRESENT for topic in seen.all(EntityKind.POLICY_TOPIC)):
        return True
    best = (segment.intents[0] for segment in seen.segments)
    return any(each.intent == Intent.GIFT_RECIPIENT and each.probability >= SURE_ENOUGH for each in best)


def _details(ports: Ports, work: TurnWork) -> tuple[Entity, ...]:
    """What the customer told about herself lately, newest first; read from her messages, never from graph state."""
    found = [entity for entity in work.seen.entities if entity.kind in DETAILS]
    for message in reversed(work.recent):
        if message.author is Author.CUSTOMER:
            found += [
                e for e in ports.understanding.entities(message.text, work.seen.language) if e.kind in DETAILS
            ]
    return tuple(found)
