"""A repository of conversations over each database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from conversations.models import Conversation
from conversations.repository import Conversations
from conversations.signals import Signals
from facts.clock import FakeClock
from persistence.engine import Database
from tests.contract.conversations.receiver import Receiver
from tests.contract.conversations.samples import START


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def conversations(database: Database, clock: FakeClock) -> Conversations:
    return Conversations(database, clock, Signals())


@pytest.fixture
async def conversation(conversations: Conversations) -> Conversation:
    opened, _ = await conversations.create(market="DE", customer_email="ada@example.com")
    return opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()
