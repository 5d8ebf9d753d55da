"""Drafts and the kill switch over HTTP: who may do what, once, and what is counted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api.public_events import public
from conversations.models import Conversation, DraftReply, EventKind, Mode
from conversations.modes import Modes
from desk.service import Desk
from desk.staff import Role
from facts.clock import SystemClock
from tests.contract.conversations.samples import CARD, drafted
from tests.integration.api.conftest import Build, Caller, House, channels


async def _drafted(caller: Caller, text: str = "Where is it?", mode: Mode = Mode.DRAFT) -> DraftReply:
    conversations = caller.house.services.conversations
    conversation: Conversation = await conversations.get(caller.id)
    return await drafted(conversations, conversation, text, mode)


def _path(caller: Caller, draft: DraftReply | None = None, act: str = "") -> str:
    drafts = f"/v1/desk/conversations/{caller.id}/drafts"
    return f"{drafts}/{draft.id}/{act}" if draft else drafts


async def _counted(house: House) -> dict[str, float]:
    text = (await house.client.get("/metrics", headers=house.staff())).text
    lines = [line for line in text.splitlines() if line.startswith("dragoman_drafts_total")]
    return {line.partition("{")[2].partition("}")[0]: float(line.rpartition(" ")[2]) for line in lines}


async def test_draft_is_seen_with_the_conversation_and_sent_as_it_is(caller: Caller) -> None:
    house, draft = caller.house, await _drafted(caller)
    view = (await house.client.get(f"/v1/desk/conversations/{caller.id}", headers=house.staff())).json()
    assert [(each["id"], each["text"], each["mode"], each["cards"]) for each in view["drafts"]] == [
        (draft.id, draft.text, "draft", [CARD])
    ]
    for _ in range(2):
        sent = await house.client.post(_path(caller, draft, "send"), headers=house.staff())
        assert (sent.status_code, sent.json()["text"], sent.json()["staff_name"]) == (200, draft.text, "Anna")
    events = await house.services.conversations.events_after(caller.id, 0)
    (told,) = [public(event) for event in events if event.kind is EventKind.STAFF_MESSAGE]
    assert (told["text"], told["cards"], [each["id"] for each in told["evidence"]]) == (
        draft.text,
        [CARD],
        ["e1"],
    )
    view = (await house.client.get(f"/v1/desk/conversations/{caller.id}", headers=house.staff())).json()
    assert (view["drafts"], view["conversation"]["owner"]) == ([], "assistant")
    listed = (await house.client.get(_path(caller), headers=house.staff())).json()
    assert [(each["state"], each["staff_id"]) for each in listed] == [("unchanged", "anna")]


async def test_edited_and_rejected_drafts_are_counted(caller: Caller) -> None:
    house = caller.house
    one, two, three = [await _drafted(caller, text) for text in ("one", "two", "three")]
    await _drafted(caller, "four", Mode.SHADOW)
    edited = await house.client.post(
        _path(caller, one, "send"), json={"text": "Tomorrow, I have asked."}, headers=house.staff()
    )
    assert edited.json()["text"] == "Tomorrow, I have asked."
    await house.client.post(_path(caller, two, "send"), headers=house.staff())
    for _ in range(2):
        rejected = await house.client.post(_path(caller, three, "reject"), headers=house.staff())
        assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")
    counts = (await house.client.get("/v1/desk/drafts/counts", headers=house.staff())).json()
    cell = {"channel": "chat", "market": "DE", "intent": "where_is_order"}
    assert sorted(counts, key=lambda each: str(each["mode"])) == [
        cell | {"mode": "draft", "open": 0, "unchanged": 1, "edited": 1, "rejected": 1},
        cell | {"mode": "shadow", "open": 1, "unchanged": 0, "edited": 0, "rejected": 0},
    ]
    assert await _counted(house) == {
        'mode="draft",outcome="made"': 3,
        'mode="draft",outcome="unchanged"': 1,
        'mode="draft",outcome="edited"': 1,
        'mode="draft",outcome="rejected"': 1,
        'mode="shadow",outcome="made"': 1,
    }


async def test_draft_is_decided_once(caller: Caller) -> None:
    house, draft = caller.house, await _drafted(caller)
    people = [house.staff(name=f"Person{n}") for n in range(6)]
    tries = [
        house.client.post(_path(caller, draft, "send"), json={"text": f"Words {n}"}, headers=person)
        for n, person in enumerate(people)
    ]
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["type"] == "urn:dragoman:problem:draft_closed"
    assert refused["detail"] == "This draft was already sent or rejected."


async def test_refusals(caller: Caller) -> None:
    house, draft = caller.house, await _drafted(caller)
    other = await house.open()
    anna = house.staff()
    post: Any = house.client.post
    assert (await post(_path(other, draft, "send"), headers=anna)).status_code == 404
    assert (await post(_path(caller) + "/drf_nonsense/send", headers=anna)).status_code == 404
    assert (await post(_path(caller, draft, "send"), json={"text": "  "}, headers=anna)).status_code == 422
    assert (await house.client.get(_path(caller), headers=caller.headers)).status_code == 401
    assert (await post(_path(caller, draft, "send"), headers=caller.headers)).status_code == 401
    await post(f"/v1/desk/conversations/{caller.id}/take", headers=anna)
    refused = await post(_path(caller, draft, "send"), headers=house.staff(name="Ben"))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:dragoman:problem:not_yours")
    shadow = await _drafted(other, mode=Mode.SHADOW)
    assert (await post(_path(other, shadow, "send"), headers=anna)).status_code == 409


async def test_only_an_admin_stops_and_resumes_and_everybody_sees_it(house: House) -> None:
    path, admin = "/v1/desk/automation", house.staff(Role.ADMIN, "Ada")
    for role in (Role.AGENT, Role.SENIOR):
        for act in ("stop", "resume"):
            refused = await house.client.post(f"{path}/{act}", headers=house.staff(role))
            assert (refused.status_code, refused.json()["type"]) == (403, "urn:dragoman:problem:role_too_low")
    stopped = (await house.client.post(f"{path}/stop", headers=admin)).json()
    assert (stopped["switch"]["stopped"], stopped["switch"]["staff_id"]) == (True, "ada")
    assert (await house.client.get(path, headers=house.staff())).json() == stopped
    resumed = (await house.client.post(f"{path}/resume", headers=admin)).json()
    assert (resumed["switch"]["stopped"], resumed["default"], resumed["rules"]) == (False, "draft", [])
    assert (await house.client.get(path)).status_code == 401


async def test_rules_are_shown_as_they_hold(build: Build, tmp_path: Path) -> None:
    file = tmp_path / "modes.yaml"
    file.write_text("- {mode: auto, market: no, intent: [where_is_order]}", "utf-8")
    plain = await build()
    modes = Modes(Mode.SHADOW, file)
    house = await build(
        desk=Desk(plain.services.conversations, plain.settlement, channels(SystemClock()), modes)
    )
    seen = (await house.client.get("/v1/desk/automation", headers=house.staff())).json()
    rule = {"mode": "auto", "channel": [], "market": ["NO"], "intent": ["where_is_order"]}
    assert (seen["default"], seen["rules"], seen["wrong"]) == ("shadow", [rule], None)
    file.write_text("- {mode: auto, intent: nonsense}", "utf-8")
    seen = (await house.client.get("/v1/desk/automation", headers=house.staff())).json()
    assert (seen["rules"], "rule 1" in seen["wrong"]) == ([], True)


@pytest.mark.parametrize("act", ["send", "reject"])
async def test_erased_conversation_has_no_drafts(caller: Caller, act: str) -> None:
    house, draft = caller.house, await _drafted(caller)
    await house.client.delete(caller.path, headers=caller.headers)
    answer = await house.client.post(_path(caller, draft, act), headers=house.staff())
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:dragoman:problem:conversation_erased")
    assert (await house.client.get(_path(caller), headers=house.staff())).status_code == 410
