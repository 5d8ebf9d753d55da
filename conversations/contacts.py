"""A customer's other conversations, on whatever channel, with how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import CompoundSelect, and_, func, select

from conversations.customer_tables import customer_conversations
from conversations.errors import UnknownConversation
from conversations.models import Author, HandoffReason, Owner, Priority, Record
from conversations.repository import Conversations
from conversations.rows import AnyRow
from conversations.tables import conversations, grants, handoffs, messages


class Contact(Record):
    """One conversation as a list of them shows it. `waiting_since`: when it was put before people."""

    conversation_id: str
    channel: str
    language: str | None = None
    owner: Owner
    started_at: AwareDatetime
    last_message_at: AwareDatetime | None = None
    """Her own last message."""
    waiting_since: AwareDatetime | None = None
    reason: HandoffReason | None = None
    priority: Priority | None = None

    @property
    def open(self) -> bool:
        """With people, or waiting for them."""
        return self.owner is not Owner.ASSISTANT


@dataclass(frozen=True)
class Contacts:
    """Who was shown to be one person, is found here as one person."""

    conversations: Conversations

    async def of(
        self,
        customer_id: str,
        *,
        orders: Sequence[str] = (),
        since: datetime | None = None,
        without: str | None = None,
    ) -> list[Contact]:
        """Her conversations with something said in them since then, newest first.

        With `orders` also those in which somebody was let in to one of these, and nobody was shown to be anybody.
        """
        proven = select(customer_conversations.c.conversation_id)
        let_in = select(grants.c.conversation_id).where(
            grants.c.order_id.in_(list(orders)), grants.c.conversation_id.not_in(proven)
        )
        hers = proven.where(customer_conversations.c.customer_id == customer_id).union(let_in)
        found = [each for each in await self._listed(hers) if each.conversation_id != without]
        if since is None:
            return found
        return [each for each in found if each.open or (each.last_message_at or each.started_at) >= since]

    async def one(self, conversation_id: str) -> Contact | None:
        """How one conversation stands, whosever it is; None where it is erased."""
        return next(iter(await self._listed([conversation_id])), None)

    async def related(self, conversation_ids: Iterable[str]) -> Mapping[str, Sequence[Contact]]:
        """Conversation → the other open ones of the same customer."""
        mine, others = customer_conversations.alias("mine"), customer_conversations.alias("others")
        query = (
            select(mine.c.conversation_id, others.c.conversation_id.label("other"))
            .join(others, mine.c.customer_id == others.c.customer_id)
            .join(conversations, conversations.c.id == others.c.conversation_id)
            .where(
                mine.c.conversation_id.in_(list(conversation_ids)),
                others.c.conversation_id != mine.c.conversation_id,
                conversations.c.owner != Owner.ASSISTANT,
            )
        )
        async with self.conversations.database.read() as connection:
            pairs = [(row.conversation_id, row.other) for row in await connection.execute(query)]
        if not pairs:
            return {}
        known = {each.conversation_id: each for each in await self._listed({other for _, other in pairs})}
        linked: dict[str, list[Contact]] = {}
        for one, other in pairs:
            if other in known:
                linked.setdefault(one, []).append(known[other])
        return linked

    async def remind(self, contact: Contact, priority: Priority) -> bool:
        """Let a waiting conversation wait as one of this priority; False where nothing was raised.

        Staff are told again, once for each priority.
        """
        try:
            return await self.conversations.raise_priority(contact.conversation_id, priority)
        except UnknownConversation:
            return False

    async def _listed(self, ids: Iterable[str] | CompoundSelect[tuple[str]]) -> list[Contact]:
        said_at = (
            select(func.max(messages.c.created_at))
            .where(messages.c.conversation_id == conversations.c.id, messages.c.author == Author.CUSTOMER)
            .scalar_subquery()
        )
        query = (
            select(
                conversations.c.id,
                conversations.c.channel,
                conversations.c.language,
                conversations.c.owner,
                conversations.c.created_at,
                said_at.label("said_at"),
                handoffs.c.created_at.label("handed_at"),
                handoffs.c.reason,
                handoffs.c.priority,
            )
            .outerjoin(
                handoffs,
                and_(handoffs.c.conversation_id == conversations.c.id, handoffs.c.closed_at.is_(None)),
            )
            .where(conversations.c.id.in_(ids), conversations.c.erased_at.is_(None))
            .order_by(conversations.c.created_at.desc(), conversations.c.id)
        )
        async with self.conversations.database.read() as connection:
            return [_contact(row) for row in await connection.execute(query)]


def raised_by(waited: timedelta, high_after: timedelta, urgent_after: timedelta) -> Priority:
    """How urgent somebody is who has waited for so long."""
    if waited >= urgent_after:
        return Priority.URGENT
    return Priority.HIGH if waited >= high_after else Priority.NORMAL


def _contact(row: AnyRow) -> Contact:
    return Contact(
        conversation_id=row.id,
        channel=row.channel,
        language=row.language,
        owner=row.owner,
        started_at=row.created_at,
        last_message_at=row.said_at,
        waiting_since=row.handed_at,
        reason=row.reason,
        priority=row.priority,
    )
