"""Replies, handoffs and people that the tests of conversations share."""

from __future__ import annotations

from datetime import UTC, datetime

from conversations.models import (
    Conversation,
    Handoff,
    HandoffReason,
    Owner,
    Priority,
    Reply,
    StaffMember,
    Turn,
)
from conversations.repository import Conversations
from facts.identifiers import new_id

START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
WORKER = "elsewhere:1:a"
OTHER = "elsewhere:2:b"
ANNA = StaffMember(id="s1", name="Anna")
BEN = StaffMember(id="s2", name="Ben")


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
