"""The kill switch, and what becomes of an answer during which it is thrown or a person comes or goes."""

from __future__ import annotations

import pytest

from agent.planners.planner import Phrase
from conversations.models import EventKind, Mode, Owner
from tests.integration.agent.conftest import ANNA, Make, Open, Talk, told
from tests.integration.agent.modes import ASKED, identified, only_draft, status, waiting_words
from tests.integration.agent.test_ownership import ThinkingPlanner


async def test_kill_switch_makes_drafts_until_it_is_released(either_shop_url: str, open_house: Open) -> None:
    house = await open_house(either_shop_url, mode=Mode.AUTO)
    talk = await house.open(market="GB")
    await house.conversations.stop_automation(ANNA)
    restarted = await open_house(either_shop_url, mode=Mode.AUTO)
    assert waiting_words(house, await talk.say(ASKED))
    elsewhere = Talk(restarted, talk.id, talk.token)
    assert (await elsewhere.say("where is it?")).text == ""
    assert len(await house.conversations.open_drafts(talk.id)) == 2
    await restarted.conversations.resume_automation(ANNA)
    assert told(await talk.say("where is it?")) != []


async def test_switch_thrown_in_the_middle_of_an_answer_keeps_the_rest(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url, mode=Mode.AUTO)
    talk = await house.open()
    await house.idle()
    planner = ThinkingPlanner(Phrase("social.goodbye"))
    runner = house.another_runner(planner=planner)
    accepted = await house.conversations.accept(talk.id, "Hello", "k")
    runner.notify(talk.id)
    await planner.thinks.wait()
    await house.conversations.stop_automation(ANNA)
    planner.go_on.set()
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    assert reply is not None
    greeting = house.words("en", "social.greeting")
    assert reply.text.startswith(f"{greeting} {house.words('en', 'handoff.staff_answers')}")
    events = await house.conversations.events_after(talk.id, 0)
    assert [e.payload["text"] for e in events if e.kind is EventKind.SENTENCE] == [greeting]
    draft = await only_draft(house, talk)
    assert draft.text == " ".join(house.words("en", f"social.{name}") for name in ("goodbye", "thanks"))
    assert await house.conversations.unclosed() == []


async def test_person_who_hands_back_while_a_draft_is_being_made_leaves_it_in_the_queue(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open()
    await house.idle()
    planner = ThinkingPlanner(Phrase("social.goodbye"))
    runner = house.another_runner(planner=planner)
    await house.conversations.take(talk.id, ANNA)
    accepted = await house.conversations.accept(talk.id, "Hello", "k")
    runner.notify(talk.id)
    await planner.thinks.wait()
    await house.conversations.hand_back(talk.id, ANNA)
    planner.go_on.set()
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    assert reply is not None
    assert (reply.owner, len(await house.conversations.open_drafts(talk.id))) == (Owner.QUEUE, 1)
    assert (await house.conversations.get(talk.id)).owner is Owner.QUEUE


async def test_person_who_takes_over_while_a_draft_is_being_made_finds_it(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open()
    await house.idle()
    planner = ThinkingPlanner(Phrase("social.goodbye"))
    runner = house.another_runner(planner=planner)
    accepted = await house.conversations.accept(talk.id, "Hello", "k")
    runner.notify(talk.id)
    await planner.thinks.wait()
    await house.conversations.take(talk.id, ANNA)
    planner.go_on.set()
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    assert reply is not None
    assert (reply.text, reply.owner) == ("", Owner.HUMAN)
    assert len(await house.conversations.open_drafts(talk.id)) == 1


async def test_change_that_has_begun_when_the_switch_is_thrown_is_told_in_the_draft(
    opened: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await opened(Mode.AUTO)
    talk = await house.open(market="GB")
    await identified(house, talk)
    await talk.say("Please cancel it")
    confirm = house.deployment.ports.proposals.confirm

    async def confirm_and_stop(*arguments: object) -> object:
        result = await confirm(*arguments)  # type: ignore[arg-type]
        await house.conversations.stop_automation(ANNA)
        return result

    monkeypatch.setattr(house.deployment.ports.proposals, "confirm", confirm_and_stop)
    assert waiting_words(house, await talk.say("Yes"))
    draft = await only_draft(house, talk)
    assert [entry.statement for entry in draft.evidence] == ["cancel.done"]
    assert await status(house) == "cancelled"
