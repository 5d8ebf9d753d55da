"""A question in between is answered, and what was open comes back without nagging."""

from __future__ import annotations

from conversations.models import HandoffReason
from tests.integration.agent.conftest import STORIES, House, told

STORY = STORIES["delivered_recent_en"]


async def test_open_question_is_asked_again_once_and_waits(house: House) -> None:
    talk = await house.open()
    reminder = house.words("en", "resume.return_item")
    await talk.say("I would like to return something")
    first = await talk.say("Which payment methods do you accept?")
    assert told(first) == ["policy.payment_methods"]
    assert reminder in first.text
    second = await talk.say("And do you deliver to Switzerland?")
    assert told(second)
    assert reminder not in second.text
    third = await talk.say(f"{STORY.number} {STORY.email}")
    assert told(third) == ["return.item", "return.item"]


async def test_thing_that_she_did_not_buy_is_no_question_about_it(house: House) -> None:
    talk = await house.open()
    asked = await talk.say(f"I'd like to return something from {STORY.number}, {STORY.email}")
    assert told(asked) == ["return.item", "return.item"]
    again = await talk.say("the towel")
    assert house.words("en", "misunderstood.again") in again.text
    assert again.quick_replies == asked.quick_replies


async def test_what_does_not_fit_is_a_reason_and_no_refusal(house: House) -> None:
    story = STORIES["delivered_single_de"]
    talk = await house.open()
    await talk.say(f"Ich möchte {story.number} zurückgeben, {story.email}")
    reply = await talk.say("passt nicht")
    assert told(reply) == ["identity.code_sent"]


async def test_who_is_not_understood_three_times_gets_a_person(house: House) -> None:
    talk = await house.open()
    for words in ("A poem about autumn leaves", "Tell me about the history of Rome"):
        reply = await talk.say(words)
        assert reply.handoff is None, reply.text
    third = await talk.say("Who wrote the opera about the flute")
    assert third.handoff
    assert third.handoff.reason is HandoffReason.REPEATED_MISUNDERSTANDING
    assert house.words("en", "answer.out_of_scope") not in third.text


async def test_an_answer_in_between_starts_the_count_anew(house: House) -> None:
    talk = await house.open()
    for words in (
        "A poem about autumn leaves",
        "Tell me about the history of Rome",
        "Which payment methods do you accept?",
        "Who wrote the opera about the flute",
    ):
        reply = await talk.say(words)
        assert reply.handoff is None, reply.text


async def test_another_wish_while_a_code_is_asked_for_is_no_second_question_about_codes(house: House) -> None:
    talk = await house.open()
    await talk.say("Do you have any discount codes?")
    reply = await talk.say("What does shipping to France cost?")
    assert "policy.shipping_cost_free_from" in told(reply), reply.text
