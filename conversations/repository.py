"""The repository of conversations: opening, reading and erasing them; the rest by noun in its siblings."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import rows
from conversations.alive import gone
from conversations.attachments import Attachments, erase_attachments
from conversations.customer_tables import customer_conversations
from conversations.errors import UnknownConversation
from conversations.grants import Grants, lasting_grants
from conversations.models import Conversation, DraftState, Level, Message, Owner
from conversations.outbox import Outbox
from conversations.proofs import Proof, prove
from conversations.releasing import Releases
from conversations.switch import Switches
from conversations.tables import (
    conversations,
    drafts,
    events,
    grants,
    handoffs,
    mails,
    messages,
    notifications,
    one_time_codes,
    staff_tasks,
)
from conversations.tasks import Tasks
from facts.identifiers import new_id

_NOBODYS_DIGEST = "0" * 64

_ALIVE = select(conversations).where(
    conversations.c.id == bindparam("conversation"), conversations.c.erased_at.is_(None)
)
_LAST = (
    select(messages)
    .where(messages.c.conversation_id == bindparam("conversation"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("most"))
)


def _token_digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Conversations(Releases, Outbox, Grants, Tasks, Switches, Attachments):
    """Every conversation of the deployment."""

    async def create(
        self,
        channel: str = "chat",
        market: str | None = None,
        language: str | None = None,
        customer_id: str | None = None,
        customer_email: str | None = None,
        caller: str | None = None,
    ) -> tuple[Conversation, str]:
        """A new conversation and the token that opens it; only the token's digest is kept."""
        token = secrets.token_urlsafe(32)
        conversation = Conversation(
            id=new_id("cnv"),
            channel=channel,
            market=market,
            language=language,
            customer_id=customer_id,
            customer_email=customer_email,
            caller=caller,
            created_at=self.clock.now(),
        )
        async with self.database.write() as connection:
            await connection.execute(
                insert(conversations).values(
                    conversation.model_dump()
                    | {
                        "token_digest": _token_digest(token),
                        "message_seq": 0,
                        "event_seq": 0,
                        "fence": 0,
                        "said": 0,
                    }
                )
            )
            if customer_id is not None:
                await prove(connection, conversation.id, customer_id, Proof.TOKEN, conversation.created_at)
        return conversation, token

    async def authenticate(self, conversation_id: str, token: str) -> Conversation:
        """The conversation that this token opens; a wrong id and a wrong token alike: UnknownConversation."""
        async with self.database.read() as connection:
            row = await _alive(connection, conversation_id)
        expected = _NOBODYS_DIGEST if row is None else row.token_digest
        right = hmac.compare_digest(expected, _token_digest(token))
        if row is None or not right:
            raise UnknownConversation
        return rows.conversation(row)

    async def opened_by(self, token: str) -> Conversation | None:
        """The conversation that this token opens, where nobody names it."""
        query = select(conversations).where(
            conversations.c.token_digest == _token_digest(token), conversations.c.erased_at.is_(None)
        )
        async with self.database.read() as connection:
            row = (await connection.execute(query.limit(1))).one_or_none()
        return None if row is None else rows.conversation(row)

    async def get(self, conversation_id: str) -> Conversation:
        async with self.database.read() as connection:
            row = await _alive(connection, conversation_id)
            if row is None:
                raise await gone(connection, conversation_id)
        return rows.conversation(row)

    async def transcript(self, conversation_id: str) -> tuple[Message, ...]:
        """Everything that was said, in order."""
        async with self.database.read() as connection:
            found = await connection.execute(
                select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.seq)
            )
            return tuple(rows.message(row) for row in found)

    async def recent(self, conversation_id: str, limit: int) -> tuple[Message, ...]:
        """The last messages, oldest first."""
        async with self.database.read() as connection:
            return await _last(connection, conversation_id, limit)

    async def background(
        self, conversation_id: str, limit: int
    ) -> tuple[tuple[Message, ...], dict[str, Level]]:
        """The last messages, oldest first, and what was shown of the customer's identity."""
        async with self.database.read() as connection:
            said = await _last(connection, conversation_id, limit)
            return said, await lasting_grants(connection, conversation_id, self.clock.now())

    async def erase(self, conversation_id: str) -> None:
        """Delete what was said, shown, mailed and granted; the bare id stays, and open work without words."""
        async with self.database.write() as connection:
            # First, so that it waits for a turn that is being closed and stops one that is not.
            erased = await connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id, conversations.c.erased_at.is_(None))
                .values(
                    token_digest=_NOBODYS_DIGEST,
                    market=None,
                    language=None,
                    customer_id=None,
                    customer_email=None,
                    caller=None,
                    owner=Owner.ASSISTANT,
                    staff_id=None,
                    staff_name=None,
                    checkpoint_id=None,
                    lease_owner=None,
                    lease_until=None,
                    said=0,
                    fence=conversations.c.fence + 1,
                    erased_at=self.clock.now(),
                )
            )
            if erased.rowcount == 0:
                raise UnknownConversation
            # The digests stay an hour's count: erasing must not be a way to ask for ever more codes.
            await connection.execute(
                update(one_time_codes)
                .where(one_time_codes.c.conversation_id == conversation_id)
                .values(order_id=None, code_digest="", spent_at=self.clock.now())
            )
            mine_alone = (messages, events, handoffs, notifications, mails, grants, customer_conversations)
            for table in mine_alone:
                await connection.execute(delete(table).where(table.c.conversation_id == conversation_id))
            await erase_attachments(connection, conversation_id)
            # What became of a draft stays counted; one that nobody has decided is of no more use.
            mine = drafts.c.conversation_id == conversation_id
            await connection.execute(delete(drafts).where(mine, drafts.c.state == DraftState.OPEN))
            await connection.execute(update(drafts).where(mine).values(text="", evidence=[], cards=[]))
            await connection.execute(
                update(staff_tasks).where(staff_tasks.c.conversation_id == conversation_id).values(summary={})
            )
        self.signals.publish(conversation_id)


async def _alive(connection: AsyncConnection, conversation_id: str) -> rows.AnyRow | None:
    return (await connection.execute(_ALIVE, {"conversation": conversation_id})).one_or_none()


async def _last(connection: AsyncConnection, conversation_id: str, limit: int) -> tuple[Message, ...]:
    wanted = {"conversation": conversation_id, "most": limit}
    found = (await connection.execute(_LAST, wanted)).all()
    return tuple(rows.message(row) for row in reversed(found))
