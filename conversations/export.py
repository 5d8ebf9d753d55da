"""Everything that is kept of a conversation, for the customer whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.codes import CODE_TTL
from conversations.rows import AnyRow
from conversations.tables import drafts, events, grants, handoffs, mails, messages, notifications, staff_tasks

COLUMNS: dict[Table, tuple[str, ...]] = {
    messages: ("id", "author", "text", "language", "staff_name", "created_at"),
    events: ("seq", "kind", "payload", "created_at"),
    handoffs: ("reason", "priority", "summary", "facts", "language", "created_at", "taken_at", "closed_at"),
    drafts: ("text", "language", "evidence", "cards", "intent", "state", "created_at"),
    staff_tasks: ("kind", "summary", "created_at", "closed_at", "outcome"),
    notifications: ("channel", "payload", "created_at", "done_at"),
    grants: ("order_id", "level", "expires_at"),
}


async def exported(
    connection: AsyncConnection, conversation_id: str, addresses: frozenset[str], now: datetime
) -> dict[str, Any]:
    """Rows by table. `addresses` are hers in small letters: mails to others are listed without their words.

    A code is mailed to an order's own address, which whoever asked for it need not be able to read.
    """
    found: dict[str, Any] = {}
    for table, columns in COLUMNS.items():
        query = select(*(table.c[name] for name in columns)).where(table.c.conversation_id == conversation_id)
        found[table.name] = [dict(row._mapping) for row in await connection.execute(query)]
    mailed = await connection.execute(select(mails).where(mails.c.conversation_id == conversation_id))
    found["mails"] = [_mail(row, addresses, now) for row in mailed]
    return found


def _mail(row: AnyRow, addresses: frozenset[str], now: datetime) -> dict[str, Any]:
    told = {"created_at": row.created_at, "language": row.language}
    hers = row.recipient.strip().lower() in addresses
    if not hers or row.created_at + CODE_TTL > now:
        return told
    return told | {"recipient": row.recipient, "subject": row.subject, "text": row.text}
