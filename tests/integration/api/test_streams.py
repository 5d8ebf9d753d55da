"""Event streams over a real server: live, replayed, and nothing on them that is not public."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from conversations.models import StaffMember
from conversations.repository import Conversations
from conversations.signals import Signals
from facts.clock import SystemClock
from persistence.engine import Database
from tests.integration.api.conftest import Build, Caller, House

Frame = dict[str, str]


@asynccontextmanager
async def served(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The application behind uvicorn on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, log_level="warning", ws="none"))
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield client
    server.should_exit = True
    await task


async def frames(response: httpx.Response) -> AsyncIterator[Frame]:
    """Server-sent events, comments left out."""
    frame: Frame = {}
    async for line in response.aiter_lines():
        if not line and frame:
            yield frame
            frame = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            frame[name] = value
    if frame:
        yield frame


async def read(
    client: httpx.AsyncClient, caller: Caller, until: int, after: str | None = None
) -> list[Frame]:
    """Frames with data up to the event number `until`."""
    headers = caller.headers | ({"Last-Event-ID": after} if after is not None else {})
    found: list[Frame] = []
    async with (
        asyncio.timeout(10),
        client.stream("GET", f"{caller.path}/events", headers=headers) as response,
    ):
        assert response.headers["Content-Type"].startswith("text/event-stream")
        async for frame in frames(response):
            if "data" in frame:
                found.append(frame)
                if int(frame["id"]) >= until:
                    break
    return found


async def test_stream_is_live_and_replays_from_any_event(caller: Caller) -> None:
    async with served(caller.house) as client:
        listening = asyncio.create_task(read(client, caller, 5))
        await asyncio.sleep(0.1)
        await caller.say("hello")
        live = await listening
        assert [frame["event"] for frame in live] == [
            "turn_started",
            "tool_called",
            "sentence",
            "sentence",
            "reply",
        ]
        assert [frame["id"] for frame in live] == ["1", "2", "3", "4", "5"]
        assert await read(client, caller, 5) == live
        assert await read(client, caller, 5, "3") == live[3:]
        for nonsense in ("abc", "-1", "1" * 40):
            assert await read(client, caller, 5, nonsense) == live


async def test_private_fields_never_leave(caller: Caller) -> None:
    async with served(caller.house) as client:
        await caller.say("hello")
        seen = json.dumps(await read(client, caller, 5))
        assert "heard" in seen
        assert "secret" not in seen
        assert "private" not in seen


async def test_staff_message_arrives_live(caller: Caller) -> None:
    conversations = caller.house.services.conversations
    anna = StaffMember(id="s1", name="Anna")
    async with served(caller.house) as client:
        listening = asyncio.create_task(read(client, caller, 2))
        await asyncio.sleep(0.1)
        await conversations.take(caller.id, anna)
        await conversations.staff_reply(caller.id, anna, "Anna here.", "r1")
        owner, message = [json.loads(frame["data"]) for frame in await listening]
        assert owner["payload"] == {"owner": "human", "staff_name": "Anna"}
        assert (message["payload"]["text"], message["payload"]["staff_name"]) == ("Anna here.", "Anna")


async def test_what_another_process_writes_arrives_within_a_second(caller: Caller, database_url: str) -> None:
    """A second repository with a pool and signals of its own stands for another process."""
    elsewhere = Database(database_url)
    other = Conversations(elsewhere, SystemClock(), Signals())
    async with served(caller.house) as client:
        listening = asyncio.create_task(read(client, caller, 1))
        await asyncio.sleep(1)
        began = asyncio.get_running_loop().time()
        await other.take(caller.id, StaffMember(id="s1", name="Anna"))
        await listening
        assert asyncio.get_running_loop().time() - began < 2
    await elsewhere.close()


async def test_erasure_ends_the_stream(caller: Caller) -> None:
    async with (
        served(caller.house) as client,
        asyncio.timeout(10),
        client.stream("GET", f"{caller.path}/events", headers=caller.headers) as response,
    ):
        await client.delete(caller.path, headers=caller.headers)
        assert [frame async for frame in frames(response) if "data" in frame] == []


async def _run(client: httpx.AsyncClient, caller: Caller, key: str = "k1") -> list[dict[str, Any]]:
    headers = caller.headers | {"Idempotency-Key": key, "Accept": "text/event-stream"}
    async with (
        asyncio.timeout(10),
        client.stream("POST", f"{caller.path}/messages", json={"text": "hello"}, headers=headers) as response,
    ):
        return [json.loads(frame["data"]) async for frame in frames(response) if "data" in frame]


async def test_message_as_an_ag_ui_run(caller: Caller) -> None:
    async with served(caller.house) as client:
        run = await _run(client, caller)
        assert [event["type"] for event in run] == [
            "RUN_STARTED",
            "TOOL_CALL_START",
            "TOOL_CALL_END",
            "TOOL_CALL_RESULT",
            "TEXT_MESSAGE_START",
            "TEXT_MESSAGE_CONTENT",
            "TEXT_MESSAGE_CONTENT",
            "TEXT_MESSAGE_END",
            "CUSTOM",
            "CUSTOM",
            "RUN_FINISHED",
        ]
        text = "".join(e["delta"] for e in run if e["type"] == "TEXT_MESSAGE_CONTENT")
        named = {e["name"]: e["value"] for e in run if e["type"] == "CUSTOM"}
        assert text == named["reply"]["text"] == "You said: hello"
        assert named["card"] == {"type": "order", "order_number": "DR-1"}
        assert (run[0]["threadId"], run[0]["runId"]) == (caller.id, run[-1]["runId"])
        assert "secret" not in json.dumps(run)
        assert await _run(client, caller) == run, "the same key replays the same run"


@pytest.mark.parametrize("text", ["  ", "a" * 9_000])
async def test_refused_message_is_a_problem_on_a_stream_too(build: Build, text: str) -> None:
    house = await build()
    caller = await house.open()
    answer = await caller.say(text, Accept="text/event-stream")
    assert answer.headers["Content-Type"] == "application/problem+json"
