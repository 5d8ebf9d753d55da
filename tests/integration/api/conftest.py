"""The interface over a real repository, with an agent that merely echoes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.customer_tokens import CustomerTokens
from api.metrics import Metrics
from api.services import Services
from api.throttle import Throttle
from conversations.channels import Channels
from conversations.erasures import Erasures
from conversations.mail import MailQueue
from conversations.models import EventKind, Owner, Reply, Turn
from conversations.repository import Conversations
from conversations.signals import Signals
from desk.service import Desk
from desk.staff import Role, Staff, StaffTokens
from facts.clock import Clock, SystemClock
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from markets.rules import channel_rules
from nlu.lexicon import load_lexicons
from nlu.masking import mask
from nlu.outgoing import OutgoingReader
from persistence.engine import Database


@cache
def shipped_renderer() -> IcuRenderer:
    """The catalogues as they are shipped."""
    return IcuRenderer(load_languages([BUILT_IN]))


@cache
def outgoing() -> OutgoingReader:
    """What finds links and contact data, with the lexicons as they are shipped."""
    return OutgoingReader(load_lexicons([BUILT_IN]))


async def _coupon(code: str) -> bool:
    return code.casefold() == "harbour15"


def channels(clock: Clock) -> Channels:
    """The shipped channels, in a shop that has one coupon."""
    return Channels(channel_rules(), outgoing(), _coupon, clock, "Europe/Amsterdam", "NL")


SECRET = "a secret of sixteen bytes and more for tests"


@dataclass
class EchoAgent:
    """Claims and closes turns through the real repository; says `You said: …` in two sentences."""

    conversations: Conversations
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gate.set()

    def notify(self, conversation_id: str) -> None:
        task = asyncio.create_task(self._drive(conversation_id))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def wait(self, message_id: str, conversation_id: str, timeout_s: float) -> Reply | None:
        until = asyncio.get_running_loop().time() + timeout_s
        with self.conversations.signals.subscribe(conversation_id) as bell:
            while True:
                reply = await self.conversations.reply_for(message_id)
                left = until - asyncio.get_running_loop().time()
                if reply is not None or left <= 0:
                    return reply
                await bell.wait(left)

    async def _drive(self, conversation_id: str) -> None:
        await self.gate.wait()
        while turn := await self.conversations.claim(conversation_id, "elsewhere:1:echo"):
            await self._answer(turn)

    async def _answer(self, turn: Turn) -> None:
        owner = (await self.conversations.get(turn.conversation_id)).owner
        heard = " / ".join(message.text for message in turn.messages)
        sentences = [] if owner is Owner.HUMAN else ["You said:", heard]
        call = {"call_id": "c1", "tool": "echo", "arguments": {"secret": "argument"}}
        done = call | {"outcome": "heard", "raw": "private"}
        await self.conversations.add_event(turn.conversation_id, EventKind.TOOL_CALLED, done, turn.id, "c1")
        await self.conversations.add_sentences(turn, "elsewhere:1:echo", sentences, "en")
        reply = Reply(
            conversation_id=turn.conversation_id,
            message_id=turn.reply_id,
            in_reply_to=tuple(message.id for message in turn.messages),
            text=" ".join(sentences),
            language="en",
            owner=owner,
            cards=({"type": "order", "order_number": "DR-1"},) if sentences else (),
            timings_ms={"total": 1.0},
        )
        await self.conversations.close_turn(turn, "elsewhere:1:echo", reply, None, "en")


class RecordedSettlement:
    """Says yes to everything and remembers it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []

    async def approve(self, proposal_id: str, staff: Staff) -> str:
        return self._note("approve", proposal_id, staff)

    async def fulfil(self, proposal_id: str, staff: Staff) -> str:
        return self._note("fulfil", proposal_id, staff)

    async def reject(self, proposal_id: str, staff: Staff) -> str:
        return self._note("reject", proposal_id, staff)

    def _note(self, act: str, proposal_id: str, staff: Staff) -> str:
        self.calls.append((act, proposal_id, staff.id))
        return f"{act}ed"


@dataclass
class House:
    """Everything a test may want to touch."""

    services: Services
    app: FastAPI
    client: httpx.AsyncClient
    agent: EchoAgent
    settlement: RecordedSettlement

    def staff(self, role: Role = Role.AGENT, name: str = "Anna") -> dict[str, str]:
        """Headers of a person of the shop."""
        person = Staff(id=name.lower(), name=name, role=role)
        return {"Authorization": f"Bearer {self.services.staff_tokens.issue(person, timedelta(hours=1))}"}

    async def open(self, **body: object) -> Caller:
        """A new conversation."""
        answer = await self.client.post("/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        return Caller(self, opened["conversation_id"], opened["conversation_token"])


@dataclass
class Caller:
    """A customer with her conversation."""

    house: House
    id: str
    token: str

    @property
    def path(self) -> str:
        return f"/v1/conversations/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def say(self, text: str, key: str = "k1", **headers: str) -> httpx.Response:
        return await self.house.client.post(
            f"{self.path}/messages",
            json={"text": text},
            headers=self.headers | {"Idempotency-Key": key} | headers,
        )

    async def until(self, count: int, what: str) -> None:
        """Wait until so many messages, or events of a kind, are there."""
        conversations = self.house.services.conversations
        with conversations.signals.subscribe(self.id) as bell:
            while True:
                if what == "message":
                    found = len(await conversations.transcript(self.id))
                else:
                    found = sum(e.kind == what for e in await conversations.events_after(self.id, 0))
                if found >= count:
                    return
                assert await bell.wait(10), f"{found} of {count}"


Build = Callable[..., Awaitable[House]]


@pytest.fixture
async def build(database: Database, tmp_path: Path) -> AsyncIterator[Build]:
    """Builds the house, with other values where a test names them."""
    opened: list[House] = []

    async def make(**changes: object) -> House:
        clock, metrics = SystemClock(), Metrics()
        conversations = Conversations(database, clock, Signals(), observer=metrics)
        agent, settlement = EchoAgent(conversations), RecordedSettlement()
        values: dict[str, object] = {
            "conversations": conversations,
            "dispatcher": agent,
            "desk": Desk(conversations, settlement, channels(clock)),
            "staff_tokens": StaffTokens(SECRET, clock),
            "customer_tokens": CustomerTokens(clock, SECRET),
            "renderer": shipped_renderer(),
            "clock": clock,
            "mails": MailQueue(database, clock, conversations.signals),
            "mask": mask,
            "caller": lambda address: address,
            "throttle": Throttle(),
            "metrics": metrics,
            "reply_wait_s": 5.0,
        }
        values["erasures"] = Erasures(conversations, changes.pop("erasers", ()))  # type: ignore[arg-type]
        services = Services(**(values | changes))  # type: ignore[arg-type]
        app = create_app(services)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://shop.test"
        )
        house = House(services, app, client, agent, settlement)
        opened.append(house)
        return house

    yield make
    for house in opened:
        house.agent.gate.set()
        await asyncio.gather(*house.agent.tasks, return_exceptions=True)
        await house.client.aclose()


@pytest.fixture
async def house(build: Build) -> House:
    return await build()


@pytest.fixture
async def caller(house: House) -> Caller:
    return await house.open()
