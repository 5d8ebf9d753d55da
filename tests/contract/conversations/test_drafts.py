"""Drafts are written with their turn and decided once; the kill switch holds for every worker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from conversations.errors import (
    AutomationStopped,
    DraftClosed,
    NotYours,
    UnknownConversation,
    UnknownDraft,
)
from conversations.models import (
    Author,
    Conversation,
    DraftState,
    EventKind,
    Mode,
    Owner,
    Priority,
    PublicEvidence,
)
from conversations.repository import Conversations
from conversations.signals import Signals
from facts.clock import FakeClock
from persistence.engine import Database
from tests.contract.conversations.samples import (
    ANNA,
    BEN,
    CARD,
    START,
    TRACKED,
    WORKER,
    draft_of,
    drafted,
    handoff_of,
    next_turn,
    reply_to,
)


async def staff_said(conversations: Conversations, conversation: Conversation) -> list[dict[str, Any]]:
    events = await conversations.events_after(conversation.id, 0)
    return [event.payload for event in events if event.kind is EventKind.STAFF_MESSAGE]


async def test_sent_unchanged_it_is_the_persons_message_and_nobody_waits_any_more(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    assert await conversations.open_drafts(conversation.id) == (draft,)
    sent = await conversations.send_draft(conversation.id, draft.id, ANNA)
    assert (sent.text, sent.author, sent.staff_name, sent.turn_id) == (
        draft.text,
        Author.STAFF,
        "Anna",
        draft.turn_id,
    )
    (kept,) = await conversations.drafts(conversation.id)
    assert (kept.state, kept.staff_id, kept.message_id) == (DraftState.UNCHANGED, "s1", sent.id)
    assert (await conversations.get(conversation.id)).owner is Owner.ASSISTANT
    assert await conversations.open_handoff(conversation.id) is None
    events = await conversations.events_after(conversation.id, 0)
    assert [e.payload["text"] for e in events if e.kind is EventKind.STAFF_MESSAGE] == [draft.text]
    assert [e for e in events if e.kind is EventKind.OWNERSHIP] == [], "she is not told at every message"


async def test_sent_unchanged_it_shows_what_an_automatic_reply_shows(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    assert await conversations.open_drafts(conversation.id) == (draft,)
    for _ in range(2):
        await conversations.send_draft(conversation.id, draft.id, ANNA, draft.text)
    (told,) = await staff_said(conversations, conversation)
    assert told["cards"] == [CARD]
    assert [PublicEvidence.model_validate(each) for each in told["evidence"]] == [TRACKED]


async def test_words_that_a_person_changed_or_wrote_stand_alone(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    await conversations.take(conversation.id, ANNA)
    await conversations.send_draft(conversation.id, draft.id, ANNA, "It arrives tomorrow.")
    await conversations.staff_reply(conversation.id, ANNA, "Good bye.", "r1")
    told = await staff_said(conversations, conversation)
    assert [each["text"] for each in told] == ["It arrives tomorrow.", "Good bye."]
    assert not any(each.keys() & {"cards", "evidence"} for each in told)
    (kept,) = await conversations.drafts(conversation.id)
    assert (kept.evidence, kept.cards) == ((TRACKED,), (CARD,)), (
        "what it was drafted on is known all the same"
    )


async def test_edited_and_rejected_are_told_apart(
    conversations: Conversations, conversation: Conversation
) -> None:
    first = await drafted(conversations, conversation, "one")
    second = await drafted(conversations, conversation, "two")
    edited = await conversations.send_draft(conversation.id, first.id, ANNA, "It arrives tomorrow.")
    assert (await conversations.get(conversation.id)).owner is Owner.QUEUE, "another draft waits"
    await conversations.reject_draft(conversation.id, second.id, BEN)
    states = {draft.id: draft.state for draft in await conversations.drafts(conversation.id)}
    assert states == {first.id: DraftState.EDITED, second.id: DraftState.REJECTED}
    assert (await conversations.transcript(conversation.id))[-1].text == edited.text
    assert (await conversations.get(conversation.id)).owner is Owner.QUEUE, "she still waits for an answer"


async def test_draft_is_sent_once_however_many_send_it(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    tries = [conversations.send_draft(conversation.id, draft.id, who) for who in (ANNA, BEN, ANNA, BEN)]
    sent = await asyncio.gather(*tries)
    assert len({message.id for message in sent}) == 1
    assert len(await conversations.transcript(conversation.id)) == 3
    with pytest.raises(DraftClosed):
        await conversations.send_draft(conversation.id, draft.id, BEN, "Something else")
    with pytest.raises(DraftClosed):
        await conversations.reject_draft(conversation.id, draft.id, BEN)


async def test_rejected_draft_is_not_sent_and_may_be_rejected_again(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    for _ in range(2):
        rejected = await conversations.reject_draft(conversation.id, draft.id, ANNA)
        assert rejected.state is DraftState.REJECTED
    with pytest.raises(DraftClosed):
        await conversations.send_draft(conversation.id, draft.id, ANNA)


async def test_where_a_person_answers_only_she_sends(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    await conversations.take(conversation.id, ANNA)
    for refused in (conversations.send_draft, conversations.reject_draft):
        with pytest.raises(NotYours):
            await refused(conversation.id, draft.id, BEN)
    await conversations.send_draft(conversation.id, draft.id, ANNA)
    assert (await conversations.get(conversation.id)).owner is Owner.HUMAN


async def test_shadow_drafts_are_looked_at_and_never_sent(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation, mode=Mode.SHADOW)
    assert await conversations.drafts(conversation.id) == (draft,)
    assert await conversations.open_drafts(conversation.id) == ()
    with pytest.raises(DraftClosed):
        await conversations.send_draft(conversation.id, draft.id, ANNA)


async def test_draft_of_another_conversation_is_unknown(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    other, _ = await conversations.create()
    with pytest.raises(UnknownDraft):
        await conversations.send_draft(other.id, draft.id, ANNA)
    with pytest.raises(UnknownConversation):
        await conversations.send_draft("cnv_nobody", draft.id, ANNA)


async def test_conversation_keeps_waiting_while_a_message_is_unanswered_or_a_person_was_wanted(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    await conversations.accept(conversation.id, "And my refund?", "later")
    await conversations.send_draft(conversation.id, draft.id, ANNA)
    assert (await conversations.get(conversation.id)).owner is Owner.QUEUE
    turn = await next_turn(conversations, conversation.id)
    await conversations.queue(conversation.id, handoff_of(conversation))
    second = draft_of(turn)
    await conversations.close_turn(turn, WORKER, reply_to(turn, "", Owner.QUEUE), None, "en", second)
    await conversations.send_draft(conversation.id, second.id, ANNA)
    assert (await conversations.get(conversation.id)).owner is Owner.QUEUE


async def test_handing_back_rejects_what_was_not_used(
    conversations: Conversations, conversation: Conversation
) -> None:
    draft = await drafted(conversations, conversation)
    await conversations.take(conversation.id, ANNA)
    await conversations.staff_reply(conversation.id, ANNA, "I have looked: tomorrow.", "r1")
    await conversations.hand_back(conversation.id, ANNA)
    (left,) = await conversations.drafts(conversation.id)
    assert (left.id, left.state, left.staff_id) == (draft.id, DraftState.REJECTED, "s1")


async def test_counts_are_by_cell(conversations: Conversations, conversation: Conversation) -> None:
    first = await drafted(conversations, conversation, "one")
    second = await drafted(conversations, conversation, "two")
    await drafted(conversations, conversation, "three")
    await drafted(conversations, conversation, "four", Mode.SHADOW)
    await conversations.send_draft(conversation.id, first.id, ANNA)
    await conversations.reject_draft(conversation.id, second.id, ANNA)
    counts = {count.mode: count for count in await conversations.draft_counts()}
    one, other = counts[Mode.DRAFT], counts[Mode.SHADOW]
    assert (one.channel, one.market, one.intent) == ("chat", "DE", "where_is_order")
    assert (one.open, one.unchanged, one.edited, one.rejected) == (1, 1, 0, 1)
    assert (other.open, other.unchanged) == (1, 0)


async def test_erasing_leaves_the_counts_and_no_words(
    conversations: Conversations, conversation: Conversation
) -> None:
    first = await drafted(conversations, conversation, "one")
    await drafted(conversations, conversation, "two")
    await conversations.send_draft(conversation.id, first.id, ANNA)
    await conversations.erase(conversation.id)
    (left,) = await conversations.drafts(conversation.id)
    assert (left.id, left.text, left.evidence, left.cards) == (first.id, "", (), ())
    (count,) = await conversations.draft_counts()
    assert (count.unchanged, count.open) == (1, 0)


async def test_reason_of_its_own_takes_the_place_of_mere_waiting(
    conversations: Conversations, conversation: Conversation, clock: FakeClock
) -> None:
    await drafted(conversations, conversation)
    waited = await conversations.open_handoff(conversation.id)
    assert waited is not None
    clock.advance(timedelta(minutes=5))
    person = handoff_of(conversation, Priority.NORMAL)
    filed = await conversations.queue(conversation.id, person)
    assert (filed.id, filed.reason, filed.created_at) == (person.id, person.reason, waited.created_at)
    again = await conversations.queue(conversation.id, waited.model_copy(update={"id": "hnd_later"}))
    assert again == filed
    events = await conversations.events_after(conversation.id, 0)
    assert [e.payload for e in events if e.kind is EventKind.OWNERSHIP] == [{"owner": "queue"}]


async def test_switch_holds_for_other_workers_and_for_turns_under_way(
    conversations: Conversations,
    conversation: Conversation,
    database_url: str,
    clock: FakeClock,
) -> None:
    elsewhere = Database(database_url)
    other = Conversations(elsewhere, clock, Signals())
    assert (await other.automation()).stopped is False
    await conversations.accept(conversation.id, "Where is it?", "k")
    turn = await next_turn(conversations, conversation.id)
    assert turn.stopped is False
    await conversations.add_sentences(turn, WORKER, ["One."], "en")
    stopped = await other.stop_automation(ANNA)
    assert (stopped.stopped, stopped.staff_id, stopped.changed_at) == (True, "s1", START)
    with pytest.raises(AutomationStopped):
        await conversations.add_sentences(turn, WORKER, ["Two."], "en")
    events = await conversations.events_after(conversation.id, 0)
    assert [e.payload["text"] for e in events if e.kind is EventKind.SENTENCE] == ["One."]
    await conversations.release(conversation.id, WORKER)
    assert (await next_turn(conversations, conversation.id)).stopped is True
    resumed = await asyncio.gather(*(each.resume_automation(BEN) for each in (conversations, other)))
    assert {switch.stopped for switch in resumed} == {False}
    await elsewhere.close()
