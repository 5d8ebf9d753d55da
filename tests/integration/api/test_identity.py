"""Who may see what: a token opens one conversation, and nothing tells a stranger that another exists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import httpx
import jwt
import pytest

from api.customer_tokens import CustomerTokens
from desk.staff import Role, Staff, StaffTokens
from facts.clock import FakeClock, SystemClock
from tests.integration.api.conftest import SECRET, Build, Caller, House

NOW = datetime.now(UTC)
SOON, GONE = int((NOW + timedelta(hours=1)).timestamp()), int((NOW - timedelta(hours=1)).timestamp())


async def test_wrong_token_looks_like_an_unknown_conversation(house: House) -> None:
    mine, hers = await house.open(), await house.open()
    unknown = mine.path[:-4] + "aaaa"
    answers = []
    for method, suffix in (("GET", ""), ("DELETE", ""), ("GET", "/events"), ("POST", "/messages")):
        for path in (hers.path, unknown, "/v1/conversations/%00", "/v1/conversations/' OR 1=1"):
            answers.append(
                await house.client.request(
                    method,
                    path + suffix,
                    headers=mine.headers | {"Idempotency-Key": "k"},
                    json={"text": "hi"} if method == "POST" else None,
                )
            )
    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1
    assert (await house.client.get(hers.path, headers=hers.headers)).status_code == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token"])
async def test_no_token_is_asked_for(caller: Caller, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await caller.house.client.get(caller.path, headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def _token(key: Any = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"sub": "c1", "exp": SOON, "email": "ada@example.com"} | claims, key, algorithm)


async def test_signed_customer_token_says_who_she_is(house: House) -> None:
    caller = await house.open(customer_token=_token())
    conversation = await house.services.conversations.get(caller.id)
    assert (conversation.customer_id, conversation.customer_email) == ("c1", "ada@example.com")


def _without(claim: str) -> str:
    claims = {"sub": "c1", "exp": SOON}
    del claims[claim]
    return jwt.encode(claims, SECRET, "HS256")


BAD_TOKENS = {
    "expired": _token(exp=GONE),
    "forged": _token(key="another secret that is long enough, too"),
    "unsigned": jwt.encode({"sub": "c1", "exp": SOON}, "", "none"),
    "without subject": _without("sub"),
    "without expiry": _without("exp"),
    "empty subject": _token(sub=""),
    "strange expiry": _token(exp=10**20),
    "nonsense": "a.b.c",
    "staff": StaffTokens(SECRET, SystemClock()).issue(
        Staff(id="c1", name="Anna", role=Role.ADMIN), timedelta(hours=1)
    ),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
async def test_bad_customer_token_opens_nothing(house: House, kind: str) -> None:
    answer = await house.client.post("/v1/conversations", json={"customer_token": BAD_TOKENS[kind]})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:dragoman:problem:customer_token_invalid")


async def test_where_no_key_is_set_every_customer_token_is_refused(build: Build) -> None:
    house = await build(customer_tokens=CustomerTokens(SystemClock()))
    for token in (_token(), BAD_TOKENS["unsigned"]):
        answer = await house.client.post("/v1/conversations", json={"customer_token": token})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"market": "Germany"},
        {"language": "no such"},
        {"channel": "CHAT!"},
        {"customer_token": ""},
        {"customer_token": "a" * 9_000},
        {"market": 49},
    ],
)
async def test_conversation_of_strange_values_is_refused(house: House, body: dict[str, object]) -> None:
    answer = await house.client.post("/v1/conversations", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dragoman:problem:invalid_request")


async def test_conversation_opens_with_nothing_said(house: House) -> None:
    answer = await house.client.post("/v1/conversations")
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    caller = await house.open(market="de", language="zh-Hans", somebody="adds a field")
    conversation = await house.services.conversations.get(caller.id)
    assert (conversation.market, conversation.language, conversation.channel) == ("DE", "zh-Hans", "chat")


STAFF_ROUTES = [
    ("GET", "/v1/desk/conversations/{id}/attachments/att_1"),
    ("GET", "/v1/desk/conversations"),
    ("GET", "/v1/desk/conversations/{id}"),
    ("POST", "/v1/desk/conversations/{id}/take"),
    ("POST", "/v1/desk/conversations/{id}/reply"),
    ("POST", "/v1/desk/conversations/{id}/hand-back"),
    ("GET", "/v1/desk/conversations/{id}/drafts"),
    ("POST", "/v1/desk/conversations/{id}/drafts/draft_1/send"),
    ("POST", "/v1/desk/conversations/{id}/drafts/draft_1/reject"),
    ("GET", "/v1/desk/drafts/counts"),
    ("GET", "/v1/desk/automation"),
    ("POST", "/v1/desk/automation/stop"),
    ("POST", "/v1/desk/automation/resume"),
    ("GET", "/v1/desk/tasks"),
    ("POST", "/v1/desk/tasks/task_1/approve"),
    ("POST", "/v1/desk/tasks/task_1/decline"),
    ("GET", "/metrics"),
]


def test_every_staff_route_is_on_the_list(house: House) -> None:
    open_to_all = {"/healthz", "/readyz", "/openapi.json"}
    mine = ("/v1/conversations",)
    paths = {path for path in house.app.openapi()["paths"] if not path.startswith(mine)} - open_to_all
    names = {
        "att_1": "{attachment_id}",
        "{id}": "{conversation_id}",
        "task_1": "{task_id}",
        "draft_1": "{draft_id}",
    }
    listed = {reduce(lambda kept, name: kept.replace(*name), names.items(), path) for _, path in STAFF_ROUTES}
    assert paths == listed


@pytest.mark.parametrize(("method", "path"), STAFF_ROUTES)
async def test_staff_route_refuses_everybody_else(caller: Caller, method: str, path: str) -> None:
    clock = FakeClock(NOW - timedelta(days=1))
    anna = Staff(id="anna", name="Anna", role=Role.ADMIN)
    tokens = [
        caller.token,
        _token(role="admin", name="Eve", aud="dragoman-staff"),
        StaffTokens("another secret that is long enough, too", SystemClock()).issue(anna, timedelta(hours=1)),
        StaffTokens(SECRET, clock).issue(anna, timedelta(hours=1)),
        "nonsense",
    ]
    target = path.replace("{id}", caller.id)
    assert (await caller.house.client.request(method, target)).status_code == 401
    for token in tokens:
        answer = await caller.house.client.request(
            method, target, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
        )
        assert (answer.status_code, answer.json()["type"]) == (
            401,
            "urn:dragoman:problem:staff_token_invalid",
        )


async def test_staff_token_does_not_open_a_customers_route(caller: Caller) -> None:
    answer = await caller.house.client.get(caller.path, headers=caller.house.staff(Role.ADMIN))
    assert answer.status_code == 404


async def test_erased_conversation_is_gone_for_its_owner(caller: Caller) -> None:
    await caller.say("hello")
    erased = await caller.house.client.delete(caller.path, headers=caller.headers)
    assert erased.status_code == 204
    assert (await caller.house.client.get(caller.path, headers=caller.headers)).status_code == 404
    assert (await caller.say("again", "k2")).status_code == 404


async def test_erasure_reaches_the_other_rooms_and_can_be_tried_again(build: Build) -> None:
    erased: list[str] = []

    async def failing(conversation_id: str) -> None:
        erased.append(conversation_id)
        if len(erased) == 1:
            raise httpx.ConnectError("away")

    house = await build(erasers=(failing,))
    caller = await house.open()
    first = await house.client.delete(caller.path, headers=caller.headers)
    assert (first.status_code, first.json()["type"]) == (500, "urn:dragoman:problem:internal")
    assert (await house.client.delete(caller.path, headers=caller.headers)).status_code == 204
    assert erased == [caller.id] * 3
