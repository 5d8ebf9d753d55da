"""A SQLite connection for the event loop that crosses to its thread once a statement instead of four times."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import aiosqlite
from aiosqlite.context import contextmanager

Parameters = Sequence[Any]


class OneHopCursor:
    """What SQLAlchemy's adapter asks of a cursor: a statement runs and its rows are fetched in one go."""

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> OneHopCursor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, statement: str, parameters: Parameters = ()) -> None:
        await self._connection.run(self._execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Parameters]) -> None:
        await self._connection.run(self._executemany, statement, parameters)

    def __aiter__(self) -> OneHopCursor:
        return self

    async def __anext__(self) -> Any:
        if not self._rows:
            raise StopAsyncIteration
        return self._rows.pop(0)

    async def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """The real cursor was closed when its rows were fetched."""

    def _execute(self, connection: sqlite3.Connection, statement: str, parameters: Parameters) -> None:
        self._keep(connection.execute(statement, parameters))

    def _executemany(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[Parameters]
    ) -> None:
        self._keep(connection.executemany(statement, parameters))

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        try:
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount = cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection with the cursors above; a rollback of nothing costs nothing."""

    def __init__(self, path: str) -> None:
        super().__init__(lambda: sqlite3.connect(path), iter_chunk_size=64)
        self._thread.daemon = True

    async def run(self, work: Any, *arguments: Any) -> Any:
        """Do something with the connection in its thread."""
        return await self._execute(work, self._conn, *arguments)  # type: ignore[no-untyped-call]

    def cursor(self) -> Any:
        return OneHopCursor(self)

    @contextmanager
    async def execute(self, sql: str, parameters: Any = None) -> Any:
        cursor = OneHopCursor(self)
        await cursor.execute(sql, parameters or ())
        return cursor

    async def commit(self) -> None:
        if self._conn.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        if self._conn.in_transaction:
            await super().rollback()


class Opening:
    """`async_creator` for one database file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, *_: Any, **__: Any) -> OneHopConnection:
        return OneHopConnection(self._path)
