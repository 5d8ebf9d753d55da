"""What every part of the repository stands on: database, clock, bell, and the numbering of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.errors import UnknownConversation
from conversations.models import DraftReply, EventKind, Handoff, Priority, Reply
from conversations.notifications import Channel
from conversations.signals import Signals
from conversations.tables import conversations, events
from facts.clock import Clock
from persistence.engine import Database

# Statements are built once: building one costs more than SQLite needs to run it.
_NUMBER = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"), conversations.c.erased_at.is_(None))
    .values(event_seq=conversations.c.event_seq + bindparam("count"))
    .returning(conversations.c.event_seq)
)
_WRITE = insert(events)


class Observer(Protocol):
    """Hears what the operator counts; it is told after the commit and must not raise."""

    def turn_closed(self, reply: Reply) -> None: ...

    def handed_over(self, handoff: Handoff) -> None: ...

    def drafted(self, draft: DraftReply) -> None: ...

    def draft_decided(self, draft: DraftReply) -> None: ...


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it has its number. With a `key` it is written once however often it is added."""

    kind: EventKind
    payload: dict[str, Any]
    turn_id: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Store:
    database: Database
    clock: Clock
    signals: Signals
    staff_channels: tuple[Channel, ...] = (Channel.WEBHOOK, Channel.MAIL)
    """How staff hear of a handoff: only channels that the deployment has set up."""
    robots_from: Priority = field(default=Priority.HIGH, kw_only=True)
    """How urgent a handoff must be for group robots to hear of it."""
    observer: Observer | None = field(default=None, kw_only=True)

    async def append(self, connection: AsyncConnection, conversation_id: str, *new: NewEvent) -> None:
        """Number and write events inside the caller's transaction; UnknownConversation when it is erased."""
        taken = await connection.execute(_NUMBER, {"conversation": conversation_id, "count": len(new)})
        last: int | None = taken.scalar_one_or_none()
        if last is None:
            raise UnknownConversation
        await self.write_events(connection, conversation_id, last, new)

    async def write_events(
        self, connection: AsyncConnection, conversation_id: str, last: int, new: Sequence[NewEvent]
    ) -> None:
        """Write events whose numbers, up to `last`, the caller has taken already."""
        now = self.clock.now()
        first = last - len(new) + 1
        values = [_values(conversation_id, first + n, event, now) for n, event in enumerate(new)]
        await connection.execute(_WRITE, values if len(values) > 1 else values[0])


def _values(conversation_id: str, seq: int, event: NewEvent, now: datetime) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "kind": event.kind,
        "turn_id": event.turn_id,
        "key": None if event.key is None else f"{event.turn_id or ''}:{event.key}",
        "payload": event.payload,
        "created_at": now,
    }
