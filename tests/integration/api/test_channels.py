"""The desk tells until when each channel wants an answer, and orders the queue by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversations.models import Priority
from tests.integration.api.conftest import Caller, House
from tests.integration.api.test_desk import _queue


async def _lines(house: House, query: str = "") -> list[dict[str, str]]:
    listed: list[dict[str, str]] = (
        await house.client.get(f"/v1/desk/conversations{query}", headers=house.staff())
    ).json()
    return listed


async def _asked(house: House, channel: str, priority: Priority = Priority.NORMAL) -> Caller:
    """Somebody whose message has come to wait for a person."""
    caller = await house.open(channel=channel)
    house.agent.gate.clear()
    await house.services.conversations.accept(caller.id, "Is it broken?", "k1")
    await _queue(caller, priority)
    return caller


async def test_queue_is_ordered_by_priority_then_by_what_is_due_first(house: House) -> None:
    chat, walmart, amazon, tiktok, urgent = [
        await _asked(house, channel, priority)
        for channel, priority in (
            ("chat", Priority.NORMAL),
            ("walmart", Priority.NORMAL),
            ("amazon", Priority.NORMAL),
            ("tiktok-shop", Priority.NORMAL),
            ("chat", Priority.URGENT),
        )
    ]
    listed = [line["conversation_id"] for line in await _lines(house, "?state=queue")]
    assert listed == [urgent.id, tiktok.id, chat.id, amazon.id, walmart.id]
    assert [line["conversation_id"] for line in await _lines(house, "?state=queue&limit=2")] == listed[:2]


async def test_due_time_runs_from_her_unanswered_message_and_ends_with_a_persons_answer(house: House) -> None:
    caller = await _asked(house, "amazon")
    (line,) = await _lines(house)
    (message,) = await house.services.conversations.transcript(caller.id)
    assert datetime.fromisoformat(line["due_at"]) == message.created_at + timedelta(hours=24)
    desk, anna = f"/v1/desk/conversations/{caller.id}", house.staff()
    seen = (await house.client.post(f"{desk}/take", headers=anna)).json()
    assert datetime.fromisoformat(seen["due_at"]) == message.created_at + timedelta(hours=24)
    answer = await house.client.post(
        f"{desk}/reply", json={"text": "It is not."}, headers=anna | {"Idempotency-Key": "r"}
    )
    assert answer.status_code == 200
    (line,) = await _lines(house)
    assert line["due_at"] is None
    assert (await house.client.get(desk, headers=anna)).json()["due_at"] is None


async def test_a_channel_without_a_clock_is_never_due(house: House) -> None:
    await _asked(house, "chat")
    (line,) = await _lines(house)
    assert line["due_at"] is None


async def test_refusals_are_told_in_the_language_of_the_person(house: House) -> None:
    caller = await _asked(house, "amazon")
    desk = f"/v1/desk/conversations/{caller.id}"
    headers = house.staff() | {"Idempotency-Key": "r", "Accept-Language": "de"}
    await house.client.post(f"{desk}/take", headers=headers)
    refused = await house.client.post(f"{desk}/reply", json={"text": "Siehe shop.de"}, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("Dieser Kanal lässt das nicht zu: shop.de.")
