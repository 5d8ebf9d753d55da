"""Erasing a customer goes through every conversation of hers, and is taken up again wherever it broke off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from commerce.errors import BackendUnavailable
from conversations.customer_tables import customer_conversations, erasures
from conversations.erasures import Erasures
from conversations.errors import UnknownConversation
from conversations.models import Level
from conversations.profiles import Profiles
from conversations.repository import Conversations
from facts.clock import FakeClock
from persistence.engine import Database
from tests.contract.conversations.test_erasure import _everything

CANARY = "canary-c1"


async def lived(conversations: Conversations, clock: FakeClock) -> list[str]:
    """Two conversations of hers, one about her order, one of a stranger."""
    ids = []
    for customer in (CANARY, CANARY, None, None):
        opened, _ = await conversations.create(customer_id=customer)
        ids.append(opened.id)
    await conversations.grant(ids[2], "order-1", Level.ORDER_READ, timedelta(hours=1))
    profiles = Profiles(conversations.database, clock)
    await profiles.remember(ids[0], CANARY, language="de", last_order=f"order-of-{CANARY}")
    return ids


async def orders_of(customer_id: str) -> list[str]:
    return ["order-1"] if customer_id == CANARY else []


async def left(database: Database) -> int:
    async with database.read() as connection:
        return len((await connection.execute(select(erasures))).all())


async def test_everything_of_hers_goes_and_nothing_of_others(
    conversations: Conversations, database: Database, clock: FakeClock
) -> None:
    ids, elsewhere = await lived(conversations, clock), []

    async def erase(conversation_id: str) -> None:
        elsewhere.append(conversation_id)

    erased = await Erasures(conversations, (erase,), orders_of=orders_of).customer(CANARY)
    assert (erased.conversations, erased.profile, erased.complete) == (3, True, True)
    assert set(elsewhere) == set(ids[:3])
    assert CANARY not in await _everything(database), "not even that she was erased"
    assert (await conversations.get(ids[3])).id == ids[3]
    for gone in ids[:3]:
        with pytest.raises(UnknownConversation):
            await conversations.get(gone)
    assert await left(database) == 0


async def test_again_erases_nothing(conversations: Conversations, clock: FakeClock) -> None:
    await lived(conversations, clock)
    every = Erasures(conversations, orders_of=orders_of)
    await every.customer(CANARY)
    again = await every.customer(CANARY)
    assert (again.conversations, again.profile, again.complete) == (0, False, True)


async def test_what_is_said_after_the_request_is_another_matter(
    conversations: Conversations, clock: FakeClock, database: Database
) -> None:
    await lived(conversations, clock)

    async def away(customer_id: str) -> list[str]:
        raise BackendUnavailable

    assert not (await Erasures(conversations, orders_of=away).customer(CANARY)).complete
    clock.advance(timedelta(minutes=1))
    later, _ = await conversations.create(customer_id=CANARY)
    await Erasures(conversations, orders_of=orders_of)._resume()
    assert (await conversations.get(later.id)).customer_id == CANARY
    async with database.read() as connection:
        kept = (await connection.execute(select(customer_conversations.c.conversation_id))).scalars()
        assert list(kept) == [later.id]
    assert await left(database) == 0


async def test_busy_file_keeps_the_erasure_open_without_her_name(
    conversations: Conversations, clock: FakeClock, database: Database
) -> None:
    await lived(conversations, clock)
    free = False

    async def scrub() -> bool:
        return free

    every = Erasures(conversations, scrubbers=(scrub,), orders_of=orders_of)
    erased = await every.customer(CANARY)
    assert (erased.conversations, erased.complete) == (3, False)
    assert CANARY not in await _everything(database)
    assert await left(database) == 1
    free = True
    await every._resume()
    assert await left(database) == 0
