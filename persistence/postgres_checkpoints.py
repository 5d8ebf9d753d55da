"""Checkpoints in the tables that LangGraph keeps in our PostgreSQL database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.base import SerializerProtocol
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from persistence.checkpointer import Newest
from persistence.engine import Database

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]

UNUSED_BLOBS = """
    DELETE FROM checkpoint_blobs AS blob WHERE blob.thread_id = %s AND NOT EXISTS (
        SELECT 1 FROM checkpoints AS kept WHERE kept.thread_id = blob.thread_id
        AND kept.checkpoint -> 'channel_versions' ->> blob.channel = blob.version)
"""


class Saver(AsyncPostgresSaver):
    def __init__(self, pool: Pool, serde: SerializerProtocol) -> None:
        super().__init__(pool, serde=serde)
        self.newest = Newest()

    async def aput(self, *state: Any, **named: Any) -> RunnableConfig:
        return self.newest.saved(await super().aput(*state, **named))


class PostgresCheckpoints:
    def __init__(self, saver: Saver, pool: Pool) -> None:
        self.saver = saver
        self._pool = pool

    def newest(self, thread_id: str) -> str:
        return self.saver.newest.take(thread_id)

    async def forget_before(self, thread_id: str, checkpoint_id: str) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            for statement in (
                "DELETE FROM checkpoints WHERE thread_id = %s AND checkpoint_id < %s",
                "DELETE FROM checkpoint_writes WHERE thread_id = %s AND checkpoint_id < %s",
            ):
                await connection.execute(statement, (thread_id, checkpoint_id))
            await connection.execute(UNUSED_BLOBS, (thread_id,))

    async def forget(self, thread_id: str) -> None:
        await self.saver.adelete_thread(thread_id)

    async def scrub(self) -> bool:
        """The server's own vacuum sees to it."""
        return True


@asynccontextmanager
async def open_postgres(database: Database, serde: SerializerProtocol) -> AsyncIterator[PostgresCheckpoints]:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    pool: Pool = AsyncConnectionPool(
        url,
        max_size=10,
        open=False,
        # After an outage the pool is full of dead connections: each would fail one attempt at a turn.
        check=AsyncConnectionPool.check_connection,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
    )
    async with pool:
        saver = Saver(pool, serde)
        await saver.setup()
        yield PostgresCheckpoints(saver, pool)
