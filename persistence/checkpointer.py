"""The graph's checkpoints: on PostgreSQL beside our rows, with SQLite in a file of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from persistence.engine import Database

if TYPE_CHECKING:
    from aiosqlite import Connection
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from psycopg import AsyncConnection
    from psycopg.rows import DictRow
    from psycopg_pool import AsyncConnectionPool

UNUSED_BLOBS = """
    DELETE FROM checkpoint_blobs AS blob WHERE blob.thread_id = %s AND NOT EXISTS (
        SELECT 1 FROM checkpoints AS kept WHERE kept.thread_id = blob.thread_id
        AND kept.checkpoint -> 'channel_versions' ->> blob.channel = blob.version)
"""


class Checkpoints(Protocol):
    """The saver for the graph, and the two ways to forget."""

    @property
    def saver(self) -> BaseCheckpointSaver[Any]: ...

    async def forget_before(self, thread_id: str, checkpoint_id: str) -> None:
        """Delete the thread's earlier states: a closed turn needs none of them.

        Ids grow with time. A later state may be there already: that of the next turn, which another worker runs.
        """
        ...

    async def forget(self, thread_id: str) -> None:
        """Delete the thread."""
        ...


def strict_serializer() -> JsonPlusSerializer:
    """Reads back plain data only: no class that a forged row could name is ever imported."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


@asynccontextmanager
async def open_checkpoints(database: Database) -> AsyncIterator[Checkpoints]:
    """The checkpoints of this database, set up and open for as long as the block lasts."""
    opened = _sqlite(database) if database.is_sqlite else _postgres(database)
    async with opened as checkpoints:
        yield checkpoints


class _SqliteCheckpoints:
    def __init__(self, saver: AsyncSqliteSaver, connection: Connection) -> None:
        self.saver = saver
        self._connection = connection

    async def forget_before(self, thread_id: str, checkpoint_id: str) -> None:
        async with self.saver.lock:
            for table in ("checkpoints", "writes"):
                await self._connection.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < ?",
                    (thread_id, checkpoint_id),
                )
            await self._connection.commit()

    async def forget(self, thread_id: str) -> None:
        await self.saver.adelete_thread(thread_id)


class _PostgresCheckpoints:
    def __init__(
        self, saver: BaseCheckpointSaver[Any], pool: AsyncConnectionPool[AsyncConnection[DictRow]]
    ) -> None:
        self.saver = saver
        self._pool = pool

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


@asynccontextmanager
async def _sqlite(database: Database) -> AsyncIterator[Checkpoints]:
    # A second writer in our own file would make both wait for each other's locks.
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    name = database.url.database
    path = str(Path(name).with_suffix(".graph.db")) if name and name != ":memory:" else ":memory:"
    async with aiosqlite.connect(path) as connection:
        saver = AsyncSqliteSaver(connection, serde=strict_serializer())
        await saver.setup()
        await connection.execute("PRAGMA synchronous=NORMAL")
        yield _SqliteCheckpoints(saver, connection)


@asynccontextmanager
async def _postgres(database: Database) -> AsyncIterator[Checkpoints]:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool

    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        url,
        max_size=10,
        open=False,
        # After an outage the pool is full of dead connections: each would fail one attempt at a turn.
        check=AsyncConnectionPool.check_connection,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
    )
    async with pool:
        saver = AsyncPostgresSaver(pool, serde=strict_serializer())
        await saver.setup()
        yield _PostgresCheckpoints(saver, pool)
