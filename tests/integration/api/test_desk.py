"""The staff's side over HTTP: list, take, answer, hand back, approve."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from conversations.models import EventKind, Handoff, HandoffReason, Priority, TaskKind
from desk.staff import Role
from facts.identifiers import new_id
from tests.integration.api.conftest import Caller, House


async def _queue(caller: Caller, priority: Priority = Priority.NORMAL) -> Handoff:
    handoff = Handoff(
        id=new_id("hnd"),
        conversation_id=caller.id,
        reason=HandoffReason.FURIOUS,
        priority=priority,
        summary={"en": "Parcel is late.", "zh-Hans": "包裹延误。"},
        language="en",
        created_at=datetime.now(UTC),
    )
    return await caller.house.services.conversations.queue(caller.id, handoff)


async def test_queue_comes_first_by_priority_and_waiting_time(house: House) -> None:
    talking, late, early, urgent = [await house.open() for _ in range(4)]
    for caller, priority in ((early, Priority.NORMAL), (late, Priority.NORMAL), (urgent, Priority.URGENT)):
        await _queue(caller, priority)
    listed = (await house.client.get("/v1/desk/conversations", headers=house.staff())).json()
    assert [line["conversation_id"] for line in listed] == [urgent.id, early.id, late.id, talking.id]
    assert listed[0]["summary"]["zh-Hans"] == "包裹延误。"
    assert listed[0]["waiting_seconds"] >= 0
    queued = await house.client.get("/v1/desk/conversations?state=queue&limit=2", headers=house.staff())
    assert [line["conversation_id"] for line in queued.json()] == [urgent.id, early.id]
    assert (
        await house.client.get("/v1/desk/conversations?limit=0", headers=house.staff())
    ).status_code == 422


async def test_furious_customer_is_taken_over_answered_and_handed_back(caller: Caller) -> None:
    house, desk = caller.house, f"/v1/desk/conversations/{caller.id}"
    await caller.say("this is a scandal")
    await _queue(caller, Priority.URGENT)
    anna = house.staff()
    seen = (await house.client.post(f"{desk}/take", headers=anna)).json()
    assert [m["text"] for m in seen["messages"]] == ["this is a scandal", "You said: this is a scandal"]
    assert (seen["conversation"]["owner"], seen["handoff"]["taken_by"]) == ("human", "anna")

    silent = await caller.say("are you there?", "k2")
    assert (silent.json()["text"], silent.json()["owner"]) == ("", "human")

    headers = anna | {"Idempotency-Key": "r1"}
    for _ in range(2):
        answer = await house.client.post(f"{desk}/reply", json={"text": "Anna here."}, headers=headers)
        assert answer.status_code == 200
    back = await house.client.post(f"{desk}/hand-back", headers=anna)
    assert back.json()["conversation"]["owner"] == "assistant"
    assert (await caller.say("thanks", "k3")).json()["text"] == "You said: thanks"

    events = await house.services.conversations.events_after(caller.id, 0)
    told = [
        e.payload.get("owner") or e.payload["text"]
        for e in events
        if e.kind in {EventKind.OWNERSHIP, EventKind.STAFF_MESSAGE}
    ]
    assert told == ["queue", "human", "Anna here.", "assistant"]


async def test_only_one_of_many_takes_it_and_only_she_answers(caller: Caller) -> None:
    house, desk = caller.house, f"/v1/desk/conversations/{caller.id}"
    people = [house.staff(name=f"Person{n}") for n in range(10)]
    answers = await asyncio.gather(*(house.client.post(f"{desk}/take", headers=p) for p in people))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 9
    winner = next(n for n, a in enumerate(answers) if a.status_code == 200)
    other = people[(winner + 1) % 10]
    refused = await house.client.post(
        f"{desk}/reply", json={"text": "Hi"}, headers=other | {"Idempotency-Key": "r"}
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:dragoman:problem:not_yours")
    assert (await house.client.post(f"{desk}/hand-back", headers=other)).status_code == 403
    senior = house.staff(Role.SENIOR, "Sara")
    assert (await house.client.post(f"{desk}/hand-back", headers=senior)).status_code == 200


async def test_unknown_conversation_is_not_found(house: House) -> None:
    for path in ("cnv_" + "a" * 24, "%00", "nonsense"):
        answer = await house.client.get(f"/v1/desk/conversations/{path}", headers=house.staff())
        assert answer.status_code == 404


async def test_approval_needs_a_senior_and_happens_once(caller: Caller) -> None:
    house = caller.house
    conversations = house.services.conversations
    await conversations.add_task("prp_1", caller.id, TaskKind.APPROVE, {"en": "Refund EUR 500"})
    await conversations.add_task("prp_2", caller.id, TaskKind.CARRY_OUT, {"en": "Cancel DR-1"})
    await conversations.add_task("prp_3", caller.id, TaskKind.APPROVE, {"en": "Refund EUR 900"})
    tasks = (await house.client.get("/v1/desk/tasks", headers=house.staff())).json()
    ids = {task["proposal_id"]: task["id"] for task in tasks}

    path = f"/v1/desk/tasks/{ids['prp_1']}/approve"
    assert (await house.client.post(path, headers=house.staff())).status_code == 403
    senior = house.staff(Role.SENIOR, "Sara")
    assert (await house.client.post(path, headers=senior)).json()["outcome"] == "approveed"
    assert (await house.client.post(path, headers=senior)).status_code == 404
    done = await house.client.post(f"/v1/desk/tasks/{ids['prp_2']}/approve", headers=house.staff())
    no = await house.client.post(f"/v1/desk/tasks/{ids['prp_3']}/decline", headers=senior)
    assert (done.json()["outcome"], no.json()["outcome"]) == ("fulfiled", "rejected")
    assert house.settlement.calls == [
        ("approve", "prp_1", "sara"),
        ("fulfil", "prp_2", "anna"),
        ("reject", "prp_3", "sara"),
    ]
    assert (await house.client.get("/v1/desk/tasks", headers=senior)).json() == []
