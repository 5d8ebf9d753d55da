"""Erasing a conversation leaves no word of it in any table, and stops the turn that was under way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select

from conversations.codes import OneTimeCodes
from conversations.errors import LeaseLost, UnknownConversation
from conversations.mail import MailQueue
from conversations.models import Conversation, EventKind, Level, TaskKind
from conversations.pictures import Picture
from conversations.repository import Conversations
from facts.clock import FakeClock
from persistence.engine import Database
from tests.contract.conversations.samples import ANNA, WORKER, handoff_of, next_turn, reply_to

CANARY = "canary-7f3a"


async def _everything(database: Database) -> str:
    """Every cell of every table as one text."""
    async with database.read() as connection:
        tables = MetaData()
        await connection.run_sync(tables.reflect)
        cells = []
        for table in tables.sorted_tables:
            cells += [str(tuple(row)) for row in await connection.execute(select(table))]
    return "\n".join(cells)


async def _lived(conversations: Conversations, mails: MailQueue, codes: OneTimeCodes) -> Conversation:
    opened, _ = await conversations.create(
        market="DE", language="de", customer_id=CANARY, customer_email=f"{CANARY}@example.com"
    )
    shown = await conversations.attach(opened.id, Picture(CANARY.encode(), 1, 1), most=1)
    await conversations.accept(opened.id, f"I am {CANARY}", "k1", (shown.id,))
    turn = await next_turn(conversations, opened.id)
    await conversations.add_event(opened.id, EventKind.CARD, {"card": {"name": CANARY}}, turn.id, "card")
    await conversations.add_sentences(turn, WORKER, [f"Hello {CANARY}."], "en")
    await conversations.close_turn(turn, WORKER, reply_to(turn, f"Hello {CANARY}."), f"chk-{CANARY}", "en")
    handoff = handoff_of(opened).model_copy(update={"summary": {"en": f"{CANARY} is upset"}})
    await conversations.queue(opened.id, handoff)
    await conversations.take(opened.id, ANNA)
    await conversations.staff_reply(opened.id, ANNA, f"Dear {CANARY}", "r1")
    await conversations.grant(opened.id, f"order-{CANARY}", Level.CONFIRMED, timedelta(hours=1))
    await conversations.add_task("prp_1", opened.id, TaskKind.APPROVE, {"en": f"Refund {CANARY}"})
    await conversations.say(opened.id, f"Done, {CANARY}", "en", "n1")
    await codes.issue(opened.id, f"order-{CANARY}")
    await mails.add(f"{CANARY}@example.com", CANARY, CANARY, "en", conversation_id=opened.id)
    return opened


async def test_nothing_personal_is_left(
    conversations: Conversations, database: Database, clock: FakeClock
) -> None:
    mails, codes = MailQueue(database, clock, conversations.signals), OneTimeCodes(database, clock, b"secret")
    opened = await _lived(conversations, mails, codes)
    assert CANARY in await _everything(database)
    await conversations.erase(opened.id)
    assert CANARY not in await _everything(database)
    assert [task.proposal_id for task in await conversations.tasks()] == ["prp_1"], (
        "work goes on without words"
    )
    assert await conversations.events_after(opened.id, 0) == []
    for attempt in (conversations.get(opened.id), conversations.erase(opened.id)):
        with pytest.raises(UnknownConversation):
            await attempt


async def test_turn_under_way_writes_nothing_more(
    conversations: Conversations, conversation: Conversation, database: Database, clock: FakeClock
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.erase(conversation.id)
    with pytest.raises(LeaseLost):
        await conversations.add_sentences(turn, WORKER, [CANARY], "en")
    with pytest.raises(LeaseLost):
        await conversations.close_turn(turn, WORKER, reply_to(turn, CANARY), None, "en")
    for attempt in (
        conversations.add_event(conversation.id, EventKind.NOTICE, {"text": CANARY}),
        conversations.queue(conversation.id, handoff_of(conversation)),
        conversations.grant(conversation.id, CANARY, Level.ORDER_READ, timedelta(hours=1)),
        conversations.accept(conversation.id, CANARY, "k2"),
        conversations.say(conversation.id, CANARY, "en", "n1"),
    ):
        with pytest.raises(UnknownConversation):
            await attempt
    mails = MailQueue(database, clock, conversations.signals)
    await mails.add(f"{CANARY}@example.com", CANARY, CANARY, "en", conversation_id=conversation.id)
    assert CANARY not in await _everything(database)
    assert await conversations.unclosed() == []


KNOWN_TO_ERASURE = {
    "attachments",
    "customer_conversations", "drafts", "events", "grants", "handoffs", "mails", "messages", "notifications",
    "one_time_codes", "proposals", "staff_tasks",
}  # fmt: skip


async def test_every_table_that_names_a_conversation_is_known_to_erasure(database: Database) -> None:
    """A new one is added here with what erasing does to it."""
    async with database.read() as connection:
        tables = MetaData()
        await connection.run_sync(tables.reflect)
    assert {table.name for table in tables.sorted_tables if "conversation_id" in table.c} == KNOWN_TO_ERASURE
