"""The inbox: messages are acknowledged, gathered into turns, and each turn has one worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import rows
from conversations.errors import IdempotencyConflict, LeaseLost, UnknownConversation
from conversations.leases import LEASE_TTL, worker_is_dead
from conversations.models import Accepted, Author, EventKind, Message, Turn
from conversations.store import NewEvent, Store
from conversations.switch import STOPPED
from conversations.tables import conversations, events, messages
from facts.identifiers import new_id

# Statements are built once: building one costs more than SQLite needs to run it.
_ALIVE = (conversations.c.id == bindparam("conversation"), conversations.c.erased_at.is_(None))
_NUMBER = (
    update(conversations)
    .where(*_ALIVE)
    .values(message_seq=conversations.c.message_seq + 1)
    .returning(conversations.c.message_seq)
)
_WRITE = insert(messages)

_PENDING = (messages.c.conversation_id == bindparam("conversation"), messages.c.done.is_(False))
# A number for the turn's first event is taken along: the turn is almost always new.
_HOLD = (
    update(conversations)
    .where(
        *_ALIVE,
        or_(
            conversations.c.lease_owner.is_(None),
            conversations.c.lease_until <= bindparam("now"),
            conversations.c.lease_owner == bindparam("dead"),
        ),
        select(messages.c.id).where(*_PENDING).exists(),
    )
    .values(
        lease_owner=bindparam("worker"),
        lease_until=bindparam("until"),
        fence=conversations.c.fence + 1,
        event_seq=conversations.c.event_seq + 1,
    )
    .returning(conversations, STOPPED)
)
_GIVE_NUMBER_BACK = update(conversations).where(*_ALIVE).values(event_seq=conversations.c.event_seq - 1)
_HOLDER = select(conversations.c.lease_owner).where(*_ALIVE, conversations.c.lease_owner.is_not(None))
_OTHERS = messages.alias("others")
_GATHER = (
    update(messages)
    .where(
        *_PENDING,
        ~select(_OTHERS.c.id)
        .where(
            _OTHERS.c.conversation_id == bindparam("conversation"),
            _OTHERS.c.done.is_(False),
            _OTHERS.c.turn_id.is_not(None),
        )
        .exists(),
    )
    .values(turn_id=bindparam("turn"))
    .returning(messages)
)
_GATHERED = select(messages).where(*_PENDING, messages.c.turn_id.is_not(None)).order_by(messages.c.seq)
_SAID = (
    select(events.c.payload)
    .where(
        events.c.conversation_id == bindparam("conversation"),
        events.c.turn_id == bindparam("turn"),
        events.c.kind == EventKind.SENTENCE,
    )
    .order_by(events.c.seq)
)
_HEARTBEAT = (
    update(conversations)
    .where(
        conversations.c.id == bindparam("conversation"),
        conversations.c.lease_owner == bindparam("worker"),
        conversations.c.fence == bindparam("held"),
    )
    .values(lease_until=bindparam("until"))
)


async def number_message(connection: AsyncConnection, conversation_id: str) -> int:
    """Take the next message number; UnknownConversation when there is none to take it from."""
    taken = await connection.execute(_NUMBER, {"conversation": conversation_id})
    seq: int | None = taken.scalar_one_or_none()
    if seq is None:
        raise UnknownConversation
    return seq


async def write_message(connection: AsyncConnection, message: Message, key: str | None = None) -> None:
    """Write a numbered message; a customer's waits for its answer, the others are done."""
    await connection.execute(
        _WRITE,
        {
            "id": message.id,
            "conversation_id": message.conversation_id,
            "seq": message.seq,
            "author": message.author,
            "text": message.text,
            "language": message.language,
            "turn_id": message.turn_id,
            "staff_name": message.staff_name,
            "attachments": list(message.attachments),
            "idempotency_key": key,
            "done": message.author is not Author.CUSTOMER,
            "created_at": message.created_at,
        },
    )


async def said(connection: AsyncConnection, conversation_id: str, turn_id: str) -> tuple[str, ...]:
    """The sentences that a turn has committed, in order."""
    found = await connection.execute(_SAID, {"conversation": conversation_id, "turn": turn_id})
    return tuple(payload["text"] for payload in found.scalars())


class Inbox(Store):
    """Messages in, turns out."""

    async def accept(
        self, conversation_id: str, text: str, idempotency_key: str, attachments: tuple[str, ...] = ()
    ) -> Accepted:
        """Commit a customer's message; the same key gives the first one again.

        Raises IdempotencyConflict when the key came with another text or other pictures.
        """
        draft = Message(
            id=new_id("msg"),
            conversation_id=conversation_id,
            seq=0,
            author=Author.CUSTOMER,
            text=text,
            attachments=attachments,
            created_at=self.clock.now(),
        )
        try:
            async with self.database.write() as connection:
                seq = await number_message(connection, conversation_id)
                message = draft.model_copy(update={"seq": seq})
                await write_message(connection, message, idempotency_key)
        except IntegrityError:
            first = await self.replayed(conversation_id, Author.CUSTOMER, text, idempotency_key, attachments)
            return Accepted(message=first, replayed=True)
        self.signals.publish(conversation_id)
        return Accepted(message=message, replayed=False)

    async def replayed(
        self,
        conversation_id: str,
        author: Author,
        text: str,
        idempotency_key: str,
        attachments: tuple[str, ...] = (),
    ) -> Message:
        """The message that came first with this key."""
        async with self.database.read() as connection:
            found = await connection.execute(
                select(messages).where(
                    messages.c.conversation_id == conversation_id,
                    messages.c.author == author,
                    messages.c.idempotency_key == idempotency_key,
                )
            )
            first = found.one()
        if first.text != text or tuple(first.attachments) != attachments:
            raise IdempotencyConflict
        return rows.message(first)

    async def claim(self, conversation_id: str, worker: str) -> Turn | None:
        """The turn to work on, or None when there is nothing to answer or somebody answers already.

        An open turn comes back with exactly its messages and what it has already said; else all that waits
        becomes one new turn. The caller holds the conversation until it closes the turn, releases it, or lets
        15 seconds pass without a heartbeat; a dead process of this host loses it at once. A worker that holds
        the conversation gets None like any other.
        """
        now = self.clock.now()
        async with self.database.write() as connection:
            held = await _hold(connection, conversation_id, worker, now)
            if held is None:
                return None
            return await self._open(connection, conversation_id, held) or await _resume(
                connection, conversation_id, held
            )

    async def _open(
        self, connection: AsyncConnection, conversation_id: str, held: rows.AnyRow
    ) -> Turn | None:
        """All that waits, as a new turn; None when there is an open one."""
        turn_id = new_id("turn")
        gathered = await connection.execute(_GATHER, {"conversation": conversation_id, "turn": turn_id})
        waiting = _in_order(gathered.all())
        if not waiting:
            return None
        started = {"in_reply_to": [message.id for message in waiting]}
        event = NewEvent(EventKind.TURN_STARTED, started, turn_id, "started")
        await self.write_events(connection, conversation_id, held.event_seq, [event])
        found = rows.conversation(held)
        return Turn(
            id=turn_id,
            conversation_id=conversation_id,
            messages=waiting,
            fence=held.fence,
            found=found,
            stopped=bool(held.stopped),
        )

    async def heartbeat(self, turn: Turn, worker: str) -> None:
        """Keep the conversation for another 15 seconds; raises LeaseLost."""
        until = self.clock.now() + LEASE_TTL
        async with self.database.write() as connection:
            kept = await connection.execute(
                _HEARTBEAT,
                {"conversation": turn.conversation_id, "worker": worker, "held": turn.fence, "until": until},
            )
            if kept.rowcount == 0:
                raise LeaseLost

    async def release(self, conversation_id: str, worker: str) -> None:
        """Let the conversation go without closing the turn; what another worker holds stays with it."""
        async with self.database.write() as connection:
            await connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id, conversations.c.lease_owner == worker)
                .values(lease_owner=None, lease_until=None)
            )
        self.signals.publish(conversation_id)

    async def unclosed(self) -> list[str]:
        """Conversations with something to answer, whoever works on them now."""
        async with self.database.read() as connection:
            found = await connection.execute(
                select(messages.c.conversation_id).where(messages.c.done.is_(False)).distinct()
            )
            return list(found.scalars())

    async def claimable(self) -> list[str]:
        """Of those with something to answer, the ones nobody holds: free, lapsed, or held by the dead."""
        now = self.clock.now()
        async with self.database.read() as connection:
            found = await connection.execute(
                select(conversations.c.id, conversations.c.lease_owner, conversations.c.lease_until)
                .join(messages, messages.c.conversation_id == conversations.c.id)
                .where(messages.c.done.is_(False))
                .distinct()
            )
            return [
                row.id
                for row in found
                if row.lease_owner is None or row.lease_until <= now or worker_is_dead(row.lease_owner)
            ]


async def _hold(
    connection: AsyncConnection, conversation_id: str, worker: str, now: datetime
) -> rows.AnyRow | None:
    """Take the conversation if there is something to answer and nobody alive holds it."""
    wanted = {
        "conversation": conversation_id,
        "worker": worker,
        "now": now,
        "until": now + LEASE_TTL,
        "dead": None,
    }
    held: rows.AnyRow | None = (await connection.execute(_HOLD, wanted)).one_or_none()
    if held is not None:
        return held
    holder = (await connection.execute(_HOLDER, {"conversation": conversation_id})).scalar_one_or_none()
    if holder is None or not worker_is_dead(holder):
        return None
    held = (await connection.execute(_HOLD, wanted | {"dead": holder})).one_or_none()
    return held


async def _resume(connection: AsyncConnection, conversation_id: str, held: rows.AnyRow) -> Turn | None:
    """The open turn as it was left; None when the messages were answered a moment ago."""
    await connection.execute(_GIVE_NUMBER_BACK, {"conversation": conversation_id})
    waiting = _in_order((await connection.execute(_GATHERED, {"conversation": conversation_id})).all())
    if not waiting:
        return None
    turn_id = waiting[0].turn_id or ""
    return Turn(
        id=turn_id,
        conversation_id=conversation_id,
        messages=waiting,
        sentences=await said(connection, conversation_id, turn_id),
        fence=held.fence,
        found=rows.conversation(held),
        stopped=bool(held.stopped),
    )


def _in_order(found: Sequence[rows.AnyRow]) -> tuple[Message, ...]:
    return tuple(sorted((rows.message(row) for row in found), key=lambda message: message.seq))
