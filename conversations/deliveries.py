"""Rows that must reach the outside world: tried again with growing pauses, across restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.exc import SQLAlchemyError

from conversations.rows import AnyRow
from conversations.signals import Signals
from facts.clock import Clock
from persistence.engine import Database

log = structlog.get_logger(__name__)

ATTEMPT_TTL = timedelta(minutes=1)
"""How long one attempt may take; afterwards, or after a crash, another one follows."""

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
MAX_ATTEMPTS = 40
POLL_S = 1.0

Deliver = Callable[[AnyRow], Awaitable[None]]


class Undeliverable(Exception):
    """The other side will never take it; trying again is pointless."""


class Deliveries:
    """One table of deliveries: `attempts`, `next_at`, `done_at` and `failure` say how far each row is."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        table: Table,
        only: ColumnElement[bool] | None = None,
        first: ColumnElement[bool] | None = None,
    ) -> None:
        """`only` are the rows to deliver; those that are `first` overtake the others."""
        self._database = database
        self._clock = clock
        self._table = table
        self._only = only
        self._order = (table.c.next_at,) if first is None else (first.desc(), table.c.next_at)

    async def take_due(self, limit: int = 20) -> Sequence[AnyRow]:
        """Rows to deliver now. They come due again by themselves unless `done` or `failed` follows."""
        table, now = self._table, self._clock.now()
        due = select(table.c.id).where(table.c.done_at.is_(None), table.c.next_at <= now)
        if self._only is not None:
            due = due.where(self._only)
        async with self._database.read() as connection:
            if (await connection.execute(due.limit(1))).first() is None:
                return ()
        chosen = due.order_by(*self._order).limit(limit).with_for_update(skip_locked=True)
        async with self._database.write() as connection:
            taken = await connection.execute(
                update(table)
                .where(table.c.id.in_(chosen))
                .values(attempts=table.c.attempts + 1, next_at=now + ATTEMPT_TTL)
                .returning(table)
            )
            rows: Sequence[AnyRow] = taken.all()
        return rows

    async def done(self, row: AnyRow, failure: str | None = None) -> None:
        """The row has arrived, or is given up with a reason."""
        async with self._database.write() as connection:
            await connection.execute(
                update(self._table)
                .where(self._table.c.id == row.id)
                .values(done_at=self._clock.now(), failure=failure)
            )

    async def failed(self, row: AnyRow, failure: str) -> None:
        """Try again later, each time after a longer pause; give up in the end."""
        if row.attempts >= MAX_ATTEMPTS:
            await self.done(row, failure)
            return
        pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 20), LONGEST_PAUSE)
        async with self._database.write() as connection:
            await connection.execute(
                update(self._table)
                .where(self._table.c.id == row.id)
                .values(next_at=self._clock.now() + pause, failure=failure)
            )


class Courier:
    """Carries the due rows of one table, woken by its topic and by the clock."""

    def __init__(self, deliveries: Deliveries, deliver: Deliver, signals: Signals, topic: str) -> None:
        self._deliveries = deliveries
        self._deliver = deliver
        self._signals = signals
        self._topic = topic

    async def run(self) -> None:
        """Work until cancelled; a database that is away is waited for."""
        with self._signals.subscribe(self._topic) as bell:
            while True:
                try:
                    while await self.round():
                        pass
                except SQLAlchemyError as error:
                    log.warning("deliveries_postponed", topic=self._topic, error=type(error).__name__)
                await bell.wait(POLL_S)

    async def round(self) -> int:
        """Try every row that is due once, side by side; gives their number."""
        due = await self._deliveries.take_due()
        await asyncio.gather(*(self._carry(row) for row in due))
        return len(due)

    async def _carry(self, row: AnyRow) -> None:
        """One attempt. Only the kind of a failure is kept: its text may name a person."""
        try:
            async with asyncio.timeout(ATTEMPT_TTL.total_seconds() / 2):
                await self._deliver(row)
        except Undeliverable as error:
            await self._deliveries.done(row, str(error)[:255])
            log.error("delivery_given_up", topic=self._topic, id=row.id, reason=str(error))
        except Exception as error:
            await self._deliveries.failed(row, type(error).__name__)
            log.warning(
                "delivery_failed",
                topic=self._topic,
                id=row.id,
                attempt=row.attempts,
                error=type(error).__name__,
            )
        else:
            await self._deliveries.done(row)
