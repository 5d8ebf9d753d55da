"""One owner at any moment; staff are told of a handoff in the transaction that makes it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.errors import AlreadyTaken, IdempotencyConflict, NotYours, OwnerChanged, UnknownTask
from conversations.models import (
    Author,
    Conversation,
    EventKind,
    Level,
    Owner,
    Priority,
    StaffMember,
    TaskKind,
)
from conversations.repository import Conversations
from conversations.tables import notifications
from facts.clock import FakeClock
from tests.contract.conversations.samples import ANNA, BEN, WORKER, handoff_of, next_turn, reply_to


async def _told(conversations: Conversations) -> list[tuple[str, str]]:
    async with conversations.database.read() as connection:
        found = await connection.execute(select(notifications).order_by(notifications.c.created_at))
        return sorted((row.channel, row.payload["priority"]) for row in found)


async def _owners(conversations: Conversations, conversation: Conversation) -> list[dict[str, str]]:
    events = await conversations.events_after(conversation.id, 0)
    return [e.payload for e in events if e.kind is EventKind.OWNERSHIP]


async def test_handoff_queues_the_conversation_and_tells_staff(
    conversations: Conversations, conversation: Conversation
) -> None:
    handoff = handoff_of(conversation)
    assert await conversations.queue(conversation.id, handoff) == handoff
    assert (await conversations.get(conversation.id)).owner is Owner.QUEUE
    assert await conversations.open_handoff(conversation.id) == handoff
    assert await _told(conversations) == [("mail", "normal"), ("webhook", "normal")]
    assert await _owners(conversations, conversation) == [{"owner": "queue"}]


async def test_queueing_again_keeps_one_handoff_and_raises_its_priority(
    conversations: Conversations, conversation: Conversation
) -> None:
    first = await conversations.queue(conversation.id, handoff_of(conversation))
    again = await conversations.queue(conversation.id, handoff_of(conversation, Priority.URGENT))
    lower = await conversations.queue(conversation.id, handoff_of(conversation, Priority.NORMAL))
    assert (again.id, again.priority) == (first.id, Priority.URGENT)
    assert lower == again
    assert await _told(conversations) == [
        ("mail", "normal"),
        ("mail", "urgent"),
        ("webhook", "normal"),
        ("webhook", "urgent"),
    ]
    assert len(await _owners(conversations, conversation)) == 1


async def test_handoffs_at_once_become_one(conversations: Conversations, conversation: Conversation) -> None:
    made = await asyncio.gather(
        *(conversations.queue(conversation.id, handoff_of(conversation)) for _ in range(20))
    )
    assert len({handoff.id for handoff in made}) == 1
    assert len(await _told(conversations)) == 2


async def test_of_twenty_people_one_takes_it(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.queue(conversation.id, handoff_of(conversation))
    people = [StaffMember(id=f"s{n}", name=f"N{n}") for n in range(20)]
    outcomes = await asyncio.gather(
        *(conversations.take(conversation.id, person) for person in people), return_exceptions=True
    )
    assert [isinstance(o, AlreadyTaken) for o in outcomes].count(True) == 19
    taken = await conversations.get(conversation.id)
    handoff = await conversations.open_handoff(conversation.id)
    assert taken.owner is Owner.HUMAN
    assert handoff is not None
    assert handoff.taken_by == taken.staff_id


async def test_taking_twice_changes_nothing(conversations: Conversations, conversation: Conversation) -> None:
    await conversations.take(conversation.id, ANNA)
    await conversations.take(conversation.id, ANNA)
    assert await _owners(conversations, conversation) == [{"owner": "human", "staff_name": "Anna"}]
    with pytest.raises(OwnerChanged):
        await conversations.queue(conversation.id, handoff_of(conversation))


async def test_staff_message_reaches_the_customer_once(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.take(conversation.id, ANNA)
    first = await conversations.staff_reply(conversation.id, ANNA, "Anna here.", "r1")
    assert await conversations.staff_reply(conversation.id, ANNA, "Anna here.", "r1") == first
    with pytest.raises(IdempotencyConflict):
        await conversations.staff_reply(conversation.id, ANNA, "Something else.", "r1")
    said = await conversations.transcript(conversation.id)
    assert [(m.author, m.text, m.staff_name) for m in said] == [(Author.STAFF, "Anna here.", "Anna")]
    events = await conversations.events_after(conversation.id, 1)
    assert [(e.kind, e.payload["text"]) for e in events] == [(EventKind.STAFF_MESSAGE, "Anna here.")]


async def test_only_its_owner_replies_and_hands_back(
    conversations: Conversations, conversation: Conversation
) -> None:
    with pytest.raises(NotYours):
        await conversations.staff_reply(conversation.id, ANNA, "Hello", "r1")
    await conversations.take(conversation.id, ANNA)
    with pytest.raises(NotYours):
        await conversations.staff_reply(conversation.id, BEN, "Hello", "r1")
    with pytest.raises(NotYours):
        await conversations.hand_back(conversation.id, BEN)
    await conversations.hand_back(conversation.id, BEN, for_another=True)
    assert (await conversations.get(conversation.id)).owner is Owner.ASSISTANT


async def test_handing_back_closes_the_handoff_and_the_assistant_answers_again(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.queue(conversation.id, handoff_of(conversation))
    await conversations.take(conversation.id, ANNA)
    await conversations.hand_back(conversation.id, ANNA)
    assert await conversations.open_handoff(conversation.id) is None
    assert [o["owner"] for o in await _owners(conversations, conversation)] == ["queue", "human", "assistant"]
    await conversations.accept(conversation.id, "thanks", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.close_turn(turn, WORKER, reply_to(turn), None, "en")
    second = await conversations.queue(conversation.id, handoff_of(conversation))
    assert (await conversations.open_handoff(conversation.id)) == second


async def test_grants_rise_and_expire(
    conversations: Conversations, conversation: Conversation, clock: FakeClock
) -> None:
    hour = timedelta(hours=1)
    await conversations.grant(conversation.id, "o1", Level.CONFIRMED, hour)
    await conversations.grant(conversation.id, "o1", Level.ORDER_READ, 2 * hour)
    await conversations.grant(conversation.id, "o2", Level.ORDER_READ, 2 * hour)
    assert await conversations.grants(conversation.id) == {"o1": Level.CONFIRMED, "o2": Level.ORDER_READ}
    clock.advance(hour)
    assert await conversations.grants(conversation.id) == {"o2": Level.ORDER_READ}
    await conversations.grant(conversation.id, "o1", Level.ORDER_READ, hour)
    assert (await conversations.grants(conversation.id))["o1"] is Level.ORDER_READ


async def test_simultaneous_grants_for_one_order_are_one_row(
    conversations: Conversations, conversation: Conversation
) -> None:
    await asyncio.gather(
        *(conversations.grant(conversation.id, "o1", Level.ORDER_READ, timedelta(hours=1)) for _ in range(20))
    )
    assert await conversations.grants(conversation.id) == {"o1": Level.ORDER_READ}


async def test_task_is_asked_once_and_closed_once(
    conversations: Conversations, conversation: Conversation
) -> None:
    for _ in range(2):
        await conversations.add_task(
            "prp_1", conversation.id, TaskKind.APPROVE, {"en": "Refund above the limit"}
        )
    (task,) = await conversations.tasks()
    outcomes = await asyncio.gather(
        *(conversations.close_task(task.id, "s1", "executed") for _ in range(5)), return_exceptions=True
    )
    assert [isinstance(o, UnknownTask) for o in outcomes].count(True) == 4
    assert await conversations.tasks() == []
    assert (await conversations.task(task.id)).outcome == "executed"
