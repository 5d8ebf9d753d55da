"""What is remembered of a customer, whose a conversation is, and what she finds of her others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from conversations.contacts import Contacts
from conversations.errors import ConversationErased
from conversations.models import Conversation, Owner, Priority
from conversations.profiles import Formality, Profiles
from conversations.proofs import Proof
from conversations.repository import Conversations
from facts.clock import FakeClock
from persistence.engine import Database
from tests.contract.conversations.samples import ANNA, handoff_of


@pytest.fixture
def profiles(database: Database, clock: FakeClock) -> Profiles:
    return Profiles(database, clock)


@pytest.fixture
def contacts(conversations: Conversations) -> Contacts:
    return Contacts(conversations)


async def hers(conversations: Conversations, **more: str) -> Conversation:
    opened, _ = await conversations.create(customer_id="c1", **more)
    return opened


async def test_what_a_turn_does_not_name_stays(conversations: Conversations, profiles: Profiles) -> None:
    talk = await hers(conversations)
    await profiles.remember(talk.id, "c1", language="de", sizes={"letters": "M"})
    await profiles.remember(talk.id, "c1", formality=Formality.FAMILIAR)
    await profiles.remember(talk.id, "c1", last_order="MF-1", sizes={"number": "42"})
    profile = await profiles.get("c1")
    assert profile is not None
    assert (profile.language, profile.last_order, profile.formality) == ("de", "MF-1", Formality.FAMILIAR)
    assert dict(profile.sizes) == {"letters": "M", "number": "42"}


async def test_what_is_known_already_is_not_written_again(
    conversations: Conversations, profiles: Profiles, clock: FakeClock
) -> None:
    talk = await hers(conversations)
    await profiles.remember(talk.id, "c1", language="de")
    before = await profiles.get("c1")
    clock.advance(timedelta(hours=1))
    await profiles.remember(talk.id, "c1", language="de")
    assert await profiles.get("c1") == before


async def test_two_first_turns_at_once_keep_one_profile(
    conversations: Conversations, profiles: Profiles
) -> None:
    talks = [await hers(conversations) for _ in range(4)]
    await asyncio.gather(*(profiles.remember(talk.id, "c1", language="fr") for talk in talks))
    profile = await profiles.get("c1")
    assert profile is not None
    assert profile.language == "fr"


async def test_erased_conversation_leaves_nothing_to_remember(
    conversations: Conversations, profiles: Profiles
) -> None:
    talk = await hers(conversations)
    await conversations.erase(talk.id)
    await profiles.remember(talk.id, "c1", language="de")
    await profiles.prove(talk.id, "c1")
    assert await profiles.get("c1") is None
    assert await profiles.proven(talk.id) is None
    with pytest.raises(ConversationErased):
        await conversations.get(talk.id)


async def test_code_proves_a_conversation_and_never_replaces_the_word_of_the_shop(
    conversations: Conversations, conversation: Conversation, profiles: Profiles
) -> None:
    assert await profiles.proven(conversation.id) is None
    await profiles.prove(conversation.id, "c2")
    by_code = await profiles.proven(conversation.id)
    assert by_code is not None
    assert (by_code.customer_id, by_code.proof) == ("c2", Proof.CODE)
    signed_in = await hers(conversations)
    await profiles.prove(signed_in.id, "c2")
    by_token = await profiles.proven(signed_in.id)
    assert by_token is not None
    assert (by_token.customer_id, by_token.proof) == ("c1", Proof.TOKEN)


async def test_contacts_of_all_channels_are_listed_with_their_state(
    conversations: Conversations, contacts: Contacts, clock: FakeClock
) -> None:
    mail, chat = await hers(conversations, channel="email"), await hers(conversations)
    await conversations.create(customer_id="c2")
    await conversations.create()
    await conversations.accept(mail.id, "hello?", "k1")
    await conversations.queue(mail.id, handoff_of(mail))
    clock.advance(timedelta(days=20))
    await conversations.accept(chat.id, "hello", "k2")
    listed = {each.conversation_id: each for each in await contacts.of("c1")}
    assert {key: (each.channel, each.owner) for key, each in listed.items()} == {
        mail.id: ("email", Owner.QUEUE),
        chat.id: ("chat", Owner.ASSISTANT),
    }
    assert listed[chat.id].last_message_at == clock.now()
    assert listed[mail.id].waiting_since is not None
    lately = await contacts.of("c1", since=clock.now() - timedelta(days=1), without=chat.id)
    assert [each.conversation_id for each in lately] == [mail.id], "what is open is never too old"


async def test_other_open_conversations_of_the_same_customer_are_related(
    conversations: Conversations, contacts: Contacts
) -> None:
    first, second, third = [await hers(conversations) for _ in range(3)]
    stranger, _ = await conversations.create()
    for talk in (first, second, stranger):
        await conversations.queue(talk.id, handoff_of(talk))
    related = await contacts.related([first.id, third.id, stranger.id])
    assert {key: {each.conversation_id for each in found} for key, found in related.items()} == {
        first.id: {second.id},
        third.id: {first.id, second.id},
    }


async def test_priority_rises_once_and_staff_hear_of_it(
    conversations: Conversations, conversation: Conversation
) -> None:
    assert not await conversations.raise_priority(conversation.id, Priority.HIGH), "nobody waits"
    await conversations.queue(conversation.id, handoff_of(conversation))
    assert await conversations.raise_priority(conversation.id, Priority.HIGH)
    assert not await conversations.raise_priority(conversation.id, Priority.HIGH)
    assert not await conversations.raise_priority(conversation.id, Priority.NORMAL)
    handoff = await conversations.open_handoff(conversation.id)
    assert handoff is not None
    assert handoff.priority is Priority.HIGH
    await conversations.take(conversation.id, ANNA)
    assert not await conversations.raise_priority(conversation.id, Priority.URGENT), "somebody answers"


async def test_token_alone_finds_its_conversation(conversations: Conversations) -> None:
    opened, token = await conversations.create()
    found = await conversations.opened_by(token)
    assert found is not None
    assert found.id == opened.id
    assert await conversations.opened_by("another") is None
    await conversations.erase(opened.id)
    assert await conversations.opened_by(token) is None
