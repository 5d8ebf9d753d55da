"""What is logged names no person and repeats no message, also where everything goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent.planners.planner import PlanItem, View
from persistence import engine
from telemetry.logs import configure_logs
from tests.integration.agent.conftest import STORIES, House, Open
from tests.integration.agent.test_storage import locked

STORY = STORIES["processing_paid_en"]
CANARY = "My canary is Quetzalcoatl Featherstonehaugh"
SECRETS = ("Quetzalcoatl", "Featherstonehaugh", "canary", STORY.email, STORY.number, STORY.postcode)


class LeakyPlanner:
    """Fails with the customer's words in its error and its variables."""

    name = "leaky"
    streaming = False

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        words = view.perception.text
        if words:
            raise ValueError(f"cannot plan for {words} of {view.details}")
        yield  # type: ignore[misc]


async def say_everything(house: House) -> None:
    talk = await house.open(language="en", market="GB")
    await talk.say(f"{CANARY}. Where is my order {STORY.number}? {STORY.email}, {STORY.postcode}")
    await talk.say("Please cancel it")
    await talk.say("000000")
    await talk.say(f"I want to talk to a person. {CANARY}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 200)


@pytest.mark.usefixtures("impatient")
async def test_logs_hold_no_names_addresses_or_messages(
    shop_url: str,
    open_house: Open,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure_logs("debug")
    house = await open_house(shop_url)
    await say_everything(house)
    talk = await house.open(language="en")
    runner = house.another_runner(planner=LeakyPlanner())
    accepted = await house.conversations.accept(talk.id, f"{CANARY} {STORY.email}", "k")
    runner.notify(talk.id)
    assert await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    await house.idle()
    with locked(shop_url):
        answer = await talk.post(f"{CANARY} {STORY.email}", "k2")
        assert answer.status_code == 503
        assert not any(secret in answer.text for secret in SECRETS)
    forged = await house.client.post(
        f"{talk.path}/messages",
        content=b'{"text": 5, "' + CANARY.encode() + b'": 1}',
        headers=talk.headers | {"Idempotency-Key": "k3"},
    )
    assert forged.status_code == 422
    assert CANARY not in forged.text
    written = "".join([*capfd.readouterr(), caplog.text])
    assert written.count("turn_failed") == 3
    assert "storage_unavailable" in written
    assert [secret for secret in SECRETS if secret in written] == []
