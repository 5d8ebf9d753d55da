"""Replies, handoffs and people that the tests of conversations share."""

from __future__ import annotations

from datetime import UTC, datetime

from conversations.models import (
    Conversation,
    DraftReply,
    Handoff,
    HandoffReason,
    Mode,
    Owner,
    Priority,
    PublicEvidence,
    Reply,
    StaffMember,
    Turn,
)
from conversations.repository import Conversations
from facts.identifiers import new_id
from facts.values import Term

START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
WORKER = "elsewhere:1:a"
OTHER = "elsewhere:2:b"
ANNA = StaffMember(id="s1", name="Anna")
BEN = StaffMember(id="s2", name="Ben")
TRACKED = PublicEvidence(
    id="e1", source="carrier:demo", title="DRP1", facts={"status": Term(id="term.tracking.in_transit")}
)
CARD = {"type": "tracking", "evidence": "e1", "status": "on its way", "timeline": [{"place": "Lyon"}]}


def reply_to(turn: Turn, text: str = "It is on its way.", owner: Owner = Owner.ASSISTANT) -> Reply:
    return Reply(
        conversation_id=turn.conversation_id,
        message_id=turn.reply_id,
        in_reply_to=tuple(message.id for message in turn.messages),
        text=text,
        language="en",
        owner=owner,
    )


def handoff_of(conversation: Conversation, priority: Priority = Priority.NORMAL) -> Handoff:
    return Handoff(
        id=new_id("hnd"),
        conversation_id=conversation.id,
        reason=HandoffReason.ASKED_FOR_PERSON,
        priority=priority,
        summary={"en": "Asks for a person.", "zh-Hans": "要求人工服务。"},
        language="de",
        created_at=START,
    )


async def next_turn(conversations: Conversations, conversation_id: str, worker: str = WORKER) -> Turn:
    turn = await conversations.claim(conversation_id, worker)
    assert turn is not None
    return turn


def draft_of(turn: Turn, mode: Mode = Mode.DRAFT, intent: str = "where_is_order") -> DraftReply:
    return DraftReply(
        id=f"drf_{turn.id.partition('_')[2]}",
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        mode=mode,
        channel="chat",
        market="DE",
        intent=intent,
        text="It is on its way.",
        language="en",
        evidence=(TRACKED,),
        cards=(CARD,),
        created_at=START,
    )


async def drafted(
    conversations: Conversations,
    conversation: Conversation,
    text: str = "Where is it?",
    mode: Mode = Mode.DRAFT,
) -> DraftReply:
    """A turn that was closed with a draft, and waits for people to answer."""
    await conversations.accept(conversation.id, text, text)
    turn = await next_turn(conversations, conversation.id)
    waiting = handoff_of(conversation).model_copy(update={"reason": HandoffReason.STAFF_ANSWERS})
    await conversations.queue(conversation.id, waiting)
    draft = draft_of(turn, mode)
    waits = reply_to(turn, "A colleague answers you.", Owner.QUEUE)
    await conversations.close_turn(turn, WORKER, waits, None, "en", draft)
    return draft
