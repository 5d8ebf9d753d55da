"""Fixtures that every test may ask for: a migrated database, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from persistence.engine import Database
from persistence.migrate import migrate
from telemetry.logs import configure_logs

POSTGRES = "DRAGOMAN_TEST_POSTGRES_URL"
PATIENCE = 120
NO_POSTGRES = f"{POSTGRES} is not set: nothing is tested on PostgreSQL"


def pytest_configure() -> None:
    """As in production: without it a traceback is drawn with all its variables, which takes seconds."""
    configure_logs("error")


@pytest.fixture
def warnings_logged() -> Iterator[None]:
    configure_logs("warning")
    yield
    configure_logs("error")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if any(NO_POSTGRES in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())):
        terminalreporter.write_line(NO_POSTGRES, yellow=True, bold=True)


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated file, which tests copy: quicker than to migrate each of them."""
    file = tmp_path_factory.mktemp("database") / "template.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


class Postgres:
    """Databases of our own on the server that the environment names."""

    def __init__(self, url: str, connection: psycopg.Connection) -> None:
        self._server = make_url(url)
        self._connection = connection

    def _run(self, statement: LiteralString, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _create(self, name: str, template: str) -> None:
        """A template that somebody copies this moment is busy: several test processes start at once."""
        for attempt in range(PATIENCE):
            try:
                self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
                return
            except psycopg.errors.ObjectInUse:
                if attempt == PATIENCE - 1:
                    raise
                time.sleep(0.25)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[URL]:
        """A new database, a copy of the template, for as long as the block lasts."""
        name = f"dragoman_test_{uuid4().hex}"
        self._create(name, template)
        try:
            yield self._server.set(database=name)
        finally:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(NO_POSTGRES)
    with psycopg.connect(url, autocommit=True) as connection:
        yield Postgres(url, connection)


@pytest.fixture(scope="session")
def postgres_migrated(postgres: Postgres) -> Iterator[str]:
    """The URL of one migrated database, which tests use one after the other: to make one costs half a second."""
    with postgres.database() as url:
        asyncio.run(_migrate(_text(url)))
        yield _text(url)


def _emptied(url: str) -> str:
    """Nobody else is connected any more, and no row is left."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('alembic_version', 'checkpoint_migrations')"
        ).fetchall()
        # Without it the rows would have to go in the order of their references.
        connection.execute("SET session_replication_role = replica")
        for (name,) in found:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    return url


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        with postgres.database() as url:
            yield _text(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database of the test's own."""
    if request.param == "sqlite":
        file = tmp_path / "dragoman.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
    else:
        yield _emptied(request.getfixturevalue("postgres_migrated"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database of the test's own."""
    opened = Database(database_url)
    yield opened
    await opened.close()
