"""Erasing a customer: asked for once, carried through to its end whatever breaks in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from commerce.errors import BackendUnavailable
from conversations.customer_tables import customer_conversations, erasures, profiles
from conversations.errors import UnknownConversation
from conversations.models import Record
from conversations.repository import Conversations
from conversations.rows import AnyRow
from conversations.tables import conversations, grants
from facts.identifiers import new_id

log = structlog.get_logger(__name__)

RESUME_S = 30.0
LATE_WRITES = timedelta(days=1)
"""How long after an erasure a turn that died meanwhile may still have left something behind."""

Eraser = Callable[[str], Awaitable[None]]
Scrubber = Callable[[], Awaitable[bool]]
OrdersOf = Callable[[str], Awaitable[Sequence[str]]]


class Erased(Record):
    """What an erasure did now; `complete` is False where files still have to be scrubbed."""

    conversations: int
    profile: bool
    complete: bool


@dataclass(frozen=True)
class Erasures:
    """Goes through all that is kept of a conversation or a customer."""

    conversations: Conversations
    erasers: Sequence[Eraser] = ()
    """What else keeps something of a conversation (checkpoints, proposals). Called with its id, more than once."""
    scrubbers: Sequence[Scrubber] = ()
    """Files in which what was deleted may still be readable."""
    orders_of: OrdersOf | None = None
    """Customer → the ids of her orders in the shop."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def conversation(self, conversation_id: str) -> None:
        """Erase one for good; raises UnknownConversation where there is none.

        Other rooms go first, so that a failure leaves the token good for another try.
        """
        await self._conversation(conversation_id)
        await self._later()

    async def customer(self, customer_id: str) -> Erased:
        """Erase all that is kept of her; again changes nothing. What breaks off is taken up by `run`."""
        row = await self._asked(customer_id)
        erased, profile = 0, False
        try:
            erased = await self._conversations(customer_id, row.requested_at)
            profile = await self._rows_gone(row)
        except BackendUnavailable:
            return Erased(conversations=erased, profile=profile, complete=False)
        return Erased(conversations=erased, profile=profile, complete=await self._scrub([row.id]))

    async def run(self) -> None:
        """Complete what was begun, now and whenever something is left; works until cancelled."""
        await self._safely(self._sweep)
        while True:
            await self._safely(self._resume)
            self.wake.clear()
            try:
                await asyncio.wait_for(self.wake.wait(), RESUME_S)
            except TimeoutError:
                continue

    async def _safely(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except Exception as error:
            log.warning("erasure_postponed", error=type(error).__name__)

    async def _resume(self) -> None:
        async with self.conversations.database.read() as connection:
            left = (await connection.execute(select(erasures).order_by(erasures.c.requested_at))).all()
        for row in left:
            if not row.rows_gone:
                await self._conversations(row.customer_id, row.requested_at)
                await self._rows_gone(row)
        if left:
            await self._scrub([row.id for row in left])

    async def _sweep(self) -> None:
        """A process that died in a turn may have saved a state after its conversation was erased."""
        since = self.conversations.clock.now() - LATE_WRITES
        query = select(conversations.c.id).where(conversations.c.erased_at >= since)
        async with self.conversations.database.read() as connection:
            lately = list((await connection.execute(query)).scalars())
        for conversation_id in lately:
            await self._elsewhere(conversation_id)

    async def _asked(self, customer_id: str) -> AnyRow:
        mine = select(erasures).where(erasures.c.customer_id == customer_id)
        new = {
            "id": new_id("ers"),
            "customer_id": customer_id,
            "rows_gone": False,
            "requested_at": self.conversations.clock.now(),
        }
        try:
            async with self.conversations.database.write() as connection:
                known = (await connection.execute(mine)).one_or_none()
                if known is None:
                    await connection.execute(insert(erasures).values(new))
                    known = (await connection.execute(mine)).one()
        except IntegrityError:
            async with self.conversations.database.read() as connection:
                known = (await connection.execute(mine)).one()
        return known

    async def _conversations(self, customer_id: str, until: datetime) -> int:
        """Those that were shown to be hers, and those in which somebody knew enough to ask about her orders."""
        erased = await self._each(await self._hers(customer_id, until))
        if self.orders_of is not None:
            erased += await self._each(await self._about(await self.orders_of(customer_id), until))
        return erased

    async def _each(self, ids: Sequence[str]) -> int:
        erased = 0
        for conversation_id in ids:
            try:
                await self._conversation(conversation_id)
            except UnknownConversation:
                continue
            erased += 1
        return erased

    async def _conversation(self, conversation_id: str) -> None:
        await self._elsewhere(conversation_id)
        await self.conversations.erase(conversation_id)
        # A turn that was under way may have left something behind until it lost the conversation.
        await self._elsewhere(conversation_id)

    async def _elsewhere(self, conversation_id: str) -> None:
        for erase in self.erasers:
            await erase(conversation_id)

    async def _hers(self, customer_id: str, until: datetime) -> Sequence[str]:
        query = (
            select(conversations.c.id)
            .join(customer_conversations, customer_conversations.c.conversation_id == conversations.c.id)
            .where(customer_conversations.c.customer_id == customer_id, conversations.c.created_at <= until)
        )
        async with self.conversations.database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def _about(self, orders: Sequence[str], until: datetime) -> Sequence[str]:
        query = (
            select(conversations.c.id)
            .join(grants, grants.c.conversation_id == conversations.c.id)
            .where(grants.c.order_id.in_(list(orders)), conversations.c.created_at <= until)
            .distinct()
        )
        async with self.conversations.database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def _rows_gone(self, row: AnyRow) -> bool:
        """Forget her, and with her what the erasure itself knew of her."""
        async with self.conversations.database.write() as connection:
            gone = await connection.execute(delete(profiles).where(profiles.c.customer_id == row.customer_id))
            await connection.execute(
                update(erasures).where(erasures.c.id == row.id).values(customer_id=None, rows_gone=True)
            )
        return gone.rowcount == 1

    async def _later(self) -> None:
        """A file is written anew once for all that was erased in the meantime."""
        new = {"id": new_id("ers"), "customer_id": None, "rows_gone": True}
        async with self.conversations.database.write() as connection:
            await connection.execute(
                insert(erasures).values(new | {"requested_at": self.conversations.clock.now()})
            )
        self.wake.set()

    async def _scrub(self, ids: Sequence[str]) -> bool:
        try:
            if not all([await scrub() for scrub in self.scrubbers]):
                return False
            async with self.conversations.database.write() as connection:
                await connection.execute(delete(erasures).where(erasures.c.id.in_(ids)))
        except SQLAlchemyError:
            return False
        return True
