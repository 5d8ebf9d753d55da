"""The demo shop in a file of its own for each test, filled once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commerce.demo import build_demo_shop
from commerce.embedded.backend import EmbeddedBackend
from facts.clock import FakeClock
from persistence.engine import Database
from tests.unit.tools.harness import NOW, Shop


@pytest.fixture(scope="session")
def stocked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the whole demo shop in it."""
    file = tmp_path_factory.mktemp("demo") / "shop.db"
    shutil.copyfile(sqlite_template, file)

    async def fill() -> None:
        database = Database(f"sqlite:///{file}")
        await EmbeddedBackend(database, FakeClock(NOW)).load(build_demo_shop(NOW))
        await database.close()

    asyncio.run(fill())
    return file


@pytest.fixture
async def shop(stocked: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    file = tmp_path / "shop.db"
    shutil.copyfile(stocked, file)
    database = Database(f"sqlite:///{file}")
    clock = FakeClock(NOW)
    yield Shop(database, EmbeddedBackend(database, clock), clock)
    await database.close()
