"""Messages are acknowledged once, gathered into turns in order, and each turn has one worker."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from datetime import timedelta

import pytest

from conversations.errors import IdempotencyConflict, LeaseLost, OwnerChanged, UnknownConversation
from conversations.leases import LEASE_TTL, worker_is_dead, worker_name
from conversations.models import Author, Conversation, EventKind, Owner
from conversations.repository import Conversations
from conversations.signals import Signals
from facts.clock import FakeClock
from persistence.engine import Database
from tests.contract.conversations.samples import ANNA, OTHER, START, WORKER, next_turn, reply_to


async def test_token_opens_its_conversation_and_nothing_else(conversations: Conversations) -> None:
    first, token = await conversations.create(market="DE")
    second, _ = await conversations.create()
    assert await conversations.authenticate(first.id, token) == first
    for conversation_id, wrong in (
        (second.id, token),
        ("cnv_unknown", token),
        (first.id, ""),
        (first.id, "\ud800"),
    ):
        with pytest.raises(UnknownConversation):
            await conversations.authenticate(conversation_id, wrong)


async def test_replayed_key_gives_the_first_message(
    conversations: Conversations, conversation: Conversation
) -> None:
    first = await conversations.accept(conversation.id, "hello", "k1")
    again = await conversations.accept(conversation.id, "hello", "k1")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.message == first.message
    assert len(await conversations.transcript(conversation.id)) == 1


async def test_replayed_key_with_another_text_is_refused(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    with pytest.raises(IdempotencyConflict):
        await conversations.accept(conversation.id, "hello?", "k1")


async def test_same_key_fifty_times_at_once_is_one_message(
    conversations: Conversations, conversation: Conversation
) -> None:
    accepted = await asyncio.gather(
        *(conversations.accept(conversation.id, "hello", "k1") for _ in range(50))
    )
    assert len({a.message.id for a in accepted}) == 1
    assert [a.replayed for a in accepted].count(False) == 1


async def test_five_hundred_simultaneous_messages_are_all_numbered(
    conversations: Conversations, conversation: Conversation
) -> None:
    accepted = await asyncio.gather(
        *(conversations.accept(conversation.id, f"message {n}", f"k{n}") for n in range(500))
    )
    assert sorted(a.message.seq for a in accepted) == list(range(1, 501))
    turn = await next_turn(conversations, conversation.id)
    assert [m.seq for m in turn.messages] == list(range(1, 501))
    assert {m.text for m in turn.messages} == {f"message {n}" for n in range(500)}


async def test_nobody_can_write_to_an_unknown_conversation(conversations: Conversations) -> None:
    with pytest.raises(UnknownConversation):
        await conversations.accept("cnv_unknown", "hello", "k1")


async def test_fifty_simultaneous_claims_give_one_turn(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    claims = await asyncio.gather(
        *(conversations.claim(conversation.id, f"elsewhere:{n}:x") for n in range(50))
    )
    assert [claim is not None for claim in claims].count(True) == 1


async def test_one_worker_cannot_claim_twice(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    claims = await asyncio.gather(*(conversations.claim(conversation.id, WORKER) for _ in range(20)))
    assert [claim is not None for claim in claims].count(True) == 1


async def test_burst_is_one_turn_and_what_comes_later_is_the_next(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "where", "k1")
    await conversations.accept(conversation.id, "is my order", "k2")
    turn = await next_turn(conversations, conversation.id)
    await conversations.accept(conversation.id, "hello?", "k3")
    await conversations.close_turn(turn, WORKER, reply_to(turn), None, "en")
    later = await next_turn(conversations, conversation.id)
    assert [m.text for m in turn.messages] == ["where", "is my order"]
    assert [m.text for m in later.messages] == ["hello?"]


async def test_nothing_to_answer_is_no_turn_and_leaves_no_event(
    conversations: Conversations, conversation: Conversation
) -> None:
    assert await conversations.claim(conversation.id, WORKER) is None
    assert await conversations.claim("cnv_unknown", WORKER) is None
    assert await conversations.events_after(conversation.id, 0) == []


async def test_lapsed_lease_gives_the_same_turn_with_what_it_said(
    conversations: Conversations, conversation: Conversation, clock: FakeClock
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    first = await next_turn(conversations, conversation.id)
    await conversations.add_sentences(first, WORKER, ["One.", "Two."], "en")
    await conversations.accept(conversation.id, "anybody there?", "k2")
    assert await conversations.claim(conversation.id, OTHER) is None
    clock.advance(LEASE_TTL)
    second = await next_turn(conversations, conversation.id, OTHER)
    assert second.id == first.id
    assert second.messages == first.messages
    assert second.sentences == ("One.", "Two.")
    events = await conversations.events_after(conversation.id, 0)
    assert [e.kind for e in events] == [EventKind.TURN_STARTED, EventKind.SENTENCE, EventKind.SENTENCE]
    assert [e.seq for e in events] == [1, 2, 3]


async def test_heartbeat_keeps_the_conversation(
    conversations: Conversations, conversation: Conversation, clock: FakeClock
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    clock.advance(LEASE_TTL - timedelta(seconds=1))
    await conversations.heartbeat(turn, WORKER)
    clock.advance(LEASE_TTL - timedelta(seconds=1))
    assert await conversations.claim(conversation.id, OTHER) is None


async def test_released_turn_can_be_claimed_at_once(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.release(conversation.id, OTHER)
    assert await conversations.claim(conversation.id, OTHER) is None
    await conversations.release(conversation.id, WORKER)
    assert (await next_turn(conversations, conversation.id, OTHER)).id == turn.id


async def test_dead_process_of_this_host_loses_the_conversation_at_once(
    conversations: Conversations, conversation: Conversation
) -> None:
    gone = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from conversations.leases import worker_name; print(worker_name())",
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    dead = (await gone.communicate())[0].decode().strip()
    await conversations.accept(conversation.id, "hello", "k1")
    await next_turn(conversations, conversation.id, dead)
    assert await conversations.claimable() == [conversation.id]
    assert await conversations.claim(conversation.id, worker_name()) is not None


async def test_living_process_and_other_hosts_keep_the_conversation(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    await next_turn(conversations, conversation.id, worker_name())
    assert await conversations.claim(conversation.id, worker_name()) is None
    assert not worker_is_dead("another-host:1:0-aa")
    assert not worker_is_dead("nonsense")


def test_number_given_to_a_new_process_does_not_keep_the_old_one_alive() -> None:
    assert worker_is_dead(f"{socket.gethostname()}:{os.getpid()}:1-aaaa")


async def test_what_an_earlier_attempt_still_writes_is_refused(
    conversations: Conversations, conversation: Conversation, clock: FakeClock
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    stale = await next_turn(conversations, conversation.id)
    clock.advance(LEASE_TTL)
    fresh = await next_turn(conversations, conversation.id, WORKER)
    for attempt in (
        conversations.add_sentences(stale, WORKER, ["Late."], "en"),
        conversations.close_turn(stale, WORKER, reply_to(stale), None, "en"),
        conversations.heartbeat(stale, WORKER),
        conversations.add_sentences(fresh, OTHER, ["Not mine."], "en"),
    ):
        with pytest.raises(LeaseLost):
            await attempt
    await conversations.close_turn(fresh, WORKER, reply_to(fresh), None, "en")
    assert [m.author for m in await conversations.transcript(conversation.id)] == [
        Author.CUSTOMER,
        Author.ASSISTANT,
    ]


async def test_unclosed_lists_what_waits_and_what_is_open(
    conversations: Conversations, conversation: Conversation
) -> None:
    other, _ = await conversations.create()
    await conversations.accept(conversation.id, "hello", "k1")
    await conversations.accept(other.id, "hi", "k1")
    turn = await next_turn(conversations, other.id)
    assert set(await conversations.unclosed()) == {conversation.id, other.id}
    assert await conversations.claimable() == [conversation.id]
    await conversations.close_turn(turn, WORKER, reply_to(turn), None, "en")
    assert await conversations.unclosed() == [conversation.id]


async def test_two_processes_answer_every_message_once_and_in_order(database_url: str) -> None:
    """Two repositories with pools of their own stand for two processes."""
    clock = FakeClock(START)
    databases = [Database(database_url), Database(database_url)]
    sides = [Conversations(database, clock, Signals()) for database in databases]
    opened = [(await sides[0].create())[0].id for _ in range(20)]

    async def work(side: Conversations, worker: str) -> None:
        while waiting := await side.claimable():
            for conversation_id in waiting:
                turn = await side.claim(conversation_id, worker)
                if turn is not None:
                    await side.close_turn(turn, worker, reply_to(turn, f"{len(turn.messages)}"), None, "en")

    await asyncio.gather(*(sides[n % 2].accept(c, f"{n}", f"k{n}") for c in opened for n in range(5)))
    await asyncio.gather(*(work(side, f"elsewhere:{n}:w") for n, side in enumerate(sides * 2)))
    for conversation_id in opened:
        said = await sides[0].transcript(conversation_id)
        customer = [m for m in said if m.author is Author.CUSTOMER]
        replies = [m for m in said if m.author is Author.ASSISTANT]
        assert len(customer) == 5
        assert sum(int(reply.text) for reply in replies) == 5
    for database in databases:
        await database.close()


async def test_person_owning_it_silences_the_assistant(
    conversations: Conversations, conversation: Conversation
) -> None:
    await conversations.accept(conversation.id, "hello", "k1")
    turn = await next_turn(conversations, conversation.id)
    await conversations.add_sentences(turn, WORKER, ["One moment."], "en")
    await conversations.take(conversation.id, ANNA)
    with pytest.raises(OwnerChanged):
        await conversations.add_sentences(turn, WORKER, ["I will look."], "en")
    with pytest.raises(OwnerChanged):
        await conversations.close_turn(turn, WORKER, reply_to(turn), None, "en")
    await conversations.close_turn(turn, WORKER, reply_to(turn, "", Owner.HUMAN), None, "en")
    said = [m.text for m in await conversations.transcript(conversation.id)]
    assert said == ["hello", "One moment."], "what had left stays, nothing follows"
    reply = await conversations.reply_for(turn.messages[0].id)
    assert reply is not None
    assert (reply.text, reply.owner) == ("One moment.", Owner.HUMAN)
