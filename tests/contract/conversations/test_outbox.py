"""What was said is committed before it leaves, and is never said twice."""

from __future__ import annotations

import asyncio

import pytest

from conversations.models import Conversation, EventKind
from conversations.repository import Conversations
from tests.contract.conversations.samples import OTHER, WORKER, next_turn, reply_to


async def test_sentences_follow_those_already_committed(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.add_sentences(turn, WORKER, ["One."], "en")
    await conversations.add_sentences(turn, WORKER, ["Two.", "Three."], "en")
    await conversations.add_sentences(turn, WORKER, [], "en")
    events = await conversations.events_after(conversation.id, 1)
    assert [(e.payload["index"], e.payload["text"]) for e in events] == [
        (0, "One."),
        (1, "Two."),
        (2, "Three."),
    ]
    assert {e.payload["message_id"] for e in events} == {turn.reply_id}


async def test_closing_stores_one_reply_for_every_message_of_the_turn(
    conversations: Conversations, conversation: Conversation
) -> None:
    first = await conversations.accept(conversation.id, "where", "k1")
    second = await conversations.accept(conversation.id, "is it", "k2")
    turn = await next_turn(conversations, conversation.id)
    assert await conversations.reply_for(first.message.id) is None
    reply = reply_to(turn)
    await conversations.close_turn(turn, WORKER, reply, "chk-1", "de")
    assert await conversations.reply_for(first.message.id) == reply
    assert await conversations.reply_for(second.message.id) == reply
    now = await conversations.get(conversation.id)
    assert (now.language, now.checkpoint_id) == ("de", "chk-1")
    said = await conversations.transcript(conversation.id)
    assert (said[-1].id, said[-1].text) == (reply.message_id, reply.text)
    assert [m.language for m in said] == ["de", "de", "en"]


async def test_closing_twice_changes_nothing(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.close_turn(turn, WORKER, reply_to(turn), "chk-1", "en")
    before = await conversations.events_after(conversation.id, 0)
    await conversations.close_turn(turn, WORKER, reply_to(turn, "Something else."), "chk-2", "de")
    assert await conversations.events_after(conversation.id, 0) == before
    assert (await conversations.get(conversation.id)).checkpoint_id == "chk-1"


async def test_no_checkpoint_keeps_the_one_there_is(
    conversations: Conversations, conversation: Conversation
) -> None:
    for key, checkpoint in (("k1", "chk-1"), ("k2", None)):
        await conversations.accept(conversation.id, "hello", key)
        turn = await next_turn(conversations, conversation.id)
        await conversations.close_turn(turn, WORKER, reply_to(turn), checkpoint, "en")
    assert (await conversations.get(conversation.id)).checkpoint_id == "chk-1"


async def test_reply_with_a_foreign_id_is_a_bug(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    foreign = reply_to(turn).model_copy(update={"message_id": "msg_other"})
    with pytest.raises(ValueError, match=turn.reply_id):
        await conversations.close_turn(turn, WORKER, foreign, None, "en")


async def test_silent_turn_leaves_no_message(
    conversations: Conversations, conversation: Conversation
) -> None:
    accepted = await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.close_turn(turn, WORKER, reply_to(turn, ""), None, "en")
    assert [m.text for m in await conversations.transcript(conversation.id)] == ["hello"]
    reply = await conversations.reply_for(accepted.message.id)
    assert reply is not None
    assert reply.text == ""


async def test_second_run_of_a_turn_emits_its_tool_events_once(
    conversations: Conversations, conversation: Conversation
) -> None:
    payload = {"call_id": "c1", "tool": "find_order"}
    for _ in range(3):
        await conversations.add_event(conversation.id, EventKind.TOOL_CALLED, payload, "turn_x", "c1")
    await conversations.add_event(conversation.id, EventKind.TOOL_CALLED, payload, "turn_y", "c1")
    for _ in range(2):
        await conversations.add_event(conversation.id, EventKind.NOTICE, {"text": "hi"})
    events = await conversations.events_after(conversation.id, 0)
    assert [(e.seq, e.turn_id) for e in events] == [(1, "turn_x"), (2, "turn_y"), (3, None), (4, None)]


async def test_events_replay_from_a_number_and_in_pages(
    conversations: Conversations, conversation: Conversation
) -> None:
    await asyncio.gather(
        *(conversations.add_event(conversation.id, EventKind.NOTICE, {"n": n}) for n in range(30))
    )
    page = await conversations.events_after(conversation.id, 10, limit=5)
    assert [e.seq for e in page] == [11, 12, 13, 14, 15]
    assert await conversations.events_after(conversation.id, 30) == []


async def test_notice_outside_a_turn_is_told_once(
    conversations: Conversations, conversation: Conversation
) -> None:
    for _ in range(2):
        await conversations.say(conversation.id, "Your return was approved.", "en", "task-1")
    said = await conversations.transcript(conversation.id)
    events = await conversations.events_after(conversation.id, 0)
    assert [m.text for m in said] == ["Your return was approved."]
    assert [e.payload["message_id"] for e in events] == [said[0].id]
    assert await conversations.claim(conversation.id, OTHER) is None


async def test_waiter_wakes_when_the_reply_is_there(
    conversations: Conversations, conversation: Conversation
) -> None:
    with conversations.signals.subscribe(conversation.id) as bell:
        await conversations.accept(conversation.id, "hello", "k1")
        assert await bell.wait(1)
        turn = await next_turn(conversations, conversation.id)
        await conversations.close_turn(turn, WORKER, reply_to(turn), None, "en")
        assert await bell.wait(1)
        assert not await bell.wait(0.01)
