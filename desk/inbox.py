"""What staff see: who waits, most urgent first and then whose answer is due first, and one conversation in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channels import Channels
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
from conversations.tables import conversations, handoffs, messages
from desk.clocks import UNCLOCKED, unanswered_since
from facts.clock import Clock
from persistence.engine import Database

State = Literal["queue", "human", "assistant", "all"]

URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2}
_URGENCY = case(dict(URGENCY), value=handoffs.c.priority, else_=3)
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
    due_at: AwareDatetime | None = None
    """Until when the channel wants an answer; None where it does not say, or nobody waits for a person."""
    related: tuple[Contact, ...] = ()
    """The other open conversations of the same customer, where it was shown who she is."""


class ConversationView(Record):
    """One conversation as the person who answers it sees it."""

    conversation: Conversation
    messages: tuple[Message, ...]
    handoff: Handoff | None
    tasks: tuple[StaffTask, ...]
    due_at: AwareDatetime | None = None
    """Until when the channel wants an answer."""
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

    def __init__(self, database: Database, clock: Clock, contacts: Contacts, channels: Channels) -> None:
        self._database = database
        self._clock = clock
        self._contacts = contacts
        self._channels = channels

    async def list(self, state: State = "all", limit: int = 100) -> Sequence[Waiting]:
        """Queued first by priority and by when an answer is due, then those a person answers, then the assistant's."""
        waiting_since = func.coalesce(handoffs.c.created_at, conversations.c.created_at)
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
        )
        if state != "all":
            query = query.where(conversations.c.owner == state)
        # Whoever waits with a clock running is looked at, however many wait longer without one.
        clocked = query.where(
            conversations.c.owner == Owner.QUEUE, conversations.c.channel.in_(self._channels.with_clock)
        )
        async with self._database.read() as connection:
            rows = [*await connection.execute(query.limit(limit)), *await connection.execute(clocked)]
            found = {row.id: row for row in rows}
            said = await self._said(connection, found.values())
        lines = sorted((self._line(row, said.get(row.id, ())) for row in found.values()), key=_order)[:limit]
        related = await self._contacts.related(line.conversation_id for line in lines)
        return [
            line.model_copy(update={"related": tuple(related.get(line.conversation_id, ()))})
            for line in lines
        ]

    async def _said(
        self, connection: AsyncConnection, found: Iterable[AnyRow]
    ) -> Mapping[str, Sequence[AnyRow]]:
        """Who wrote when, in the conversations in which a person's answer may be due."""
        clocks = self._channels.with_clock
        waiting = [row.id for row in found if row.owner != Owner.ASSISTANT and row.channel in clocks]
        if not waiting:
            return {}
        query = (
            select(messages.c.conversation_id, messages.c.author, messages.c.created_at)
            .where(messages.c.conversation_id.in_(waiting))
            .order_by(messages.c.conversation_id, messages.c.seq)
        )
        rows = (await connection.execute(query)).all()
        return {each: tuple(written) for each, written in groupby(rows, key=lambda row: row.conversation_id)}

    def _line(self, row: AnyRow, said: Sequence[AnyRow]) -> Waiting:
        since = row.handed_at or row.created_at
        unanswered = unanswered_since(Owner(row.owner), said, row.handed_at)
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
            due_at=self._channels.due(row.channel, unanswered),
        )


def _order(line: Waiting) -> tuple[int, int, datetime, datetime, str]:
    """The owner, the urgency, then the clock; who has none waits as if there were one of a day."""
    owner = {Owner.QUEUE: 0, Owner.HUMAN: 1}.get(line.owner, 2)
    urgency = URGENCY.get(line.priority, 3) if line.priority else 3
    due = line.due_at or line.waiting_since + UNCLOCKED
    return owner, urgency, due, line.waiting_since, line.conversation_id
