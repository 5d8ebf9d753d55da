"""Deployments on copies of the demo shop: the real graph, tools, database and interface."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import httpx
import pytest
import structlog
from sqlalchemy import URL

from agent.graph import build_graph
from agent.runner import Runner
from api.app import create_app
from bootstrap.application import services_of
from bootstrap.demo import seed_shop
from bootstrap.settings import Settings
from bootstrap.wiring import Deployment, open_deployment
from commerce.demo import Story, stories
from conversations.models import Message, Mode, Reply, StaffMember
from conversations.repository import Conversations
from facts.clock import Clock, SystemClock
from i18n.languages import BUILT_IN
from i18n.locale import Locale
from nlu.embedded import EmbeddedUnderstanding
from telemetry.logs import configure_logs
from tests.crash.scripted import scripted

ANNA = StaffMember(id="anna", name="Anna")
STORIES: dict[str, Story] = stories()


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Logs as a server writes them."""
    configure_logs("info")
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def understanding() -> Iterator[EmbeddedUnderstanding]:
    """The real one; its models are loaded once."""
    loaded = EmbeddedUnderstanding([BUILT_IN])
    yield loaded
    loaded.close()


def _settings(home: Path, url: str | None = None) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        home=home,
        database_url=url,
        demo=True,
        mode=Mode.AUTO,
        reply_wait_s=20.0,
    )


async def _seed(settings: Settings) -> None:
    async with open_deployment(settings, SystemClock(), scripted()) as deployment:
        await seed_shop(deployment)


@pytest.fixture(scope="session")
def sqlite_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo shop, to be copied."""
    home = tmp_path_factory.mktemp("shop")
    asyncio.run(_seed(_settings(home)))
    return home / "dragoman.db"


@pytest.fixture(scope="session")
def postgres_shop(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with the demo shop, to be a template."""
    with postgres.database() as url:
        asyncio.run(_seed(_settings(tmp_path_factory.mktemp("postgres"), _text(url))))
        yield str(url.database)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def shop_url(sqlite_shop: Path, tmp_path: Path) -> str:
    """The URL of a SQLite file of the test's own with the demo shop."""
    shutil.copyfile(sqlite_shop, tmp_path / "shop.db")
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def postgres_shop_url(postgres: Postgres, postgres_shop: str) -> Iterator[str]:
    """The same on PostgreSQL."""
    with postgres.database(postgres_shop) as url:
        yield _text(url)


@pytest.fixture(params=["sqlite", "postgres"])
def either_shop_url(request: pytest.FixtureRequest) -> str:
    """On SQLite and on PostgreSQL."""
    name = "shop_url" if request.param == "sqlite" else "postgres_shop_url"
    url: str = request.getfixturevalue(name)
    return url


class Postgres(Protocol):
    """Databases of our own, as the root's fixture of this name makes them."""

    def database(self, template: str = ...) -> AbstractContextManager[URL]: ...


@dataclass
class House:
    """One process's deployment behind its interface."""

    deployment: Deployment
    client: httpx.AsyncClient

    @property
    def conversations(self) -> Conversations:
        return self.deployment.conversations

    async def open(self, **body: object) -> Talk:
        answer = await self.client.post("/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        return Talk(self, opened["conversation_id"], opened["conversation_token"])

    def words(self, language: str, message: str) -> str:
        """A sentence of the catalogue."""
        return self.deployment.renderer.message(Locale(language), message, {})

    async def idle(self) -> None:
        """Returns when this process's runner has looked for the last time whether there is more to answer."""
        await self.deployment.runner.stop()

    def another_runner(self, **changes: object) -> Runner:
        """One more worker on the same rows, with other ports where a test names them."""
        checkpoints = self.deployment.checkpoints
        ports = replace(self.deployment.ports, **changes)  # type: ignore[arg-type]
        return Runner(ports, build_graph(checkpoints.saver), checkpoints)


@dataclass
class Talk:
    """A customer with her conversation."""

    house: House
    id: str
    token: str
    count: int = field(default=0)

    @property
    def path(self) -> str:
        return f"/v1/conversations/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, text: str, key: str | None = None, **headers: str) -> httpx.Response:
        """Send a message as it is."""
        more = {"Idempotency-Key": key or uuid4().hex} | headers
        # As ASCII, so that lone surrogates travel too.
        body = json.dumps({"text": text})
        return await self.house.client.post(
            f"{self.path}/messages", content=body, headers=self.headers | more
        )

    async def say(self, text: str) -> Reply:
        """Send a message and get the reply."""
        answer = await self.post(text)
        assert answer.status_code == 200, answer.text
        return Reply.model_validate(answer.json())

    async def transcript(self) -> tuple[Message, ...]:
        return await self.house.conversations.transcript(self.id)


def told(reply: Reply) -> list[str]:
    """The statements that a reply stands on."""
    return [entry.statement for entry in reply.evidence if entry.statement]


Open = Callable[..., Awaitable[House]]


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens deployments, each with a home of its own: several of them are several processes' worth.

    A test names it after the database, so that the database outlives them.
    """
    async with AsyncExitStack() as stack:

        async def make(
            url: str,
            reads: EmbeddedUnderstanding | None = None,
            clock: Clock | None = None,
            **changes: object,
        ) -> House:
            settings = _settings(tmp_path / uuid4().hex, url).model_copy(update=changes)
            deployment = await stack.enter_async_context(
                open_deployment(settings, clock or SystemClock(), reads or scripted())
            )
            outgoing = await stack.enter_async_context(httpx.AsyncClient())
            app = create_app(services_of(deployment, outgoing))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://shop.test", timeout=60.0)
            return House(deployment, await stack.enter_async_context(client))

        yield make


@pytest.fixture
async def house(open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding) -> House:
    """A deployment with the real understanding."""
    return await open_house(shop_url, understanding)


@pytest.fixture
async def quick_house(open_house: Open, shop_url: str) -> House:
    """A deployment that understands a few scripted words: nothing waits for models."""
    return await open_house(shop_url)


Make = Callable[..., Awaitable[House]]


@pytest.fixture
def opened(open_house: Open, shop_url: str) -> Make:
    """A deployment in a mode, with rules where a test writes some."""

    async def make(mode: Mode, rules: str = "", reads: EmbeddedUnderstanding | None = None) -> House:
        house = await open_house(shop_url, reads, mode=mode)
        if rules:
            (house.deployment.settings.home / "modes.yaml").write_text(rules, "utf-8")
        return house

    return make
