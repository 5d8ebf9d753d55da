"""Shadow, draft and auto over the real graph: what leaves, what is kept, and what stays undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.planners.planner import Phrase, View
from conversations.models import (
    ActionState,
    Author,
    DraftReply,
    DraftState,
    EventKind,
    HandoffReason,
    Level,
    Mode,
    Owner,
    Reply,
)
from i18n.languages import BUILT_IN
from nlu.perception import Mood, Perception
from tests.crash.scripted import ScriptedUnderstanding
from tests.integration.agent.conftest import ANNA, STORIES, House, Open, Talk, told
from tests.integration.agent.test_ownership import ThinkingPlanner

STORY = STORIES["processing_paid_en"]
ASKED = f"Where is my order {STORY.number}? I am {STORY.email}"

Make = Callable[..., Awaitable[House]]


@pytest.fixture
def opened(open_house: Open, shop_url: str) -> Make:
    """A deployment in a mode, with rules where a test writes some."""

    async def make(mode: Mode, rules: str = "", reads: ScriptedUnderstanding | None = None) -> House:
        house = await open_house(shop_url, reads, mode=mode)
        if rules:
            (house.deployment.settings.home / "modes.yaml").write_text(rules, "utf-8")
        return house

    return make


async def only_draft(house: House, talk: Talk) -> DraftReply:
    (draft,) = await house.conversations.drafts(talk.id)
    return draft


def waiting_words(house: House, reply: Reply) -> bool:
    return reply.text.startswith(house.words("en", "handoff.staff_answers"))


async def left(house: House, talk: Talk) -> list[EventKind]:
    """What the customer's page heard beside the start of turns and their replies."""
    bookkeeping = (EventKind.TURN_STARTED, EventKind.REPLY)
    return [e.kind for e in await house.conversations.events_after(talk.id, 0) if e.kind not in bookkeeping]


async def test_draft_is_kept_with_its_evidence_and_she_hears_once_that_a_person_answers(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    first = await talk.say(ASKED)
    assert waiting_words(house, first)
    assert (first.owner, first.evidence, first.cards, first.quick_replies) == (Owner.QUEUE, (), (), ())
    assert (await talk.say("Thank you, where is it?")).text == ""
    assert await left(house, talk) == []
    one, _ = await house.conversations.open_drafts(talk.id)
    assert (one.mode, one.intent, one.market, one.language) == (Mode.DRAFT, "where_is_order", "GB", "en")
    assert STORY.number in one.text
    assert {entry.statement for entry in one.evidence} & {"tracking.not_shipped", "order.status.processing"}
    assert [m.author for m in await talk.transcript()] == [Author.CUSTOMER, Author.ASSISTANT, Author.CUSTOMER]
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.STAFF_ANSWERS


async def test_auto_says_at_once_what_draft_keeps(opened: Make) -> None:
    drafting, speaking = await opened(Mode.DRAFT), await opened(Mode.AUTO)
    kept, spoken = await drafting.open(market="GB"), await speaking.open(market="GB")
    await kept.say(ASKED)
    reply = await spoken.say(ASKED)
    draft = await only_draft(drafting, kept)
    says_that_it_is_an_ai = speaking.words("en", "social.disclosure")
    assert f"{says_that_it_is_an_ai} {draft.text}" == reply.text
    assert {e.statement for e in draft.evidence} == {e.statement for e in reply.evidence}
    assert await speaking.conversations.drafts(spoken.id) == ()


async def test_draft_that_is_sent_unchanged_shows_the_cards_that_auto_shows(
    either_shop_url: str, open_house: Open
) -> None:
    story = STORIES["in_transit_en"]
    told: dict[Mode, dict[str, Any]] = {}
    for mode in (Mode.AUTO, Mode.DRAFT):
        house = await open_house(either_shop_url, mode=mode)
        talk = await house.open(market="GB")
        reply = await talk.say(f"Where is my order {story.number}? I am {story.email}")
        if mode is Mode.DRAFT:
            await house.conversations.send_draft(talk.id, (await only_draft(house, talk)).id, ANNA)
        events = await house.conversations.events_after(talk.id, 0)
        told[mode] = events[-1].payload if mode is Mode.DRAFT else reply.model_dump(mode="json")
    assert [card["type"] for card in told[Mode.DRAFT]["cards"]] == ["tracking"]
    for part in ("cards", "evidence"):
        assert told[Mode.DRAFT][part] == told[Mode.AUTO][part]


async def test_conversation_goes_on_from_what_was_sent(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await talk.say("where is my parcel")
    asked = await only_draft(house, talk)
    assert asked.text == house.words("en", "order.ask")
    await house.conversations.send_draft(talk.id, asked.id, ANNA)
    assert (await house.conversations.get(talk.id)).owner is Owner.ASSISTANT
    assert (await talk.say(f"{STORY.number}, {STORY.email}")).text == "", "a person was promised before"
    answer = (await house.conversations.drafts(talk.id))[-1]
    assert (STORY.number in answer.text, answer.intent) == (True, "where_is_order")
    assert (await house.conversations.get(talk.id)).owner is Owner.QUEUE


async def test_shadow_sends_nothing_and_goes_on_while_a_person_answers(opened: Make) -> None:
    house = await opened(Mode.SHADOW)
    talk = await house.open(market="GB")
    first = await talk.say(ASKED)
    assert (first.text, first.owner, await left(house, talk)) == ("", Owner.QUEUE, [])
    await house.conversations.take(talk.id, ANNA)
    second = await talk.say("where is it?")
    assert (second.text, second.owner) == ("", Owner.HUMAN)
    drafts = await house.conversations.drafts(talk.id)
    assert [(draft.mode, draft.state) for draft in drafts] == [(Mode.SHADOW, DraftState.OPEN)] * 2
    assert await house.conversations.open_drafts(talk.id) == ()


async def test_person_who_answers_is_given_drafts_beside_her_own_words(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await house.conversations.take(talk.id, ANNA)
    reply = await talk.say(ASKED)
    assert (reply.text, reply.owner) == ("", Owner.HUMAN)
    draft = await only_draft(house, talk)
    await house.conversations.send_draft(talk.id, draft.id, ANNA, "Let me look.")
    assert (await house.conversations.get(talk.id)).owner is Owner.HUMAN


async def test_rules_are_by_what_is_asked_and_hold_from_the_next_message(opened: Make) -> None:
    house = await opened(Mode.DRAFT, "- {mode: auto, intent: where_is_order, market: GB}")
    british, german = await house.open(market="GB"), await house.open(market="DE")
    assert (await british.say("where is my parcel")).text.endswith(house.words("en", "order.ask"))
    # Only the number: what it goes on with decides.
    assert STORY.number in (await british.say(f"{STORY.number}, {STORY.email}")).text
    handed = await british.say("Please cancel it")
    assert handed.text.startswith(house.words("en", "handoff.not_automated"))
    assert waiting_words(house, await german.say("where is my parcel"))
    (house.deployment.settings.home / "modes.yaml").write_text("- {mode: auto, market: DE}", "utf-8")
    assert told(await german.say(ASKED)) != []


async def identified(house: House, talk: Talk) -> None:
    await talk.say(ASKED)
    await house.deployment.ports.identity_desk.grant(talk.id, f"ord_{STORY.number[3:]}", Level.CONFIRMED)


async def status(house: House) -> str:
    order = await house.deployment.backend.order_by_number(STORY.number)
    assert order is not None
    return order.status


async def test_change_is_worded_in_a_draft_and_no_yes_can_confirm_it(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await identified(house, talk)
    await talk.say("Please cancel it")
    worded = (await house.conversations.drafts(talk.id))[-1]
    assert {entry.statement for entry in worded.evidence} >= {"cancel.proposed"}
    assert await house.deployment.ports.proposals.settle(talk.id, "turn_later") is None
    await house.conversations.send_draft(talk.id, worded.id, ANNA)
    # Even where the assistant speaks again by then.
    for mode in (Mode.DRAFT, Mode.AUTO):
        house.deployment.ports.modes.default = mode
        yes = await talk.say("Yes")
        assert not [action for action in yes.actions if action.state is ActionState.EXECUTED]
    assert await status(house) == "processing"


async def test_yes_to_a_drafted_change_brings_a_person(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await identified(house, talk)
    await talk.say("Please cancel it")
    yes = await talk.say("Yes")
    assert yes.text.startswith(house.words("en", "handoff.not_automated"))
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.NOT_AUTOMATED


async def test_rule_for_a_change_holds_however_the_yes_was_taken(opened: Make) -> None:
    house = await opened(Mode.AUTO)
    talk = await house.open(market="GB")
    await identified(house, talk)
    assert told(await talk.say("Please cancel it")) == ["cancel.proposed"]
    (house.deployment.settings.home / "modes.yaml").write_text(
        "- {mode: draft, intent: cancel_order}", "utf-8"
    )
    yes = await talk.say("Yes")
    assert yes.text.startswith(house.words("en", "handoff.not_automated"))
    assert await status(house) == "processing"


async def test_no_code_is_mailed_for_a_draft(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await talk.say(ASKED)
    before = await house.deployment.mails.recent()
    reply = await talk.say("Please cancel it")
    assert reply.text.startswith(house.words("en", "handoff.not_automated"))
    assert await house.deployment.mails.recent() == before
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.NOT_AUTOMATED


class Furious(ScriptedUnderstanding):
    """Takes whoever shouts for furious."""

    async def perceive(self, text: str, *, previous_language: str | None) -> Perception:
        seen = await super().perceive(text, previous_language=previous_language)
        return replace(seen, mood=Mood.FURIOUS) if text.isupper() else seen


async def test_handoff_of_its_own_is_told_at_once_and_only_once(opened: Make) -> None:
    house = await opened(Mode.DRAFT, reads=Furious([BUILT_IN]))
    talk = await house.open(market="GB")
    await talk.say("where is my parcel")
    shouted = await talk.say("THIEVES")
    assert shouted.text.startswith(house.words("en", "handoff.furious"))
    assert shouted.handoff is not None
    assert shouted.handoff.reason is HandoffReason.FURIOUS
    assert (await talk.say("THIEVES!")).text == ""
    assert len(await house.conversations.open_drafts(talk.id)) == 1, "a handoff alone is no draft"
    assert await left(house, talk) == [EventKind.OWNERSHIP]


async def test_in_shadow_even_a_handoff_is_only_kept(opened: Make) -> None:
    house = await opened(Mode.SHADOW, reads=Furious([BUILT_IN]))
    talk = await house.open(market="GB")
    assert (await talk.say("THIEVES")).text == ""
    draft = await only_draft(house, talk)
    assert draft.text.startswith(house.words("en", "handoff.furious"))
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.FURIOUS, "staff hear of it all the same"


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


class FailingPlanner:
    """Fails at every attempt."""

    name = "failing"
    streaming = False

    async def plan(self, view: View) -> object:
        raise RuntimeError("a bug")
        yield


@pytest.mark.parametrize("mode", Mode)
async def test_turn_that_cannot_be_completed_says_nothing_in_shadow(opened: Make, mode: Mode) -> None:
    house = await opened(mode)
    talk = await house.open()
    await house.idle()
    runner = house.another_runner(planner=FailingPlanner())
    accepted = await house.conversations.accept(talk.id, "Hello", "k")
    runner.notify(talk.id)
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    assert reply is not None
    assert reply.owner is Owner.QUEUE
    assert bool(reply.text) is (mode is not Mode.SHADOW)


def test_real_shop_drafts_and_the_demo_speaks(tmp_path: Path) -> None:
    from bootstrap.settings import Settings

    def default(**values: object) -> Mode:
        return Settings(_env_file=None, home=tmp_path, **values).default_mode  # type: ignore[call-arg, arg-type]

    assert [default(), default(demo=True), default(demo=True, mode="shadow")] == [
        Mode.DRAFT,
        Mode.AUTO,
        Mode.SHADOW,
    ]
