"""A repository of conversations over each database."""

from __future__ import annotations

import pytest

from conversations.models import Conversation
from conversations.repository import Conversations
from conversations.signals import Signals
from facts.clock import FakeClock
from persistence.engine import Database
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
