"""A database that is locked or gone: nothing is acknowledged, or the turn is completed later."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from agent import runner as runner_module
from agent.planners.planner import Phrase, PlanItem, View
from bootstrap.settings import Settings
from bootstrap.wiring import open_deployment
from conversations import inbox, outbox
from conversations.models import Author
from facts.clock import SystemClock
from knowledge.policy import PolicyError
from markets.rules import MarketsError
from persistence import engine
from tests.crash.scripted import scripted
from tests.integration.agent.conftest import House, Open, Talk

LANGUAGES = ("en", "de", "zh-Hans")


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process writes and does not come to an end."""
    with sqlite3.connect(make_url(url).database or "", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
    other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for a moment, not for seconds: for a lock, for a lease to lapse, for the next look at what was left."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 300)
    monkeypatch.setattr(runner_module, "SWEEP_S", 0.2)
    for module in (inbox, outbox):
        monkeypatch.setattr(module, "LEASE_TTL", timedelta(seconds=2))


async def refused(talk: Talk, language: str, key: str = "k1") -> None:
    answer = await talk.post("Thank you", key, **{"Accept-Language": language})
    assert answer.status_code == 503
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["detail"] == talk.house.words(language, "problem.unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.usefixtures("impatient")
async def test_locked_database_refuses_in_her_language_and_stores_nothing(
    shop_url: str, open_house: Open
) -> None:
    house = await open_house(shop_url)
    talks = {language: await house.open(language=language) for language in LANGUAGES}
    with locked(shop_url):
        for language, talk in talks.items():
            await refused(talk, language)
    for talk in talks.values():
        assert await talk.transcript() == ()
        assert (await talk.post("Thank you", "k1")).status_code == 200
        assert [m.author for m in await talk.transcript()] == [Author.CUSTOMER, Author.ASSISTANT]


@dataclass
class PausingPlanner:
    """Waits in the middle of its turn until it is let go on."""

    thinks: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "pausing"
    streaming: bool = True

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        yield Phrase("social.greeting")
        self.thinks.set()
        await self.go_on.wait()
        yield Phrase("social.thanks")


async def answered_later(house: House, talk: Talk, trouble: asyncio.Event) -> list[str]:
    """Accept a message, let trouble come in the middle of its turn, end it, and wait for the reply."""
    planner = PausingPlanner()
    runner = house.another_runner(planner=planner)
    accepted = await house.conversations.accept(talk.id, "Hello", "k")
    runner.notify(talk.id)
    await planner.thinks.wait()
    trouble.set()
    await asyncio.sleep(0.1)
    planner.go_on.set()
    reply = None
    until = monotonic() + 40
    await runner.start()
    while reply is None and monotonic() < until:
        try:
            reply = await runner.wait(accepted.message.id, talk.id, 1)
        except SQLAlchemyError:
            continue
    await runner.stop()
    assert reply is not None
    assert reply.text == " ".join(
        house.words("en", message) for message in ("social.greeting", "social.thanks")
    )
    return [message.text for message in await talk.transcript()]


@pytest.mark.usefixtures("impatient")
async def test_turn_that_meets_a_locked_database_is_completed_when_it_is_free(
    shop_url: str, open_house: Open
) -> None:
    house = await open_house(shop_url)
    talk = await house.open(language="en")
    trouble = asyncio.Event()

    async def lock_for_a_while() -> None:
        await trouble.wait()
        with locked(shop_url):
            await asyncio.sleep(1.5)

    locking = asyncio.create_task(lock_for_a_while())
    texts = await answered_later(house, talk, trouble)
    await locking
    assert texts[0] == "Hello"
    assert len(texts) == 2


@contextmanager
def hidden(file: Path) -> Iterator[None]:
    """The disk with the database is not there."""
    kept = {each: each.with_name(f"kept-{each.name}") for each in file.parent.glob(f"{file.name}*")}
    for each, elsewhere in kept.items():
        each.rename(elsewhere)
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        for each, elsewhere in kept.items():
            elsewhere.rename(each)


async def test_database_file_that_is_gone_refuses_and_is_taken_up_when_back(
    shop_url: str, open_house: Open
) -> None:
    house = await open_house(shop_url)
    talk = await house.open(language="de")
    await talk.say("Thank you")
    await house.idle()
    await house.deployment.database.engine.dispose()
    with hidden(Path(make_url(shop_url).database or "")):
        await refused(talk, "de", "k2")
    assert len(await talk.transcript()) == 2
    assert (await talk.post("Thank you", "k2")).status_code == 200
    assert len(await talk.transcript()) == 4


@pytest.mark.usefixtures("impatient")
async def test_postgres_that_refuses_connections_is_waited_for(
    postgres_shop_url: str, open_house: Open
) -> None:
    house = await open_house(postgres_shop_url)
    talk, other = await house.open(language="zh-Hans"), await house.open(language="en")
    await talk.say("Thank you")
    await house.idle()
    trouble = asyncio.Event()

    async def shut_for_a_while() -> None:
        await trouble.wait()
        with shut(make_url(postgres_shop_url).database or ""):
            await refused(talk, "zh-Hans", "while-shut")
            await asyncio.sleep(1)

    shutting = asyncio.create_task(shut_for_a_while())
    texts = await answered_later(house, other, trouble)
    await shutting
    assert texts[0] == "Hello"
    assert len(texts) == 2
    assert len(await talk.transcript()) == 2
    assert (await talk.post("Thank you", "while-shut")).status_code == 200


@contextmanager
def shut(name: str) -> Iterator[None]:
    """Nobody is let into the database, and who is in it is sent away."""
    with psycopg.connect(os.environ["DRAGOMAN_TEST_POSTGRES_URL"], autocommit=True) as server:
        database = sql.Identifier(name)
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(database))
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(database))


def test_missing_policy_file_stops_the_start_and_names_it(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "policy.yaml"
    settings = Settings(_env_file=None, home=tmp_path / "home", policy_file=missing)  # type: ignore[call-arg]

    async def start() -> None:
        async with open_deployment(settings, SystemClock(), scripted()):
            pass

    with pytest.raises(PolicyError, match=r"policy\.yaml"):
        asyncio.run(start())
    assert not settings.home.exists()


def test_broken_market_file_stops_the_start_and_names_file_key_and_reason(tmp_path: Path) -> None:
    (tmp_path / "countries").mkdir()
    (tmp_path / "countries" / "DE.yaml").write_text("currency: 49", "utf-8")
    settings = Settings(_env_file=None, home=tmp_path / "home", demo=True, markets_dir=tmp_path)  # type: ignore[call-arg]

    async def start() -> None:
        async with open_deployment(settings, SystemClock(), scripted()):
            pass

    with pytest.raises(MarketsError, match=r"DE\.yaml: currency: Input should be a valid string"):
        asyncio.run(start())
    assert not settings.home.exists()
