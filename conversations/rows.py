"""Rows become records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from conversations.models import Conversation, Event, Handoff, Message, StaffTask

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
        created_at=row.created_at,
    )


def event(row: AnyRow) -> Event:
    return Event(
        conversation_id=row.conversation_id,
        seq=row.seq,
        kind=row.kind,
        turn_id=row.turn_id,
        payload=row.payload,
        created_at=row.created_at,
    )


def handoff(row: AnyRow) -> Handoff:
    return Handoff.model_validate(dict(row._mapping))


def task(row: AnyRow) -> StaffTask:
    return StaffTask.model_validate(dict(row._mapping))
