"""What staff see: who waits, most urgent and longest waiting first, and one conversation in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import and_, case, select

from conversations.contacts import Contact, Contacts
from conversations.models import (
    Conversation,
    DraftReply,
    Handoff,
    HandoffReason,
    Message,
    Mode,
    Owner,
    Priority,
    Record,
    StaffTask,
    Switch,
)
from conversations.modes import ModeRule
from conversations.rows import AnyRow
from conversations.tables import conversations, handoffs
from facts.clock import Clock
from persistence.engine import Database

State = Literal["queue", "human", "assistant", "all"]

_URGENCY = case(
    {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2}, value=handoffs.c.priority, else_=3
)
_OWNERS = case({Owner.QUEUE: 0, Owner.HUMAN: 1}, value=conversations.c.owner, else_=2)


class Waiting(Record):
    """One line of the inbox."""

    conversation_id: str
    owner: Owner
    staff_name: str | None
    language: str | None
    market: str | None
    channel: str
    handoff_id: str | None
    reason: HandoffReason | None
    priority: Priority | None
    summary: dict[str, str]
    waiting_since: AwareDatetime
    waiting_seconds: int
    related: tuple[Contact, ...] = ()
    """The other open conversations of the same customer, where it was shown who she is."""


class ConversationView(Record):
    """One conversation as the person who answers it sees it."""

    conversation: Conversation
    messages: tuple[Message, ...]
    handoff: Handoff | None
    tasks: tuple[StaffTask, ...]
    drafts: tuple[DraftReply, ...] = ()
    """What waits to be sent."""
    related: tuple[Contact, ...] = ()
    """The other open conversations of the same customer."""


class AutomationView(Record):
    """What may leave by itself: the kill switch over the rules; `wrong` says why the rules cannot be read."""

    switch: Switch
    default: Mode
    rules: tuple[ModeRule, ...]
    wrong: str | None


class Inbox:
    """A view over conversations and their open handoffs."""

    def __init__(self, database: Database, clock: Clock, contacts: Contacts) -> None:
        self._database = database
        self._clock = clock
        self._contacts = contacts

    async def list(self, state: State = "all", limit: int = 100) -> Sequence[Waiting]:
        """Queued first by priority and waiting time, then those a person answers, then the assistant's."""
        waiting_since = case(
            (handoffs.c.created_at.is_not(None), handoffs.c.created_at), else_=conversations.c.created_at
        )
        query = (
            select(
                conversations,
                handoffs.c.id.label("handoff_id"),
                handoffs.c.reason,
                handoffs.c.priority,
                handoffs.c.summary,
                handoffs.c.created_at.label("handed_at"),
            )
            .select_from(conversations)
            .outerjoin(
                handoffs,
                and_(handoffs.c.conversation_id == conversations.c.id, handoffs.c.closed_at.is_(None)),
            )
            .where(conversations.c.erased_at.is_(None))
            .order_by(_OWNERS, _URGENCY, waiting_since, conversations.c.id)
            .limit(limit)
        )
        if state != "all":
            query = query.where(conversations.c.owner == state)
        async with self._database.read() as connection:
            lines = [self._line(row) for row in await connection.execute(query)]
        related = await self._contacts.related(line.conversation_id for line in lines)
        return [
            line.model_copy(update={"related": tuple(related.get(line.conversation_id, ()))})
            for line in lines
        ]

    def _line(self, row: AnyRow) -> Waiting:
        since = row.handed_at or row.created_at
        return Waiting(
            conversation_id=row.id,
            owner=row.owner,
            staff_name=row.staff_name,
            language=row.language,
            market=row.market,
            channel=row.channel,
            handoff_id=row.handoff_id,
            reason=row.reason,
            priority=row.priority,
            summary=row.summary or {},
            waiting_since=since,
            waiting_seconds=int((self._clock.now() - since).total_seconds()),
        )
