"""The rows of drafts: written with the turn that made them, decided once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import rows
from conversations.models import DraftReply, DraftState, Mode
from conversations.tables import drafts
from facts.identifiers import new_id

_OPEN = (drafts.c.state == DraftState.OPEN, drafts.c.mode == Mode.DRAFT)
"""What staff may still send: the drafts of shadow turns are only looked at."""

CELL = (drafts.c.channel, drafts.c.market, drafts.c.intent, drafts.c.mode)


async def write_draft(connection: AsyncConnection, draft: DraftReply) -> None:
    """Keep what a turn would have said."""
    evidence = [each.model_dump(mode="json") for each in draft.evidence]
    await connection.execute(insert(drafts).values(draft.model_dump() | {"evidence": evidence}))


async def find(connection: AsyncConnection, conversation_id: str, draft_id: str) -> DraftReply | None:
    found = await connection.execute(
        select(drafts).where(drafts.c.id == draft_id, drafts.c.conversation_id == conversation_id)
    )
    row = found.one_or_none()
    return None if row is None else rows.draft(row)


async def open_drafts(connection: AsyncConnection, conversation_id: str) -> Sequence[DraftReply]:
    """What waits to be sent, oldest first."""
    query = select(drafts).where(drafts.c.conversation_id == conversation_id, *_OPEN)
    return [rows.draft(row) for row in await connection.execute(query.order_by(drafts.c.id))]


async def decide(
    connection: AsyncConnection, draft: DraftReply, state: DraftState, staff_id: str, now: datetime
) -> DraftReply:
    """The draft as it was decided; the caller holds the conversation."""
    decided = draft.model_copy(update={"state": state, "staff_id": staff_id, "decided_at": now})
    if state is not DraftState.REJECTED:
        decided = decided.model_copy(update={"message_id": new_id("msg")})
    kept = decided.model_dump(include={"state", "staff_id", "decided_at", "message_id"})
    await connection.execute(update(drafts).where(drafts.c.id == draft.id).values(**kept))
    return decided


async def reject_open(
    connection: AsyncConnection, conversation_id: str, staff_id: str, now: datetime
) -> list[DraftReply]:
    """Whoever answers in her own words and hands back has used none of them."""
    left = await open_drafts(connection, conversation_id)
    return [await decide(connection, each, DraftState.REJECTED, staff_id, now) for each in left]


def counted() -> Select[tuple[object, ...]]:
    """How many drafts of each cell are in each state."""
    states = [func.sum(case((drafts.c.state == state, 1), else_=0)).label(state) for state in DraftState]
    return select(*CELL, *states).group_by(*CELL).order_by(*CELL)
