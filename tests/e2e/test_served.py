"""The served product over HTTP, in a process of its own: three languages, a person, and a kill in the middle."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bootstrap.demo import seed_shop
from bootstrap.secrets import deployment_secret
from bootstrap.settings import Settings
from bootstrap.wiring import open_deployment
from commerce.demo import Story, stories
from desk.staff import Role, Staff, StaffTokens
from facts.clock import SystemClock
from tests.crash.scripted import scripted

ROOT = Path(__file__).parent.parent.parent
START_S = 120.0
WHERE = {
    "en": "Where is my order {number}? My e-mail is {email}",
    "de": "Wo ist meine Bestellung {number}? Meine E-Mail ist {email}",
    "zh-Hans": "我的订单{number}在哪里?我的邮箱是{email}",
}


@dataclass
class Server:
    """A server process on a home of its own; it may be killed and started again."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DRAGOMAN_")}
        environment |= {"DRAGOMAN_HOME": str(self.home), "DRAGOMAN_DEMO": "true"}
        command = [sys.executable, "-m", "uvicorn", "server:app", "--port", str(self.port)]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.address}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, (self.home / "server.log").read_text()
            time.sleep(0.1)
        raise AssertionError((self.home / "server.log").read_text())

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "dragoman.db") as database:
            return database.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("served")
    asyncio.run(_seed(home))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(home, port)
    server.start()
    yield server
    server.kill()


async def _seed(home: Path) -> None:
    settings = Settings(_env_file=None, home=home, demo=True)  # type: ignore[call-arg]
    async with open_deployment(settings, SystemClock(), scripted()) as deployment:
        await seed_shop(deployment)


@dataclass
class Chat:
    """A customer who writes to the server."""

    server: Server
    caller: str = "127.0.0.1"
    """Her network address: guesses are counted for each."""
    id: str = ""
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.HTTPTransport(local_address=self.caller)
        self.client = httpx.Client(transport=transport, timeout=60)
        opened = self.client.post(f"{self.server.address}/v1/conversations", json={}).json()
        self.id = opened["conversation_id"]
        self.client.headers["Authorization"] = f"Bearer {opened['conversation_token']}"

    def post(self, text: str, key: str) -> httpx.Response:
        url = f"{self.server.address}/v1/conversations/{self.id}/messages"
        return self.client.post(url, json={"text": text}, headers={"Idempotency-Key": key})

    def say(self, text: str) -> dict[str, Any]:
        answer = self.post(text, uuid4().hex)
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        return reply

    def code(self, email: str) -> str:
        mails = self.client.get(f"{self.server.address}/demo/mails").json()
        newest = next(mail["text"] for mail in mails if mail["recipient"] == email)
        found = re.search(r"\b\d{6}\b", newest)
        assert found
        return found[0]


def _told(reply: dict[str, Any]) -> list[str]:
    return [entry["statement"] for entry in reply["evidence"]]


def _ask(server: Server, language: str, number: str, email: str) -> dict[str, Any]:
    caller = f"127.0.0.{2 + list(WHERE).index(language)}"
    return Chat(server, caller).say(WHERE[language].format(number=number, email=email))


@pytest.mark.parametrize(("language", "handle"), [("en", "_en"), ("de", "_de"), ("zh-Hans", "_zh")])
def test_order_is_found_with_the_right_address_and_with_no_other(
    server: Server, language: str, handle: str
) -> None:
    mine, other = stories()[f"in_transit{handle}"], stories()[f"in_customs{handle}"]
    right = _ask(server, language, mine.number, mine.email)
    assert (_told(right)[0], right["language"]) == ("tracking.in_transit", language)
    wrong = _ask(server, language, mine.number, "nobody@letterbox.example")
    someone_elses = _ask(server, language, stories()["in_transit_tr"].number, other.email)
    unknown = _ask(server, language, "FH-99999", mine.email)
    assert wrong["text"] == someone_elses["text"] == unknown["text"]
    assert [wrong["evidence"], someone_elses["evidence"], wrong["cards"]] == [[], [], []]


def test_person_takes_a_furious_message_answers_and_hands_back(server: Server) -> None:
    chat = Chat(server)
    reply = chat.say("This is outrageous, I am furious! You are thieves!!!")
    assert (reply["handoff"]["reason"], reply["owner"]) == ("furious", "queue")
    staff = _staff(server)
    desk = f"{server.address}/v1/desk/conversations"
    assert chat.id in staff.get(desk).text
    for act in ("take", "reply", "hand-back"):
        body = {"text": "I am sorry. I am looking into it."} if act == "reply" else None
        staff.post(f"{desk}/{chat.id}/{act}", json=body, headers={"Idempotency-Key": act}).raise_for_status()
        if act == "take":
            assert chat.say("Hello?")["text"] == ""
    assert chat.say("Thank you")["owner"] == "assistant"
    transcript = chat.client.get(f"{server.address}/v1/conversations/{chat.id}").json()
    authors = [message["author"] for message in transcript["messages"]]
    assert authors == ["customer", "assistant", "customer", "staff", "customer", "assistant"]


def _staff(server: Server) -> httpx.Client:
    tokens = StaffTokens(deployment_secret(None, server.home), SystemClock())
    token = tokens.issue(Staff(id="anna", name="Anna", role=Role.AGENT), timedelta(hours=1))
    return httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.mark.parametrize("after_s", [0.0, 0.03])
def test_cancellation_that_is_killed_after_the_yes_happens_once(server: Server, after_s: float) -> None:
    story = _cancellable(server)
    chat = Chat(server)
    chat.say(WHERE["en"].format(number=story.number, email=story.email))
    chat.say("Please cancel this order")
    assert _told(chat.say(chat.code(story.email))) == ["cancel.proposed"]
    lost = threading.Thread(target=_try, args=(chat, "Yes, please"))
    lost.start()
    _wait_until_accepted(server, chat)
    time.sleep(after_s)
    server.kill()
    lost.join()
    server.start()
    reply = chat.post("Yes, please", "the-yes").json()
    assert _told(reply) == ["cancel.done"]
    assert [action["state"] for action in reply["actions"]] == ["executed"]
    order = "SELECT id, status, version FROM shop_orders WHERE number = ?"
    ((order_id, status, version),) = server.rows(order, story.number)
    assert (status, version) == ("cancelled", 2)
    assert len(server.rows("SELECT id FROM shop_refunds WHERE order_id = ?", order_id)) == 1
    assert server.rows("SELECT state FROM ledger WHERE order_id = ?", order_id) == [("done",)]
    said = server.rows(
        "SELECT text FROM messages WHERE conversation_id = ? AND author = 'assistant'", chat.id
    )
    assert len(said) == 4


def _cancellable(server: Server) -> Story:
    """An order that is paid, not packed, and cancelled by no earlier test."""
    for handle in ("processing_paid_en", "processing_paid_de", "processing_paid_zh"):
        story = stories()[handle]
        if server.rows("SELECT status FROM shop_orders WHERE number = ?", story.number) == [("processing",)]:
            return story
    raise AssertionError("no order is left")


def _try(chat: Chat, text: str) -> None:
    try:
        chat.post(text, "the-yes")
    except httpx.TransportError:
        return


def _wait_until_accepted(server: Server, chat: Chat) -> None:
    query = "SELECT id FROM messages WHERE conversation_id = ? AND idempotency_key = 'the-yes'"
    until = time.monotonic() + 20
    while not server.rows(query, chat.id):
        assert time.monotonic() < until
        time.sleep(0.002)
