"""What tests of the modes ask of a shop and of its conversations."""

from __future__ import annotations

from conversations.models import DraftReply, EventKind, Level, Reply
from tests.integration.agent.conftest import STORIES, House, Talk

STORY = STORIES["processing_paid_en"]
ASKED = f"Where is my order {STORY.number}? I am {STORY.email}"


async def only_draft(house: House, talk: Talk) -> DraftReply:
    (draft,) = await house.conversations.drafts(talk.id)
    return draft


def waiting_words(house: House, reply: Reply) -> bool:
    return reply.text.startswith(house.words("en", "handoff.staff_answers"))


async def left(house: House, talk: Talk) -> list[EventKind]:
    """What the customer's page heard beside the start of turns and their replies."""
    bookkeeping = (EventKind.TURN_STARTED, EventKind.REPLY)
    return [e.kind for e in await house.conversations.events_after(talk.id, 0) if e.kind not in bookkeeping]


async def identified(house: House, talk: Talk) -> None:
    await talk.say(ASKED)
    await house.deployment.ports.identity_desk.grant(talk.id, f"ord_{STORY.number[3:]}", Level.CONFIRMED)


async def status(house: House) -> str:
    order = await house.deployment.backend.order_by_number(STORY.number)
    assert order is not None
    return order.status
