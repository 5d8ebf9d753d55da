"""Where a model fails, the flows take the turn and the customer has the right answer all the same."""

from __future__ import annotations

import time

import pytest

from evals.scripted_model import Answer, Json, Script, ScriptedModel, in_turn
from tests.integration.llm.conftest import LANGUAGES, TIMEOUT_S, WHERE, Chat, filled, story

BROKEN: dict[str, Script] = {
    "late": in_turn(Answer("Hello!", delay_s=TIMEOUT_S * 2)),
    "slow": in_turn(Answer("I see. " * 60, pace_s=0.1)),
    "throttled": in_turn(Answer(status=429, headers={"Retry-After": "30"})),
    "failing": in_turn(Answer(status=500)),
    "unavailable": in_turn(Answer(status=503)),
    "without a key": in_turn(Answer(status=401)),
    "not even JSON": in_turn(Answer(body=b"<html>gateway</html>")),
    "malformed arguments": in_turn(Answer(calls=[("find_order", '{"order_number": "FH-')])),
    "arguments that are no object": in_turn(Answer(calls=[("find_order", "[1]")])),
    "half an answer": in_turn(Answer("Could you tell me your order number? " * 3, cut_off=True)),
    "half a call": in_turn(Answer(calls=[("find_order", {"order_number": "FH-19707"})], cut_off=True)),
    "too long": in_turn(Answer("Could you tell me", reason="length")),
    "filtered": in_turn(Answer("Hello", reason="content_filter")),
    "empty": in_turn(Answer("")),
    "blank": in_turn(Answer(" \n ")),
    "refusal": in_turn(Answer(refusal="I cannot help with that.")),
    "endless tools": in_turn(Answer(calls=[("order_status", {"order_number": "FH-1"})])),
    "many tools at once": in_turn(
        Answer(calls=[("order_status", {"order_number": f"FH-{n}"}) for n in range(30)])
    ),
    "an unknown tool": in_turn(Answer(calls=[("refund_everything", {"amount": 1000000})])),
    "invented evidence": in_turn(Answer("The total is {e77.total}.")),
    "an invented statement": in_turn(Answer("{e77}")),
    "a lie twice": in_turn(Answer("Your refund is on its way.")),
    "only thoughts": in_turn(Answer("<think>Let me think")),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_the_flows_answer(fault: str, model: ScriptedModel, chat: Chat) -> None:
    model.script = BROKEN[fault]
    started = time.monotonic()
    reply = await chat.say(filled(WHERE["en"], story("in_transit", "en")))
    assert time.monotonic() - started < TIMEOUT_S + 4
    assert reply.usage.planner == "flows"
    assert reply.usage.llm_calls == len(model.requests) >= 1
    assert "tracking.in_transit" in {entry.statement for entry in reply.evidence}
    assert "refund" not in reply.text
    assert reply.handoff is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_draft_in_another_language_is_repaired_once(
    language: str, model: ScriptedModel, chat: Chat
) -> None:
    foreign = {"en": "Wie lautet Ihre Bestellnummer?"}.get(language, "Could you tell me your order number?")
    own = {"en": "Could you tell me your order number?", "de": "Wie lautet Ihre Bestellnummer?"}
    right = own.get(language, "请问您的订单号是多少？")
    ask = {"en": "I have a question about something", "de": "Ich habe eine Frage zu etwas"}

    def answer(request: Json) -> Answer:
        return Answer(right if "was not sent" in request["messages"][-1]["content"] else foreign)

    model.script = answer
    reply = await chat.say(ask.get(language, "我有个问题想问一下"))
    assert reply.text.endswith(right)
    assert reply.usage.planner == "llm"
    assert reply.usage.llm_calls == 2


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_second_draft_in_another_language_is_the_last(
    language: str, model: ScriptedModel, chat: Chat
) -> None:
    model.script = in_turn(Answer("Votre colis est en route."))
    reply = await chat.say(filled(WHERE[language], story("in_transit", language)))
    assert "colis" not in reply.text
    assert reply.language == language
    assert reply.usage.planner == "flows"
    assert reply.usage.llm_calls == 2
    assert "tracking.in_transit" in {entry.statement for entry in reply.evidence}


async def test_the_reason_of_a_rejection_reaches_the_model(model: ScriptedModel, chat: Chat) -> None:
    model.script = in_turn(Answer("You get 20 euros."), Answer("I'm sorry to hear that."))
    reply = await chat.say("I have a question about something unusual")
    assert reply.text.endswith(". I'm sorry to hear that.")
    assert "a figure is written out" in model.requests[1]["messages"][-1]["content"]


async def test_what_has_left_stays_and_is_not_said_twice(model: ScriptedModel, chat: Chat) -> None:
    def answer(request: Json) -> Answer:
        return Answer("I'm sorry about the wait. {e3} Your refund is on its way.")

    model.script = answer
    reply = await chat.say(filled(WHERE["en"], story("in_transit", "en")))
    assert reply.usage.planner == "flows"
    assert reply.text.count("I'm sorry about the wait.") == 1
    tracking = next(e for e in reply.evidence if e.statement == "tracking.in_transit")
    assert reply.text.count(tracking.rendered["tracking_number"]) == 1
    assert "refund" not in reply.text


async def test_a_repair_may_be_to_say_nothing(model: ScriptedModel, chat: Chat) -> None:
    model.script = in_turn(Answer("I'm sorry to hear that. You get 20 euros."), Answer(""))
    reply = await chat.say("I have a question about something unusual")
    assert reply.text.endswith(". I'm sorry to hear that.")
    assert reply.usage.planner == "llm"
