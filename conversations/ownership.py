"""Who answers: the assistant, nobody yet, or one person. Handoffs and what staff are told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import rows
from conversations.drafts import reject_open
from conversations.errors import AlreadyTaken, NotYours, OwnerChanged, UnknownConversation
from conversations.inbox import Inbox, number_message, write_message
from conversations.models import (
    Author,
    EventKind,
    Handoff,
    HandoffReason,
    Message,
    Owner,
    Priority,
    StaffMember,
)
from conversations.notifications import ROBOTS, Channel
from conversations.signals import STAFF_DESK
from conversations.store import NewEvent
from conversations.tables import conversations, handoffs, notifications
from facts.identifiers import new_id

DANGEROUS = "safety.product"
"""What names an article that may hurt."""

_URGENCY = [Priority.NORMAL, Priority.HIGH, Priority.URGENT]


class Ownership(Inbox):
    """One owner at any moment."""

    async def queue(self, conversation_id: str, handoff: Handoff) -> Handoff:
        """Put the conversation before people and tell them; gives the one open handoff.

        Already queued: the open handoff stays, with the higher priority of the two; one that only waited for
        people to answer gives way to a reason of its own. Raises OwnerChanged when a person answers already.
        """
        async with self.database.write() as connection:
            held = await held_still(connection, conversation_id)
            if held.owner == Owner.HUMAN:
                raise OwnerChanged
            known = await open_handoff_of(connection, conversation_id)
            if known is None:
                effective = handoff
                await connection.execute(
                    insert(handoffs).values(handoff.model_dump(mode="python") | _json(handoff))
                )
            elif _gives_way(known, handoff):
                effective = handoff.model_copy(update={"created_at": known.created_at})
                await connection.execute(
                    update(handoffs)
                    .where(handoffs.c.id == known.id)
                    .values(effective.model_dump(mode="python") | _json(effective))
                )
            elif _URGENCY.index(handoff.priority) > _URGENCY.index(known.priority):
                effective = known.model_copy(update={"priority": handoff.priority})
                await connection.execute(
                    update(handoffs).where(handoffs.c.id == known.id).values(priority=handoff.priority)
                )
            else:
                return known
            await self._tell_staff(connection, effective)
            if held.owner != Owner.QUEUE:
                await _own(connection, conversation_id, Owner.QUEUE, None)
            # People who release drafts answer all the time: that is told in words, not at every message.
            news = known is None or known.reason is HandoffReason.STAFF_ANSWERS
            if news and effective.reason is not HandoffReason.STAFF_ANSWERS:
                await self.append(connection, conversation_id, _ownership(Owner.QUEUE, None))
        self.signals.publish(conversation_id)
        self.signals.publish(STAFF_DESK)
        if self.observer is not None and (known is None or known.reason is not effective.reason):
            self.observer.handed_over(effective)
        return effective

    async def note(self, note: Handoff) -> None:
        """Tell staff of something while whoever answers goes on answering; the same note is told once."""
        async with self.database.write() as connection:
            await held_still(connection, note.conversation_id)
            start = f"{note.id}:{note.reason}:{note.priority}:"
            known = select(notifications.c.id).where(
                notifications.c.conversation_id == note.conversation_id,
                notifications.c.key.in_([f"{start}{channel}" for channel in self.staff_channels]),
            )
            if (await connection.execute(known)).first() is None:
                await self._tell_staff(connection, note)
        self.signals.publish(STAFF_DESK)

    async def _tell_staff(self, connection: AsyncConnection, handoff: Handoff) -> None:
        """One notice a channel, and one more when the priority rises."""
        channels = self._channels_for(handoff)
        if not channels:
            return
        now = self.clock.now()
        payload = handoff.model_dump(mode="json", exclude={"facts"}) | _alarming(handoff)
        await connection.execute(
            insert(notifications),
            [
                {
                    "id": new_id("ntf"),
                    "conversation_id": handoff.conversation_id,
                    "key": f"{handoff.id}:{handoff.reason}:{handoff.priority}:{channel}",
                    "channel": channel,
                    "payload": payload,
                    "attempts": 0,
                    "next_at": now,
                    "created_at": now,
                }
                for channel in channels
            ],
        )

    def _channels_for(self, handoff: Handoff) -> list[Channel]:
        alarming = _URGENCY.index(handoff.priority) >= _URGENCY.index(self.robots_from)
        return [channel for channel in self.staff_channels if alarming or channel not in ROBOTS]

    async def take(self, conversation_id: str, staff: StaffMember) -> None:
        """The person answers from now on; AlreadyTaken when another does. Taking twice changes nothing."""
        now = self.clock.now()
        async with self.database.write() as connection:
            held = await held_still(connection, conversation_id)
            if held.owner == Owner.HUMAN:
                if held.staff_id == staff.id:
                    return
                raise AlreadyTaken
            await _own(connection, conversation_id, Owner.HUMAN, staff)
            await connection.execute(
                update(handoffs)
                .where(handoffs.c.conversation_id == conversation_id, handoffs.c.closed_at.is_(None))
                .values(taken_by=staff.id, taken_at=now)
            )
            await self.append(connection, conversation_id, _ownership(Owner.HUMAN, staff))
        self._changed(conversation_id)

    async def staff_reply(
        self, conversation_id: str, staff: StaffMember, text: str, idempotency_key: str
    ) -> Message:
        """Send a person's words to the customer; the same key sends them once. Raises NotYours."""
        draft = Message(
            id=new_id("msg"),
            conversation_id=conversation_id,
            seq=0,
            author=Author.STAFF,
            text=text,
            staff_name=staff.name,
            created_at=self.clock.now(),
        )
        try:
            async with self.database.write() as connection:
                seq = await number_message(connection, conversation_id)
                _only_owner(await held_still(connection, conversation_id), staff)
                message = draft.model_copy(update={"seq": seq})
                await write_message(connection, message, idempotency_key)
                payload = message.model_dump(mode="json", include={"text", "staff_name", "created_at"})
                event = NewEvent(EventKind.STAFF_MESSAGE, {"message_id": message.id} | payload)
                await self.append(connection, conversation_id, event)
        except IntegrityError:
            return await self.replayed(conversation_id, Author.STAFF, text, idempotency_key)
        self._changed(conversation_id)
        return message

    async def hand_back(self, conversation_id: str, staff: StaffMember, *, for_another: bool = False) -> None:
        """The assistant answers again; `for_another` lets a lead do it for a colleague."""
        async with self.database.write() as connection:
            held = await held_still(connection, conversation_id)
            if not (for_another and held.owner == Owner.HUMAN):
                _only_owner(held, staff)
            await back_to_assistant(connection, conversation_id, self.clock.now())
            left = await reject_open(connection, conversation_id, staff.id, self.clock.now())
            await self.append(connection, conversation_id, _ownership(Owner.ASSISTANT, None))
        self._changed(conversation_id)
        if self.observer is not None:
            for draft in left:
                self.observer.draft_decided(draft)

    async def open_handoff(self, conversation_id: str) -> Handoff | None:
        async with self.database.read() as connection:
            return await open_handoff_of(connection, conversation_id)

    def _changed(self, conversation_id: str) -> None:
        self.signals.publish(conversation_id)
        self.signals.publish(STAFF_DESK)


async def held_still(connection: AsyncConnection, conversation_id: str) -> rows.AnyRow:
    """The conversation, kept still until the transaction ends."""
    found = await connection.execute(
        select(conversations.c.owner, conversations.c.staff_id)
        .where(conversations.c.id == conversation_id, conversations.c.erased_at.is_(None))
        .with_for_update()
    )
    held = found.one_or_none()
    if held is None:
        raise UnknownConversation
    return held


def _only_owner(held: rows.AnyRow, staff: StaffMember) -> None:
    if held.owner != Owner.HUMAN or held.staff_id != staff.id:
        raise NotYours


async def open_handoff_of(connection: AsyncConnection, conversation_id: str) -> Handoff | None:
    found = await connection.execute(
        select(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.closed_at.is_(None))
    )
    row = found.one_or_none()
    return None if row is None else rows.handoff(row)


async def _own(
    connection: AsyncConnection, conversation_id: str, owner: Owner, staff: StaffMember | None
) -> None:
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            owner=owner,
            staff_id=None if staff is None else staff.id,
            staff_name=None if staff is None else staff.name,
        )
    )


def _gives_way(known: Handoff, handoff: Handoff) -> bool:
    """A reason of its own comes before mere waiting, and somebody's safety before everything."""
    if handoff.reason is known.reason:
        return False
    return known.reason is HandoffReason.STAFF_ANSWERS or handoff.reason is HandoffReason.SAFETY


async def back_to_assistant(connection: AsyncConnection, conversation_id: str, now: datetime) -> None:
    """The assistant has the conversation, and nothing waits for a person."""
    await _own(connection, conversation_id, Owner.ASSISTANT, None)
    await connection.execute(
        update(handoffs)
        .where(handoffs.c.conversation_id == conversation_id, handoffs.c.closed_at.is_(None))
        .values(closed_at=now)
    )


def _ownership(owner: Owner, staff: StaffMember | None) -> NewEvent:
    payload = {"owner": owner.value} | ({} if staff is None else {"staff_name": staff.name})
    return NewEvent(EventKind.OWNERSHIP, payload)


def _alarming(handoff: Handoff) -> dict[str, Any]:
    """The articles that may hurt somebody else: all of the facts that an alert may carry."""
    named = [entry for entry in handoff.facts if entry.statement == DANGEROUS]
    return {"facts": [entry.model_dump(mode="json") for entry in named]} if named else {}


def _json(handoff: Handoff) -> dict[str, Any]:
    """Facts hold decimals and dates, which a JSON column takes only in their JSON form."""
    return {"facts": [evidence.model_dump(mode="json") for evidence in handoff.facts]}
