"""The outbox: sentences, events and replies, committed before anybody sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import rows
from conversations.drafts import write_draft
from conversations.errors import AutomationStopped, LeaseLost, OwnerChanged
from conversations.inbox import number_message, said, write_message
from conversations.leases import LEASE_TTL
from conversations.models import Author, DraftReply, Event, EventKind, Message, Owner, Reply, Turn
from conversations.store import NewEvent, Store
from conversations.switch import STOPPED
from conversations.tables import conversations, events, messages
from conversations.wording import joined
from facts.identifiers import new_id

# Touches nothing unless this very claim still holds the conversation.
_FENCED = update(conversations).where(
    conversations.c.id == bindparam("conversation"),
    conversations.c.lease_owner == bindparam("worker"),
    conversations.c.fence == bindparam("held"),
)
_SAY = _FENCED.values(
    event_seq=conversations.c.event_seq + bindparam("events"),
    said=conversations.c.said + bindparam("count"),
    lease_until=bindparam("until"),
).returning(conversations.c.event_seq, conversations.c.said, conversations.c.owner, STOPPED)
_CLOSE = _FENCED.values(
    event_seq=conversations.c.event_seq + 1,
    message_seq=conversations.c.message_seq + bindparam("count"),
    said=0,
    language=bindparam("spoken"),
    checkpoint_id=func.coalesce(bindparam("checkpoint"), conversations.c.checkpoint_id),
    lease_owner=None,
    lease_until=None,
).returning(conversations.c.event_seq, conversations.c.message_seq, conversations.c.owner)
_ANSWERED = (
    update(messages)
    .where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.done.is_(False),
        messages.c.turn_id == bindparam("turn"),
    )
    .values(done=True, language=bindparam("spoken"))
)
_WAITING = select(
    exists().where(messages.c.conversation_id == bindparam("conversation"), messages.c.done.is_(False))
)
_REPLY_KEY = ":reply"
_REPLY = (
    select(events.c.conversation_id, events.c.turn_id, events.c.payload)
    .join(
        messages,
        (messages.c.conversation_id == events.c.conversation_id)
        & (events.c.key == messages.c.turn_id + _REPLY_KEY),
    )
    .where(messages.c.id == bindparam("message"))
)
_EVENTS = (
    select(events)
    .where(events.c.conversation_id == bindparam("conversation"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(bindparam("most"))
)
_TURN_EVENTS = (
    select(events)
    .where(
        events.c.conversation_id == bindparam("conversation"),
        events.c.turn_id == bindparam("turn"),
        events.c.seq > bindparam("after"),
    )
    .order_by(events.c.seq)
)


class Closed(NamedTuple):
    """A closed turn: its reply as it was stored, and whether other messages wait to be answered."""

    reply: Reply | None
    more: bool


class Outbox(Store):
    """What has been said. Nothing here is ever taken back."""

    async def add_sentences(
        self, turn: Turn, worker: str, texts: Sequence[str], language: str, before: Sequence[NewEvent] = ()
    ) -> None:
        """Commit sentences after those already committed, and let them leave; `before` goes out ahead of them.

        Raises LeaseLost when the turn is another attempt's, OwnerChanged when a person answers now, AutomationStopped
        when the kill switch is on.
        """
        if not texts:
            return
        until = self.clock.now() + LEASE_TTL
        async with self.database.write() as connection:
            taken = await connection.execute(
                _SAY,
                _fence(turn, worker)
                | {"count": len(texts), "events": len(texts) + len(before), "until": until},
            )
            held = taken.one_or_none()
            if held is None:
                raise LeaseLost
            if held.owner == Owner.HUMAN:
                raise OwnerChanged
            if held.stopped:
                raise AutomationStopped
            first = held.said - len(texts)
            new = [
                *before,
                *(_sentence(turn, n, text, language) for n, text in enumerate(texts, start=first)),
            ]
            await self.write_events(connection, turn.conversation_id, held.event_seq, new)
        self.signals.publish(turn.conversation_id)

    async def add_event(
        self,
        conversation_id: str,
        kind: EventKind,
        payload: dict[str, Any],
        turn_id: str | None = None,
        key: str | None = None,
    ) -> None:
        """Put an event into the stream; the same turn and key again changes nothing."""
        try:
            async with self.database.write() as connection:
                await self.append(connection, conversation_id, NewEvent(kind, payload, turn_id, key))
        except IntegrityError:
            if key is None:
                raise
            return
        self.signals.publish(conversation_id)

    async def close_turn(
        self,
        turn: Turn,
        worker: str,
        reply: Reply,
        checkpoint_id: str | None,
        language: str,
        draft: DraftReply | None = None,
    ) -> Closed:
        """Store the reply and what was drafted, mark its messages answered and let the conversation go, in one
        transaction.

        Closing again changes nothing and tells no reply. Raises LeaseLost when the turn is another attempt's, and
        OwnerChanged when a person took over: then only a reply without text closes it, and its stored text is what
        had left before.
        """
        if reply.message_id != turn.reply_id:
            raise ValueError(f"the reply to {turn.id} must have the id {turn.reply_id}")
        silent = not reply.text
        async with self.database.write() as connection:
            if silent:
                left = await said(connection, turn.conversation_id, turn.id)
                reply = reply.model_copy(update={"text": joined(left, reply.language)})
            closing = {"count": int(bool(reply.text)), "spoken": language, "checkpoint": checkpoint_id}
            held = (await connection.execute(_CLOSE, _fence(turn, worker) | closing)).one_or_none()
            if held is None:
                if await _closed(connection, turn):
                    return Closed(None, True)
                raise LeaseLost
            if held.owner == Owner.HUMAN and not silent:
                raise OwnerChanged
            await connection.execute(
                _ANSWERED, {"conversation": turn.conversation_id, "turn": turn.id, "spoken": language}
            )
            if reply.text:
                await write_message(connection, self._spoken(turn, reply, held.message_seq))
            event = NewEvent(EventKind.REPLY, rows.reply_payload(reply), turn.id, "reply")
            await self.write_events(connection, turn.conversation_id, held.event_seq, [event])
            if draft is not None:
                await write_draft(connection, draft)
            # The row that every new message must touch is ours: one that is not seen here comes after the commit.
            found = await connection.execute(_WAITING, {"conversation": turn.conversation_id})
            more = bool(found.scalar_one())
        self.signals.publish(turn.conversation_id)
        if self.observer is not None:
            self.observer.turn_closed(reply)
            if draft is not None:
                self.observer.drafted(draft)
        return Closed(reply, more)

    def _spoken(self, turn: Turn, reply: Reply, seq: int) -> Message:
        return Message(
            id=reply.message_id,
            conversation_id=turn.conversation_id,
            seq=seq,
            author=Author.ASSISTANT,
            text=reply.text,
            language=reply.language,
            turn_id=turn.id,
            created_at=self.clock.now(),
        )

    async def say(self, conversation_id: str, text: str, language: str, key: str) -> None:
        """Tell the customer something outside a turn (an approval came through); once for each key."""
        draft = Message(
            id=new_id("msg"),
            conversation_id=conversation_id,
            seq=0,
            author=Author.ASSISTANT,
            text=text,
            language=language,
            created_at=self.clock.now(),
        )
        notice = {"message_id": draft.id, "text": text, "language": language}
        try:
            async with self.database.write() as connection:
                seq = await number_message(connection, conversation_id)
                await write_message(connection, draft.model_copy(update={"seq": seq}), key)
                await self.append(connection, conversation_id, NewEvent(EventKind.NOTICE, notice, key=key))
        except IntegrityError:
            return
        self.signals.publish(conversation_id)

    async def reply_for(self, message_id: str) -> Reply | None:
        """The reply to the turn that this customer's message is part of, once it is closed."""
        async with self.database.read() as connection:
            found = (await connection.execute(_REPLY, {"message": message_id})).one_or_none()
        return None if found is None else rows.reply(found)

    async def turn_of(self, message_id: str) -> str | None:
        """The turn that a message became part of; None while it waits."""
        async with self.database.read() as connection:
            found = await connection.execute(select(messages.c.turn_id).where(messages.c.id == message_id))
            turn_id: str | None = found.scalar_one_or_none()
        return turn_id

    async def events_after(self, conversation_id: str, seq: int, limit: int = 200) -> list[Event]:
        """Up to `limit` events with a higher number, in order."""
        wanted = {"conversation": conversation_id, "after": seq, "most": limit}
        async with self.database.read() as connection:
            return [rows.event(row) for row in await connection.execute(_EVENTS, wanted)]

    async def turn_events(self, conversation_id: str, turn_id: str, seq: int) -> list[Event]:
        """The events of one turn with a higher number, in order."""
        wanted = {"conversation": conversation_id, "turn": turn_id, "after": seq}
        async with self.database.read() as connection:
            return [rows.event(row) for row in await connection.execute(_TURN_EVENTS, wanted)]

    async def last_event(self, conversation_id: str) -> int:
        """The number of the newest event; 0 when there is none, or no such conversation."""
        async with self.database.read() as connection:
            found = await connection.execute(
                select(conversations.c.event_seq).where(conversations.c.id == conversation_id)
            )
            return found.scalar_one_or_none() or 0


def _fence(turn: Turn, worker: str) -> dict[str, Any]:
    return {"conversation": turn.conversation_id, "worker": worker, "held": turn.fence}


def _sentence(turn: Turn, position: int, text: str, language: str) -> NewEvent:
    payload = {"message_id": turn.reply_id, "index": position, "text": text, "language": language}
    return NewEvent(EventKind.SENTENCE, payload, turn.id, f"sentence-{position}")


async def _closed(connection: AsyncConnection, turn: Turn) -> bool:
    found = await connection.execute(
        select(events.c.seq).where(
            events.c.conversation_id == turn.conversation_id, events.c.key == turn.id + _REPLY_KEY
        )
    )
    return found.one_or_none() is not None
