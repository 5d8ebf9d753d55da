"""Who comes back after an hour goes on where she was."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from commerce.models import CancelReason
from facts.clock import SystemClock
from nlu.embedded import EmbeddedUnderstanding
from tests.integration.agent.conftest import STORIES, House, Open, Talk, told

STORY = STORIES["delivered_recent_en"]
AWAY = timedelta(minutes=65)


class Later(SystemClock):
    """The real time, and what a test lets pass on top of it."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return super().now() + self.passed


@pytest.fixture
def clock() -> Later:
    return Later()


@pytest.fixture
async def house(open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding, clock: Later) -> House:
    return await open_house(shop_url, understanding, clock=clock)


async def _code(talk: Talk) -> str:
    (mail,) = await talk.house.deployment.mails.recent(1)
    found = re.search(r"\b\d{6}\b", mail.text)
    assert found
    return found[0]


async def _asked_for_a_line(house: House) -> Talk:
    talk = await house.open()
    asked = await talk.say(f"I'd like to return something from {STORY.number}, {STORY.email}")
    assert told(asked) == ["return.item", "return.item"]
    return talk


async def test_open_question_is_answered_an_hour_later(house: House, clock: Later) -> None:
    talk = await _asked_for_a_line(house)
    clock.passed = AWAY
    reply = await talk.say("sorry, I was away. the black one, it's too big")
    assert told(reply) == ["identity.code_sent"]


async def test_greeting_after_an_hour_comes_back_to_what_was_open(house: House, clock: Later) -> None:
    talk = await _asked_for_a_line(house)
    clock.passed = AWAY
    reply = await talk.say("Hello again")
    assert house.words("en", "resume.return_item") in reply.text
    assert reply.quick_replies


async def test_code_that_ran_out_is_replaced_by_a_new_one(house: House, clock: Later) -> None:
    talk = await _asked_for_a_line(house)
    await talk.say("the black one, it's too big")
    old = await _code(talk)
    clock.passed = AWAY
    reply = await talk.say(old)
    assert told(reply) == ["identity.code_sent"]
    reply = await talk.say(await _code(talk))
    assert told(reply) == ["return.proposed"]


async def test_yes_that_comes_too_late_gets_the_proposal_again(house: House, clock: Later) -> None:
    talk = await _asked_for_a_line(house)
    await talk.say("the black one, it's too big")
    await talk.say(await _code(talk))
    clock.passed = AWAY
    late = await talk.say("yes please")
    assert told(late) == ["proposal.expired", "return.proposed"]
    assert [action.state for action in late.actions] == ["proposed"]
    again = await talk.say("yes please")
    assert told(again) == ["return.opened", "return.receipt"]


async def test_yes_after_the_order_changed_is_answered_by_how_it_stands_now(house: House) -> None:
    story = STORIES["processing_paid_en"]
    talk = await house.open()
    await talk.say(f"Please cancel order {story.number}, {story.email}. I ordered it by mistake.")
    proposed = await talk.say(await _code(talk))
    assert [action.state for action in proposed.actions] == ["proposed"]
    backend = house.deployment.backend
    order = await backend.order_by_number(story.number)
    assert order
    await backend.cancel_order(order.id, reason=CancelReason.OTHER, version=order.version, key="by hand")
    late = await talk.say("yes")
    assert told(late)[:2] == ["proposal.changed", "cancel.already_cancelled"]
