"""The migrations make exactly the tables that the slices declare."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from persistence.engine import Database, metadata
from persistence.migrate import MIGRATIONS, UnknownRevision, migrate, revisions

SLICES = [
    "commerce.embedded.claim_tables",
    "commerce.embedded.exchange_tables",
    "commerce.embedded.tables",
    "conversations.attachments",
    "conversations.customer_tables",
    "conversations.tables",
    "tools.tables",
]
"""Every module that declares tables; a new slice adds itself and its migration."""


def _differences(connection: Connection) -> list[object]:
    for slice_ in SLICES:
        import_module(slice_)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrated_database_has_exactly_the_declared_tables(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await migrate(database)
    async with database.read() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        assert found.scalars().all() == [revisions()[-1]]


async def test_processes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from persistence.engine import Database\n"
        "from persistence.migrate import migrate\n"
        "asyncio.run(migrate(Database(sys.argv[1])))"
    )
    starts = [
        asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty_database_url, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(4)
    ]
    processes = await asyncio.gather(*starts)
    said = await asyncio.gather(*(process.communicate() for process in processes))
    assert [(process.returncode, error) for process, (_, error) in zip(processes, said, strict=True)] == [
        (0, b"")
    ] * 4
    database = Database(empty_database_url)
    async with database.read() as connection:
        assert await connection.run_sync(lambda c: inspect(c).has_table("shop_orders"))
    await database.close()


async def test_database_of_a_newer_version_is_refused(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(UnknownRevision, match="9999_future"):
        await migrate(database)


def test_file_names_are_the_revisions_in_a_single_line() -> None:
    script = ScriptDirectory(MIGRATIONS)
    chain = [revision.revision for revision in script.walk_revisions()]
    assert chain[::-1] == revisions()
    assert all(len(revision) <= 32 for revision in chain)
