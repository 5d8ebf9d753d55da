"""Pictures that customers send: kept in a row beside their conversation, and gone with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.alive import alive
from conversations.errors import TooManyAttachments, UnknownAttachment, UnknownConversation
from conversations.models import Attachment
from conversations.pictures import Picture
from conversations.store import Store
from conversations.tables import DIGEST, ID
from facts.identifiers import new_id
from persistence.engine import metadata
from persistence.types import UtcDateTime

PHOTO = "📷"
"""The text of a message that is pictures alone."""

MOST = 10
"""How many pictures one message may carry."""

attachments = Table(
    "attachments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "digest"),
)
_WITHOUT_CONTENT = [column for column in attachments.c if column.name not in ("content", "digest")]


@dataclass(frozen=True, slots=True)
class Content:
    media_type: str
    data: bytes


class Attachments(Store):
    """A picture belongs to one conversation; nothing outside can name it."""

    async def attach(self, conversation_id: str, picture: Picture, most: int) -> Attachment:
        """Keep it; the same picture again is the same attachment.

        Raises UnknownConversation, and TooManyAttachments when the conversation has `most` already.
        """
        digest = hashlib.sha256(picture.data).hexdigest()
        kept = Attachment(
            id=new_id("att"),
            conversation_id=conversation_id,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            created_at=self.clock.now(),
        )
        async with self.database.write() as connection:
            # The lock makes uploads of one conversation wait for each other, so that none slips past the limit.
            if not await alive(connection, conversation_id):
                raise UnknownConversation
            hers = attachments.c.conversation_id == conversation_id
            known = select(*_WITHOUT_CONTENT).where(hers, attachments.c.digest == digest)
            first = (await connection.execute(known)).mappings().one_or_none()
            if first is not None:
                return Attachment.model_validate(dict(first))
            count = await connection.scalar(select(func.count()).select_from(attachments).where(hers))
            if (count or 0) >= most:
                raise TooManyAttachments
            row = kept.model_dump() | {"digest": digest, "content": picture.data}
            await connection.execute(insert(attachments).values(row))
        return kept

    async def attachments(self, conversation_id: str) -> tuple[Attachment, ...]:
        """All of a conversation's, oldest first, without their content."""
        hers = select(*_WITHOUT_CONTENT).where(attachments.c.conversation_id == conversation_id)
        async with self.database.read() as connection:
            found = await connection.execute(hers.order_by(attachments.c.created_at, attachments.c.id))
            return tuple(Attachment.model_validate(dict(row)) for row in found.mappings())

    async def content(self, conversation_id: str, attachment_id: str) -> Content:
        """The picture; raises UnknownAttachment for one of another conversation as for none."""
        wanted = select(attachments.c.media_type, attachments.c.content).where(
            attachments.c.conversation_id == conversation_id, attachments.c.id == attachment_id
        )
        async with self.database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            raise UnknownAttachment
        return Content(row.media_type, bytes(row.content))

    async def check_attachments(self, conversation_id: str, ids: tuple[str, ...]) -> None:
        """Raises UnknownAttachment where one of them is not this conversation's."""
        if not ids:
            return
        wanted = select(func.count()).where(
            attachments.c.conversation_id == conversation_id, attachments.c.id.in_(ids)
        )
        async with self.database.read() as connection:
            found = await connection.scalar(wanted)
        if found != len(set(ids)):
            raise UnknownAttachment


async def erase_attachments(connection: AsyncConnection, conversation_id: str) -> None:
    """Delete every picture of a conversation, in the caller's transaction."""
    await connection.execute(delete(attachments).where(attachments.c.conversation_id == conversation_id))
