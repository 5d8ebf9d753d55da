"""Whether a conversation is there, kept still until the transaction ends."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.errors import ConversationErased, UnknownConversation
from conversations.tables import conversations

_ALIVE = (
    select(conversations.c.id)
    .where(conversations.c.id == bindparam("conversation"), conversations.c.erased_at.is_(None))
    .with_for_update()
)


async def alive(connection: AsyncConnection, conversation_id: str) -> bool:
    """False for an unknown or erased conversation; a true one cannot be erased before the caller commits."""
    found = await connection.execute(_ALIVE, {"conversation": conversation_id})
    return found.one_or_none() is not None


async def gone(connection: AsyncConnection, conversation_id: str) -> UnknownConversation:
    """What to raise where it is not there: erased, or never heard of."""
    known = await connection.execute(select(conversations.c.id).where(conversations.c.id == conversation_id))
    return UnknownConversation() if known.one_or_none() is None else ConversationErased()
