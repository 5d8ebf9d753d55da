"""The database: SQLite in WAL mode or PostgreSQL, chosen by URL, with the same two ways in."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from persistence.sqlite import Opening

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every slice declares its tables on this one registry."""

BUSY_TIMEOUT_MS = 5_000

WRITE_ANEW = "VACUUM"
EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
"""Gives one row that begins with 1 where somebody is in its way."""


def async_url(url: str) -> URL:
    """The URL with the driver we use; raises ValueError for a database that is neither SQLite nor PostgreSQL."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
    backend = parsed.get_backend_name()
    if backend not in drivers:
        raise ValueError(f"{backend} is not supported; use sqlite:/// or postgresql://")
    return parsed.set(drivername=drivers[backend])


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor: sqlite3.Cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten: an erased text must not stay readable in the file.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def compact_json(value: Any) -> str:
    """JSON as it is stored: a Chinese character takes three bytes in UTF-8 and six as an escape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Database:
    """`read()` gives a connection for queries, `write()` one transaction that commits when its block ends well.

    SQLite has one writer: `write()` takes the write lock at once (BEGIN IMMEDIATE), so a transaction never
    fails half-way because another one was faster. The writers of this process queue up in order before it:
    SQLite itself lets them poll with growing pauses, first come by luck.
    """

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=not self.is_sqlite,
            # The values of a failed statement are personal data, and an error's text ends in a log.
            hide_parameters=True,
            json_serializer=compact_json,
            **({"async_creator": Opening(self.url.database)} if self.is_sqlite and self.url.database else {}),
        )
        self._turn_to_write = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        if not self.is_sqlite:
            async with self.engine.begin() as connection:
                yield connection
            return
        await self._wait_to_write()
        try:
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    # A cancelled statement has cost us the connection, and with it the transaction.
                    if not connection.invalidated:
                        await connection.exec_driver_sql("ROLLBACK")
                    raise
                await connection.exec_driver_sql("COMMIT")
        finally:
            self._turn_to_write.release()

    async def _wait_to_write(self) -> None:
        try:
            async with asyncio.timeout(BUSY_TIMEOUT_MS / 1_000):
                await self._turn_to_write.acquire()
        except TimeoutError as error:
            raise WaitedTooLong("another transaction has held the database for too long") from error

    async def scrub(self) -> bool:
        """Leave nothing in the file of what was deleted; False where others keep it busy: try again later.

        Pages that were torn apart and joined keep copies that `secure_delete` does not reach: the file is written anew.
        """
        if not self.is_sqlite:
            return True
        await self._wait_to_write()
        try:
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql(WRITE_ANEW)
                busy = (await connection.exec_driver_sql(EMPTY_LOG)).scalar_one()
        except OperationalError:
            return False
        finally:
            self._turn_to_write.release()
        return bool(busy == 0)

    async def close(self) -> None:
        await self.engine.dispose()
