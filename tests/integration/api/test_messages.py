"""A message in, the reply out: once, in order, and never lost once it is acknowledged."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from api.throttle import Throttle
from conversations.models import EventKind
from i18n.locale import Locale
from tests.integration.api.conftest import Build, Caller, House


async def test_message_gets_its_reply(caller: Caller) -> None:
    answer = await caller.say("hello")
    assert answer.status_code == 200
    reply = answer.json()
    assert reply["text"] == "You said: hello"
    assert (reply["conversation_id"], reply["owner"], len(reply["in_reply_to"])) == (
        caller.id,
        "assistant",
        1,
    )
    transcript = (await caller.house.client.get(caller.path, headers=caller.headers)).json()
    assert [m["text"] for m in transcript["messages"]] == ["hello", "You said: hello"]
    assert [m["author"] for m in transcript["messages"]] == ["customer", "assistant"]


async def test_same_key_gives_the_same_reply_and_another_body_is_refused(caller: Caller) -> None:
    first = await caller.say("hello", "k1")
    again = await caller.say("hello", "k1")
    other = await caller.say("good bye", "k1")
    assert again.json() == first.json()
    assert (other.status_code, other.json()["type"]) == (409, "urn:dragoman:problem:key_reused")
    transcript = (await caller.house.client.get(caller.path, headers=caller.headers)).json()
    assert len(transcript["messages"]) == 2


async def test_same_message_fifty_times_at_once_is_answered_once(build: Build) -> None:
    house = await build(throttle=Throttle(limits="1000/minute"))
    caller = await house.open()
    answers = await asyncio.gather(*(caller.say("hello") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["message_id"] for answer in answers}) == 1


async def test_burst_is_answered_by_one_stored_reply(caller: Caller) -> None:
    caller.house.agent.gate.clear()
    sending = [asyncio.create_task(caller.say(f"part {n}", f"k{n}")) for n in range(3)]
    await caller.until(3, "message")
    caller.house.agent.gate.set()
    replies = [(await task).json() for task in sending]
    assert replies[0] == replies[1] == replies[2]
    assert len(replies[0]["in_reply_to"]) == 3


async def test_turn_that_outlasts_the_wait_is_answered_on_the_stream(build: Build) -> None:
    house = await build(reply_wait_s=0.05)
    caller = await house.open()
    house.agent.gate.clear()
    answer = await caller.say("hello")
    assert answer.status_code == 202
    assert answer.json()["events_url"] == answer.headers["Location"] == f"{caller.path}/events"
    house.agent.gate.set()
    await caller.until(1, EventKind.REPLY)


async def test_card_number_is_masked_before_it_is_stored(caller: Caller) -> None:
    await caller.say("my card is 4111 1111 1111 1111")
    transcript = (await caller.house.client.get(caller.path, headers=caller.headers)).json()
    assert "4111" not in json.dumps(transcript)


async def test_one_message_too_many_is_told_when_to_come_back(build: Build) -> None:
    house = await build(throttle=Throttle(limits="30/minute;20/second"))
    caller, other = await house.open(), await house.open()
    answers = await asyncio.gather(*(caller.say("hello", f"k{n}") for n in range(40)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 10 <= len(refused) <= 20
    assert refused[0].json()["type"] == "urn:dragoman:problem:too_many_messages"
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert (await other.say("hello")).status_code == 200
    stored = await house.services.conversations.transcript(caller.id)
    assert len([m for m in stored if m.author == "customer"]) == 40 - len(refused)


async def _refused(caller: Caller, content: bytes, **headers: str) -> tuple[int, str]:
    answer = await caller.house.client.post(
        f"{caller.path}/messages",
        content=content,
        headers=caller.headers | {"Idempotency-Key": "k1", "Content-Type": "application/json"} | headers,
    )
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["type"].rpartition(":")[2]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"text": ""}', (422, "empty_text")),
        (b'{"text": " \\n\\t "}', (422, "empty_text")),
        (b'{"text": "\\u0000\\u0007"}', (422, "empty_text")),
        (b'{"text": "\\ud800"}', (422, "empty_text")),
        (b'{"text": "\\u200b\\u2060"}', (422, "empty_text")),
        (json.dumps({"text": "a" * 8_001}).encode(), (413, "text_too_long")),
        (json.dumps({"text": "a" * 70_000}).encode(), (413, "body_too_large")),
        (b"\x00\xff\xfe\x80", (400, "invalid_json")),
        (b'{"text": "caf\xe9"}', (400, "invalid_json")),
        (b'{"text": "open', (400, "invalid_json")),
        (b'["text"]', (400, "invalid_json")),
        (b"[" * 60_000, (400, "invalid_json")),
        (b'{"text": 12}', (422, "invalid_request")),
        (b"{}", (422, "invalid_request")),
        (b"", (422, "invalid_request")),
        (b'{"text": "hi", "attachments": [{"id": "a"}]}', (422, "invalid_request")),
    ],
)
async def test_bad_body_is_a_problem_and_stores_nothing(
    caller: Caller, content: bytes, expected: tuple[int, str]
) -> None:
    assert await _refused(caller, content) == expected
    assert await caller.house.services.conversations.transcript(caller.id) == ()


async def test_body_without_a_length_is_measured_while_it_comes(caller: Caller) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(100):
            yield b"a" * 1_000
        yield b'"}'

    answer = await caller.house.client.post(
        f"{caller.path}/messages", content=pieces(), headers=caller.headers | {"Idempotency-Key": "k1"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:dragoman:problem:body_too_large")


async def test_wrong_field_is_named_and_its_value_is_not_repeated(caller: Caller) -> None:
    answer = await caller.house.client.post(
        f"{caller.path}/messages",
        json={"text": ["ada@example.com"]},
        headers=caller.headers | {"Idempotency-Key": "k1"},
    )
    assert answer.json()["errors"][0]["field"] == "text"
    assert "ada@example.com" not in answer.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b\x07c\r\nd", "abc\nd"),
        ("  where is DR-100231?  ", "where is DR-100231?"),
        ("😡😡", "😡😡"),
        ("👩‍👧 مرحبا", "👩‍👧 مرحبا"),
    ],
)
async def test_text_is_cleaned_and_otherwise_kept(caller: Caller, sent: str, kept: str) -> None:
    answer = await caller.say(sent)
    assert answer.json()["text"] == f"You said: {kept}"


async def test_lone_surrogate_is_dropped(caller: Caller) -> None:
    answer = await caller.house.client.post(
        f"{caller.path}/messages",
        content=b'{"text": "a\\ud83dz"}',
        headers=caller.headers | {"Idempotency-Key": "k1"},
    )
    assert answer.json()["text"] == "You said: az"


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "k" * 201, "a\tb"])
async def test_silly_idempotency_key_is_refused(caller: Caller, key: str) -> None:
    headers = httpx.Headers(caller.headers | {"Idempotency-Key": key}, encoding="utf-8")
    answer = await caller.house.client.post(f"{caller.path}/messages", json={"text": "hi"}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (
        400,
        "urn:dragoman:problem:idempotency_key_invalid",
    )


async def test_missing_idempotency_key_is_refused(caller: Caller) -> None:
    answer = await caller.house.client.post(
        f"{caller.path}/messages", json={"text": "hi"}, headers=caller.headers
    )
    assert (answer.status_code, answer.json()["type"]) == (
        400,
        "urn:dragoman:problem:idempotency_key_missing",
    )


async def test_problem_is_told_in_the_language_of_the_conversation_or_of_the_caller(house: House) -> None:
    german = await house.open(language="de")
    caller = await house.open()

    def detail(language: str) -> str:
        return house.services.renderer.message(Locale(language), "problem.empty_text", {})

    assert (await german.say(" ")).json()["detail"] == detail("de")
    chinese = await caller.say(" ", **{"Accept-Language": "zh-CN,zh;q=0.9"})
    assert chinese.json()["detail"] == detail("zh-Hans")
    assert chinese.headers["Content-Language"] == "zh-Hans"
    assert chinese.json()["title"] == "The text is empty."
    assert (await caller.say(" ", **{"Accept-Language": "xx"})).json()["detail"] == detail("en")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # only SQLite locks as a whole
async def test_locked_database_acknowledges_nothing(caller: Caller, database_url: str) -> None:
    blocker = sqlite3.connect(str(make_url(database_url).database), isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    answer = await caller.say("hello")
    blocker.execute("ROLLBACK")
    blocker.close()
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:dragoman:problem:unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert await caller.house.services.conversations.transcript(caller.id) == ()
    assert (await caller.say("hello")).status_code == 200


def _replace_by_a_folder(file: Path, away: Path) -> None:
    file.rename(away)
    file.mkdir()


@contextmanager
def _closed_to_connections(url: URL) -> Iterator[None]:
    with psycopg.connect(os.environ["DRAGOMAN_TEST_POSTGRES_URL"], autocommit=True) as admin:
        name = sql.Identifier(str(url.database))
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


async def test_database_that_is_gone_acknowledges_nothing(
    caller: Caller, database_url: str, tmp_path: Path
) -> None:
    url = make_url(database_url)
    database = caller.house.services.conversations.database
    await database.engine.dispose()
    if url.get_backend_name() == "sqlite":
        _replace_by_a_folder(Path(str(url.database)), tmp_path / "away")
        answer = await caller.say("hello")
    else:
        with _closed_to_connections(url):
            answer = await caller.say("hello")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:dragoman:problem:unavailable")
