"""One run on one database: customers talk, the server is killed, and at the end everything is judged."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic
from typing import LiteralString
from uuid import uuid4

import httpx
import jwt
import psycopg
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import func, make_url, select

from bootstrap.settings import Settings
from bootstrap.wiring import open_deployment
from conversations.models import Mode
from conversations.tables import mails, messages
from facts.clock import SystemClock
from persistence.engine import Database
from tests.crash.checks import open_book, versions, violations
from tests.crash.customers import Customer, Kind, Watch
from tests.crash.scripted import scripted
from tests.crash.shop import crowded_shop
from tests.crash.worker import Workers
from tools.tables import ledger, proposals

POSTGRES = "DRAGOMAN_TEST_POSTGRES_URL"
SECRET = SecretStr("a secret of the crash runner, 32 bytes")
CUSTOMERS = 5
QUIET_S = 15.0
"""A kill that finds nothing of its kind in this time falls where it is."""

AIMS = {"confirm": 50, "code": 12, "ask": 12, "read": 10, "person": 4, "start": 6, "any": 6}
"""At what, and how often: a turn of that kind, a server that has just been started, any instant."""


@dataclass(frozen=True, slots=True)
class Plan:
    database: str
    kills: int
    seed: int

    @property
    def orders(self) -> int:
        """Of each kind: several conversations are finished between two kills."""
        return 50 + 5 * self.kills


@dataclass(slots=True)
class Report:
    """What happened, and what was wrong."""

    plan: Plan
    kills: int = 0
    seconds: float = 0.0
    conversations: int = 0
    replies: int = 0
    confirmed: Counter[str] = field(default_factory=Counter)
    aimed: Counter[str] = field(default_factory=Counter)
    under_way: Counter[str] = field(default_factory=Counter)
    found_dead: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.plan.database}: {self.kills} kills in {self.seconds:.0f} s, seed {self.plan.seed}",
            f"  {self.conversations} conversations, {self.replies} replies; confirmed: {_told(self.confirmed)}",
            f"  aimed at: {_told(self.aimed)}",
            f"  unanswered at the kill: {_told(self.under_way)}",
            f"  left behind by the kill: {_told(self.found_dead)}",
            f"  violations: {len(self.violations)}",
        ]
        return "\n".join(lines + [f"    {each}" for each in self.violations[:40]])


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.most_common()) or "nothing"


async def run(plan: Plan, progress: Callable[[str], None] = lambda line: None) -> Report:
    """Kill as often as planned; the report says what was violated."""
    with (
        tempfile.TemporaryDirectory(prefix="dragoman-crash-") as folder,
        _database(plan, Path(folder)) as url,
    ):
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            home=Path(folder) / "home",
            database_url=url,
            demo=True,
            mode=Mode.AUTO,
            customer_token_secret=SECRET,
            reply_wait_s=5.0,
        )
        async with open_deployment(settings, SystemClock(), scripted()) as deployment:
            await deployment.backend.load(crowded_shop(deployment.clock.now(), plan.orders))
        log = Path(folder) / "server.log"
        async with _look(url) as database:
            report = await _Run(plan, settings, database, log, progress).play()
        report.violations += _logged(log)
        return report


@contextmanager
def _database(plan: Plan, folder: Path) -> Iterator[str]:
    """The URL of an empty database that is gone afterwards."""
    if plan.database == "sqlite":
        yield f"sqlite:///{folder / 'crash.db'}"
        return
    server, name = os.environ[POSTGRES], f"dragoman_crash_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:

        def say(statement: LiteralString) -> None:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

        say("CREATE DATABASE {}")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            say("DROP DATABASE IF EXISTS {} WITH (FORCE)")


@asynccontextmanager
async def _look(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def _logged(log: Path) -> list[str]:
    """A turn that failed is a bug even where a second attempt saved it."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    bad = [line for line in lines if "turn_failed" in line or "request_failed" in line or "Traceback" in line]
    return [f"the server logged {line}" for line in bad[:5]]


class _Run:
    def __init__(
        self, plan: Plan, settings: Settings, database: Database, log: Path, progress: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._database = database
        self._progress = progress
        self._random = Random(f"{plan.database} {plan.seed}")
        self._watch = Watch()
        self._workers = Workers(settings, log)
        self._report = Report(plan)
        self._places = count()
        self._over = False

    async def play(self) -> Report:
        began = monotonic()
        before = await versions(self._database)
        self._workers.start()
        try:
            async with httpx.AsyncClient(base_url=self._workers.url, timeout=20.0) as client:
                customers = [self._customer(client) for _ in range(CUSTOMERS)]
                talking = [asyncio.create_task(self._talk(customer)) for customer in customers]
                await self._kill_all(talking)
                self._over = True
                await asyncio.gather(*talking)
        finally:
            self._workers.close()
        await self._judge(customers, before)
        self._report.seconds = monotonic() - began
        return self._report

    def _customer(self, client: httpx.AsyncClient) -> Customer:
        return Customer(client, self._watch, self._mail_for, _sign, Random(self._random.random()))

    async def _talk(self, customer: Customer) -> None:
        for place in self._places:
            if self._over:
                return
            if place >= self._plan.orders:
                raise RuntimeError("customers have run out of orders")
            await (customer.cancel(place) if place % 2 else customer.send_back(place))

    async def _kill_all(self, talking: list[asyncio.Task[None]]) -> None:
        while self._report.kills < self._plan.kills:
            aim = self._random.choices(list(AIMS), list(AIMS.values()))[0]
            await self._moment(aim)
            if self._workers.died:
                self._report.violations.append("the server ended by itself")
                return
            under_way = +self._watch.under_way
            await asyncio.to_thread(self._workers.kill)
            self._report.kills += 1
            self._report.aimed[aim] += 1
            self._report.under_way.update({str(kind): number for kind, number in under_way.items()})
            await self._look_at_the_dead()
            self._workers.start()
            if self._report.kills % 50 == 0:
                self._progress(f"{self._report.kills} kills; left behind: {_told(self._report.found_dead)}")
            for task in talking:
                if task.done():
                    task.result()

    async def _moment(self, aim: str) -> None:
        """Wait for the instant of the next kill."""
        if aim == "start":
            await asyncio.sleep(self._random.uniform(0.0, 0.6))
        elif aim == "any":
            await asyncio.sleep(self._random.uniform(0.2, 1.0))
        else:
            kind = Kind(aim)
            try:
                async with asyncio.timeout(QUIET_S):
                    await self._watch.next(kind)
            except TimeoutError:
                return
            await asyncio.sleep(self._random.uniform(0.0, self._watch.span(kind)))

    async def _look_at_the_dead(self) -> None:
        """Where in its work the server was: what the next one has to take up."""
        open_turn = select(messages.c.conversation_id).where(
            messages.c.done.is_(False), messages.c.turn_id.is_not(None)
        )
        questions = {
            "message not taken": select(messages.c.id).where(
                messages.c.done.is_(False), messages.c.turn_id.is_(None)
            ),
            "turn open": open_turn.distinct(),
            "WRITE started": select(ledger.c.key).where(ledger.c.state == "started"),
            "WRITE done, not told": select(proposals.c.id).where(
                proposals.c.state == "executed", proposals.c.conversation_id.in_(open_turn)
            ),
        }
        async with self._database.read() as connection:
            for name, query in questions.items():
                found = await connection.execute(select(func.count()).select_from(query.subquery()))
                self._report.found_dead[name] += bool(found.scalar_one())

    async def _mail_for(self, conversation_id: str) -> str | None:
        newest = (
            select(mails.c.text)
            .where(mails.c.conversation_id == conversation_id)
            .order_by(mails.c.created_at.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            text: str | None = (await connection.execute(newest)).scalar_one_or_none()
        return text

    async def _judge(self, customers: list[Customer], before: dict[str, int]) -> None:
        talks = [talk for customer in customers for talk in customer.talks]
        report = self._report
        report.conversations = len(talks)
        report.replies = sum(len(talk.replies) for talk in talks)
        report.confirmed = Counter(talk.wanted for talk in talks if talk.confirmed)
        report.violations += [wrong for customer in customers for wrong in customer.wrong]
        report.violations += violations(await open_book(self._database, before), talks)


def _sign(customer_id: str) -> str:
    expires = SystemClock().now() + timedelta(hours=2)
    claims = {"sub": customer_id, "exp": int(expires.timestamp())}
    return jwt.encode(claims, SECRET.get_secret_value(), "HS256")
