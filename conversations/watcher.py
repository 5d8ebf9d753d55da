"""Notices what other processes wrote, and rings here: one query for all who wait, not one each."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from conversations.signals import Signals
from conversations.tables import conversations
from persistence.engine import Database

log = structlog.get_logger(__name__)

POLL_S = 0.5
BATCH = 500


class Watcher:
    """Compares the last event numbers of the conversations that somebody here waits for."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self._database = database
        self._signals = signals
        self._seen: dict[str, object] = {}

    async def run(self) -> None:
        """Look twice a second until cancelled."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                log.warning("watching_postponed", error=type(error).__name__)
            await asyncio.sleep(POLL_S)

    async def look(self) -> None:
        """Ring for every conversation that changed since the last look, and for those seen first."""
        now: dict[str, object] = {}
        waited_for = sorted(self._signals.topics())
        for start in range(0, len(waited_for), BATCH):
            async with self._database.read() as connection:
                found = await connection.execute(
                    select(conversations.c.id, conversations.c.event_seq, conversations.c.erased_at).where(
                        conversations.c.id.in_(waited_for[start : start + BATCH])
                    )
                )
                now |= {row.id: (row.event_seq, row.erased_at) for row in found}
        before, self._seen = self._seen, now
        for conversation_id, state in now.items():
            if before.get(conversation_id) != state:
                self._signals.publish(conversation_id)
