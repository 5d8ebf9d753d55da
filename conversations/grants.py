"""Identity shown in a conversation, order by order, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.alive import alive
from conversations.errors import UnknownConversation
from conversations.models import Level
from conversations.store import Store
from conversations.tables import grants

_LASTING = select(grants.c.order_id, grants.c.level).where(
    grants.c.conversation_id == bindparam("conversation"), grants.c.expires_at > bindparam("now")
)


class Grants(Store):
    """Rows that only the identity gate writes."""

    async def grants(self, conversation_id: str) -> dict[str, Level]:
        """Order id → level, of what has not expired."""
        async with self.database.read() as connection:
            return await lasting_grants(connection, conversation_id, self.clock.now())

    async def grant(self, conversation_id: str, order_id: str, level: Level, ttl: timedelta) -> None:
        """Raise what is known for one order; a lower level never replaces a higher one that lasts."""
        now = self.clock.now()
        async with self.database.write() as connection:
            if not await alive(connection, conversation_id):
                raise UnknownConversation
            await raise_grant(connection, conversation_id, order_id, level, now, now + ttl)


async def lasting_grants(
    connection: AsyncConnection, conversation_id: str, now: datetime
) -> dict[str, Level]:
    """Order id → level, of what has not expired by then."""
    found = await connection.execute(_LASTING, {"conversation": conversation_id, "now": now})
    return {row.order_id: Level(row.level) for row in found}


async def raise_grant(
    connection: AsyncConnection,
    conversation_id: str,
    order_id: str,
    level: Level,
    now: datetime,
    until: datetime,
) -> None:
    """The grant inside the caller's transaction, which keeps the conversation still."""
    key = (grants.c.conversation_id == conversation_id, grants.c.order_id == order_id)
    known = (await connection.execute(select(grants).where(*key))).one_or_none()
    fresh = {"level": level, "expires_at": until}
    if known is None:
        new = {"conversation_id": conversation_id, "order_id": order_id} | fresh
        await connection.execute(insert(grants).values(new))
    elif known.level <= level or known.expires_at <= now:
        await connection.execute(update(grants).where(*key).values(fresh))
