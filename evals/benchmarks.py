"""`dragoman bench turn`: latency, growth and throughput of flows turns, measured side by side on this machine."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from rich.console import Console
from rich.table import Table

from api.app import create_app
from bootstrap.application import services_of
from bootstrap.settings import Settings
from bootstrap.wiring import Deployment, understanding_of
from commerce.demo import stories
from evals.report import write_json
from evals.stage import Stage
from telemetry.logs import configure_logs

MESSAGES = (
    ("in_transit_en", "Where is my order {number}? My email is {email}"),
    ("in_transit_en", "And which payment methods do you accept?"),
    ("in_transit_en", "How much is shipping to Switzerland?"),
    ("in_transit_de", "Wo ist meine Bestellung {number}? Meine E-Mail ist {email}"),
    ("in_transit_de", "Wie lange kann ich etwas zurückgeben?"),
    ("in_transit_zh", "我的订单 {number} 到哪里了？邮箱 {email}"),
    ("in_transit_zh", "可以用支付宝付款吗？"),
    ("in_transit_en", "Thanks!"),
)
"""What an ordinary conversation is made of: look-ups, policy questions, courtesies, in three languages."""

PARALLEL = 8


@dataclass(frozen=True, slots=True)
class Figures:
    turn_p50_ms: float
    turn_p95_ms: float
    late_over_early: float
    bytes_a_turn: float
    turns_a_second: float
    cold_start_s: float
    process_mb: float


BARS: dict[str, tuple[float, Callable[[float, float], bool], str]] = {
    "turn_p50_ms": (60, float.__le__, "≤ 60 ms"),
    "turn_p95_ms": (120, float.__le__, "≤ 120 ms"),
    "late_over_early": (1.2, float.__le__, "≤ 1.2"),
    "bytes_a_turn": (5 * 1024, float.__le__, "≤ 5 KB"),
    "turns_a_second": (25, float.__ge__, "≥ 25"),
    "cold_start_s": (4, float.__le__, "≤ 4 s"),
    "process_mb": (700, float.__le__, "≤ 700 MB"),
}


def served(work: Coroutine[Any, Any, None]) -> None:
    """Run it on the event loop that the server runs on."""
    with asyncio.Runner(loop_factory=uvicorn.Config("bench").get_loop_factory()) as runner:
        runner.run(work)


async def bench_turns(turns: int, json_file: Path | None, console: Console) -> None:
    """Measure, print a table of figures and bars, and write them where asked."""
    configure_logs("error")
    with tempfile.TemporaryDirectory() as folder:
        unthrottled = Settings(_env_file=None, message_limits="100000/second")  # type: ignore[call-arg]
        understanding = understanding_of(unthrottled.model_copy(update={"demo": True}))
        stage = Stage(Path(folder), understanding, unthrottled)
        await stage.build()
        await understanding.warm_up()
        async with stage.play("bench") as deployment, _client(deployment) as client:
            latencies, ratio, growth = await _one_long_conversation(deployment, client, turns)
            rate = await _many_conversations(deployment, client)
        understanding.close()
        cold, memory = await asyncio.to_thread(_cold_start, Path(folder))
    figures = Figures(
        turn_p50_ms=median(latencies),
        turn_p95_ms=quantiles(latencies, n=20)[18],
        late_over_early=ratio,
        bytes_a_turn=growth,
        turns_a_second=rate,
        cold_start_s=cold,
        process_mb=memory,
    )
    _print(figures, console)
    write_json(json_file, asdict(figures))


def _client(deployment: Deployment) -> httpx.AsyncClient:
    app = create_app(services_of(deployment, httpx.AsyncClient()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench", timeout=60)


class _Conversation:
    """One customer; a new conversation is opened before the throttle would speak."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def open(self) -> None:
        opened = (await self._client.post("/v1/conversations", json={"channel": "chat"})).json()
        self.id = opened["conversation_id"]
        self._headers = {"Authorization": f"Bearer {opened['conversation_token']}"}

    async def say(self, text: str) -> dict[str, Any]:
        headers = self._headers | {"Idempotency-Key": uuid4().hex}
        url = f"/v1/conversations/{self.id}/messages"
        answer = await self._client.post(url, json={"text": text}, headers=headers)
        answer.raise_for_status()
        reply: dict[str, Any] = answer.json()
        return reply


def _text(position: int) -> str:
    handle, text = MESSAGES[position % len(MESSAGES)]
    story = stories()[handle]
    return text.format(number=story.number, email=story.email)


async def _one_long_conversation(
    deployment: Deployment, client: httpx.AsyncClient, turns: int
) -> tuple[list[float], float, float]:
    """Server time of each turn, the last round of messages over the second one, and bytes a turn."""
    conversation = _Conversation(client)
    await conversation.open()
    per_round = len(MESSAGES)
    latencies = [await _timed(conversation, position) for position in range(per_round)]
    before = await _size(deployment)
    rounds = max(2, turns // per_round)
    for position in range(per_round, per_round * (rounds + 1)):
        latencies.append(await _timed(conversation, position))
    grown = (await _size(deployment) - before) / (len(latencies) - per_round)
    warm = latencies[per_round:]
    return warm, median(warm[-2 * per_round :]) / median(warm[: 2 * per_round]), grown


async def _timed(conversation: _Conversation, position: int) -> float:
    return float((await conversation.say(_text(position)))["timings_ms"]["total"])


async def _size(deployment: Deployment) -> int:
    """Bytes of both databases, journals folded in."""
    async with deployment.database.read() as connection:
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        size = (await connection.exec_driver_sql("PRAGMA page_size")).scalar_one()
    return int(pages) * int(size) + await asyncio.to_thread(_graph_size, deployment.settings.home)


def _graph_size(home: Path) -> int:
    with closing(sqlite3.connect(home / "dragoman.graph.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return os.path.getsize(home / "dragoman.graph.db")


async def _many_conversations(deployment: Deployment, client: httpx.AsyncClient) -> float:
    """Turns a second, several conversations side by side."""

    async def customer() -> int:
        conversation = _Conversation(client)
        await conversation.open()
        for position in range(2 * len(MESSAGES)):
            await conversation.say(_text(position))
        return 2 * len(MESSAGES)

    started = time.perf_counter()
    answered = await asyncio.gather(*(customer() for _ in range(PARALLEL)))
    return sum(answered) / (time.perf_counter() - started)


def _cold_start(folder: Path) -> tuple[float, float]:
    """Seconds from starting the server's process to its first reply, and its memory then.

    A first start compiles Python's bytecode, so the second one counts; an environment that forbids to keep bytecode
    would measure the compiler.
    """
    _start_and_ask(folder)
    return _start_and_ask(folder)


def _start_and_ask(folder: Path) -> tuple[float, float]:
    settings = {
        "DRAGOMAN_HOME": str(folder / "template"),
        "DRAGOMAN_DEMO": "true",
        "DRAGOMAN_LOG_LEVEL": "error",
    }
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | settings
    port = "8097"
    started = time.perf_counter()
    command = [sys.executable, "-m", "cli.main", "serve", "--port", port]
    with subprocess.Popen(command, env=environment) as process:
        try:
            asyncio.run(_first_reply(f"http://127.0.0.1:{port}"))
            spent = time.perf_counter() - started
            memory = _resident_mb(process.pid)
        finally:
            process.terminate()
    return spent, memory


async def _first_reply(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        for _ in range(600):
            try:
                conversation = _Conversation(client)
                await conversation.open()
                await conversation.say(_text(0))
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise TimeoutError("the server did not answer")


def _resident_mb(pid: int) -> float:
    """Resident memory from /proc; 0 where the system has none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _print(figures: Figures, console: Console) -> None:
    table = Table("what", "measured", "bar", "")
    for name, value in asdict(figures).items():
        bar, holds, words = BARS[name]
        table.add_row(
            name,
            f"{value:.2f}",
            words,
            "[green]ok[/green]" if holds(float(value), bar) else "[red]missed[/red]",
        )
    console.print(table)
