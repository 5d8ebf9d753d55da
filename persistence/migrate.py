"""Brings a database to the newest revision, safely when several processes start at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from persistence.engine import Database

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

MIGRATIONS = Path(__file__).parent / "migrations"

ADVISORY_LOCK = 0x647261676F6D616E
"""Any number will do as long as every process takes the same one: "dragoman" in ASCII."""


class UnknownRevision(RuntimeError):
    """The database was made by a newer version than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the database is at revision {revision}, which this version does not know")
        self.revision = revision


def revisions() -> list[str]:
    """Every revision, oldest first: the names of the migration files."""
    return sorted(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def migrate(database: Database) -> None:
    """Bring the database to head in one transaction; raises UnknownRevision when it is ahead of us.

    A database that is at head already costs a look and no import of Alembic.
    """
    known = revisions()
    async with database.read() as connection:
        current = await connection.run_sync(_current)
    if current == known[-1]:
        return
    async with database.write() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        # Another process may have been faster while we waited for the lock.
        current = await connection.run_sync(_current)
        if current is not None and current not in known:
            raise UnknownRevision(current)
        if current != known[-1]:
            await connection.run_sync(_upgrade)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)

    def steps(revision: str, _: object) -> list[RevisionStep]:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
