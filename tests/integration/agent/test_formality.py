"""The form of address that a customer asks for is kept like her other preferences, shown and erased with them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.planners.briefing import history
from agent.planners.flows import FlowsPlanner
from agent.planners.planner import View
from agent.redaction import Redaction
from conversations.profiles import Formality
from nlu.embedded import EmbeddedUnderstanding
from tests.integration.agent.conftest import House, Open, Talk
from tests.integration.agent.remembering import STORY, bearer, open_shop, token
from tests.integration.agent.test_memory import ME, code_in

DU = "You may call me du"
SIE = "Please address me formally"


@pytest.fixture
async def shop(open_house: Open, shop_url: str) -> House:
    return await open_shop(open_house, shop_url)


async def signed_in(shop: House) -> Talk:
    return await shop.open(customer_token=token(), language="en")


async def kept(shop: House) -> Formality | None:
    await shop.idle()
    profile = await shop.deployment.ports.records.profiles.get(STORY.customer_id)
    return profile.formality if profile else None


async def summary(shop: House, talk: Talk) -> str:
    await talk.say("I want a person")
    handoff = await shop.conversations.open_handoff(talk.id)
    assert handoff is not None
    return handoff.summary["en"]


async def test_wish_is_answered_kept_shown_to_her_and_to_staff(shop: House) -> None:
    talk = await signed_in(shop)
    assert shop.words("en", "formality.familiar") in (await talk.say(DU)).text
    assert await kept(shop) is Formality.FAMILIAR
    account = (await shop.client.get(ME, headers=bearer(token()))).json()
    export = (await shop.client.get(f"{ME}/export", headers=bearer(token()))).json()
    assert account["profile"]["formality"] == export["profile"]["formality"] == "familiar"
    assert shop.words("en", "desk.summary.formality.familiar") in await summary(shop, await signed_in(shop))


async def test_newest_wish_counts_also_in_a_conversation_that_knew_the_older_one(shop: House) -> None:
    first, second = await signed_in(shop), await signed_in(shop)
    await first.say(DU)
    await second.say(SIE)
    await first.say("thank you")
    assert await kept(shop) is Formality.FORMAL


async def test_her_own_way_of_writing_is_no_wish(shop: House) -> None:
    talk = await signed_in(shop)
    await talk.say("thank you, du bist super")
    assert await kept(shop) is None
    assert "addressed" not in await summary(shop, talk)


async def test_wish_of_an_unproven_guest_lasts_for_the_conversation_alone(shop: House) -> None:
    talk = await shop.open(language="en")
    await talk.say(DU)
    await talk.say(f"Where is {STORY.number}? {STORY.email}")
    assert await kept(shop) is None
    assert shop.words("en", "desk.summary.formality.familiar") in await summary(shop, talk)


async def test_wish_from_before_the_code_is_kept_with_it(shop: House) -> None:
    talk = await shop.open(language="en")
    await talk.say(DU)
    await talk.say("I already wrote to you")
    await talk.say(f"{STORY.number}, {STORY.email}")
    assert await kept(shop) is None
    await talk.say(code_in((await shop.deployment.mails.recent())[0].text))
    assert await kept(shop) is Formality.FAMILIAR


async def test_erasure_takes_the_wish_along(shop: House) -> None:
    await (await signed_in(shop)).say(DU)
    assert await kept(shop) is Formality.FAMILIAR
    assert (await shop.client.delete(ME, headers=bearer(token()))).status_code == 200
    assert await kept(shop) is None
    assert "addressed" not in await summary(shop, await signed_in(shop))


async def test_a_model_is_told_in_the_next_conversation(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    plan = FlowsPlanner.plan

    def heard(self: FlowsPlanner, view: View) -> Any:
        told.append(str(list(history(view, Redaction(view.details, ())))[-1].content))
        return plan(self, view)

    await (await signed_in(shop)).say(DU)
    await shop.idle()
    monkeypatch.setattr(FlowsPlanner, "plan", heard)
    await (await signed_in(shop)).say("thank you")
    assert "addressed in a familiar way" in told[0]


WISHES = {
    "en": DU,
    "de": "Sie können mich gerne duzen",
    "fr": "Vous pouvez me tutoyer",
    "es": "Me puede tutear",
    "ja": "タメ口でいいですよ",
    "zh-Hans": "不用称呼我您了",
}


async def test_understood_and_answered_in_six_languages(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding
) -> None:
    shop = await open_house(shop_url, understanding)
    for language, words in WISHES.items():
        answer = await (await shop.open(language=language)).say(words)
        assert answer.language == language
        assert shop.words(language, "formality.familiar") in answer.text, language
