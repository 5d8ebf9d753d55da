"""The demo shop on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from commerce.demo import build_demo_shop
from commerce.embedded.backend import EmbeddedBackend
from facts.clock import FakeClock
from persistence.engine import Database
from tests.unit.tools.harness import NOW, Shop


@pytest.fixture
async def shop(database: Database) -> Shop:
    clock = FakeClock(NOW)
    backend = EmbeddedBackend(database, clock)
    await backend.load(build_demo_shop(NOW))
    return Shop(database, backend, clock)
