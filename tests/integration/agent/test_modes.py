"""Shadow, draft and auto over the real graph: what leaves, what is kept, and what stays undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.planners.planner import View
from conversations.models import Author, DraftState, EventKind, HandoffReason, Mode, Owner
from i18n.languages import BUILT_IN
from nlu.perception import Mood, Perception
from tests.crash.scripted import ScriptedUnderstanding
from tests.integration.agent.conftest import ANNA, STORIES, Make, Open, told
from tests.integration.agent.modes import ASKED, STORY, left, only_draft, waiting_words


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


class Furious(ScriptedUnderstanding):
    """Takes whoever shouts for furious."""

    async def perceive(
        self, text: str, *, previous_language: str | None, presumed: bool = False
    ) -> Perception:
        seen = await super().perceive(text, previous_language=previous_language, presumed=presumed)
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
