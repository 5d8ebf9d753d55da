"""Rows become records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from conversations.models import (
    Conversation,
    DraftReply,
    Event,
    EventKind,
    Handoff,
    Message,
    Reply,
    StaffTask,
    reply_id,
)

AnyRow = Row[*tuple[Any, ...]]


def conversation(row: AnyRow) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        market=row.market,
        language=row.language,
        customer_id=row.customer_id,
        customer_email=row.customer_email,
        caller=row.caller,
        owner=row.owner,
        staff_id=row.staff_id,
        checkpoint_id=row.checkpoint_id,
        created_at=row.created_at,
    )


def message(row: AnyRow) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        author=row.author,
        text=row.text,
        language=row.language,
        turn_id=row.turn_id,
        staff_name=row.staff_name,
        attachments=tuple(row.attachments),
        created_at=row.created_at,
    )


def reply_payload(reply: Reply) -> dict[str, Any]:
    """A reply as it is kept: without what is empty or stands in its row, which `reply` puts back."""
    kept: dict[str, Any] = _kept(reply.model_dump(mode="json", exclude={"conversation_id", "message_id"}))
    return kept


def _kept(value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(each) for each in value]
    if isinstance(value, dict):
        return {name: _kept(each) for name, each in value.items() if each not in (None, [], {})}
    return value


def reply(row: AnyRow) -> Reply:
    """The reply in the row of its event."""
    ids = {"conversation_id": row.conversation_id, "message_id": reply_id(row.turn_id)}
    return Reply.model_validate(row.payload | ids)


def _payload(row: AnyRow) -> dict[str, Any]:
    payload: dict[str, Any] = row.payload
    return reply(row).model_dump(mode="json") if row.kind == EventKind.REPLY else payload


def event(row: AnyRow) -> Event:
    return Event(
        conversation_id=row.conversation_id,
        seq=row.seq,
        kind=row.kind,
        turn_id=row.turn_id,
        payload=_payload(row),
        created_at=row.created_at,
    )


def handoff(row: AnyRow) -> Handoff:
    return Handoff.model_validate(dict(row._mapping))


def draft(row: AnyRow) -> DraftReply:
    return DraftReply.model_validate({name: row._mapping[name] for name in DraftReply.model_fields})


def task(row: AnyRow) -> StaffTask:
    return StaffTask.model_validate(dict(row._mapping))
