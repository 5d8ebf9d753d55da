"""Checkpoints in a SQLite file beside the database: a second writer in it would make both wait for each other."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from persistence.checkpointer import Newest
from persistence.engine import EMPTY_LOG, WRITE_ANEW, Database
from persistence.sqlite import OneHopConnection


class Saver(AsyncSqliteSaver):
    def __init__(self, connection: OneHopConnection, serde: SerializerProtocol) -> None:
        super().__init__(connection, serde=serde)
        self.newest = Newest()

    async def aput(self, *state: Any, **named: Any) -> RunnableConfig:
        return self.newest.saved(await super().aput(*state, **named))


class SqliteCheckpoints:
    def __init__(self, saver: Saver, connection: OneHopConnection) -> None:
        self.saver = saver
        self._connection = connection

    def newest(self, thread_id: str) -> str:
        return self.saver.newest.take(thread_id)

    async def forget_before(self, thread_id: str, checkpoint_id: str) -> None:
        async with self.saver.lock:
            await self._connection.run(_forget_before, thread_id, checkpoint_id)

    async def forget(self, thread_id: str) -> None:
        await self.saver.adelete_thread(thread_id)

    async def scrub(self) -> bool:
        async with self.saver.lock:
            return bool(await self._connection.run(_scrub))


def _forget_before(connection: sqlite3.Connection, thread_id: str, checkpoint_id: str) -> None:
    with connection:
        for table in ("checkpoints", "writes"):
            connection.execute(
                f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < ?", (thread_id, checkpoint_id)
            )


def _scrub(connection: sqlite3.Connection) -> bool:
    try:
        connection.commit()
        connection.execute(WRITE_ANEW)
        busy, *_ = connection.execute(EMPTY_LOG).fetchone()
    except sqlite3.OperationalError:
        return False
    return bool(busy == 0)


@asynccontextmanager
async def open_sqlite(database: Database, serde: SerializerProtocol) -> AsyncIterator[SqliteCheckpoints]:
    name = database.url.database
    path = str(Path(name).with_suffix(".graph.db")) if name and name != ":memory:" else ":memory:"
    connection = OneHopConnection(path)
    async with connection:
        saver = Saver(connection, serde)
        await saver.setup()
        await connection.execute("PRAGMA synchronous=NORMAL")
        await connection.execute("PRAGMA secure_delete=ON")
        yield SqliteCheckpoints(saver, connection)
