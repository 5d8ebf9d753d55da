"""The flows name only messages, tools and arguments that exist, and serve every intent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from agent.flows import Flow, Flows, Kind, Step, built_in_flows
from agent.planners.slot_steps import CHOICES
from conversations.models import HandoffReason
from facts.values import Term
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from i18n.locale import Locale
from nlu.intents import Intent
from nlu.perception import OUT_OF_SCOPE
from tools.registry import toolset

AGENT = Path(__file__).parents[3] / "agent"
PHRASE = re.compile(r'Phrase\(\s*(f?)"([^"]+)"')
SETTLED_BEFORE = {Intent.NEVER_MIND}
"""Heard by the planner and by confirm, without a flow."""


def test_no_flow_takes_the_name_of_another() -> None:
    rows = [
        row
        for file in sorted((AGENT / "flows").glob("*.yaml"))
        for row in yaml.safe_load(file.read_text("utf-8"))
    ]
    names = [row["flow"] for row in rows]
    assert [name for name in sorted(set(names)) if names.count(name) > 1] == []


def test_every_message_of_a_flow_exists(renderer: IcuRenderer) -> None:
    assert [each for each in built_in_flows().message_ids() if not renderer.has(each)] == []


def test_every_message_that_code_names_exists(renderer: IcuRenderer) -> None:
    english = set(load_languages([BUILT_IN])["en"].messages)
    named = {found for file in AGENT.rglob("*.py") for found in PHRASE.findall(file.read_text("utf-8"))}
    assert len(named) > 20
    for is_pattern, message in named:
        if is_pattern:
            start = message.partition("{")[0]
            assert any(each.startswith(start) for each in english), message
        else:
            assert message in english


def test_each_reason_to_hand_over_is_worded(renderer: IcuRenderer) -> None:
    assert [reason for reason in HandoffReason if not renderer.has(f"handoff.{reason}")] == []


def test_each_interrupted_flow_can_be_resumed(renderer: IcuRenderer) -> None:
    asking = [
        flow
        for flow in built_in_flows()
        if any(step.order or step.country or step.slot for step in flow.steps)
    ]
    assert asking
    assert [flow.flow for flow in asking if not renderer.has(flow.resume)] == []


def test_each_choice_of_a_slot_is_worded(renderer: IcuRenderer) -> None:
    for flow in built_in_flows():
        for step in flow.steps:
            if step.choices:
                for choice in CHOICES[step.slot or ""]:
                    assert renderer.fact(Locale("de"), Term(id=f"{step.choices}.{choice}"))


def test_every_call_names_a_tool_and_its_arguments() -> None:
    tools = toolset()
    for flow in built_in_flows():
        for step in flow.steps:
            if step.call:
                tool = tools.get(step.call)
                assert tool is not None, step.call
                assert set(step.arguments) <= set(tool.arguments.model_fields), (flow.flow, step.call)


def test_outcomes_that_a_flow_ends_on_are_outcomes_of_the_tool() -> None:
    tools = toolset()
    for flow in built_in_flows():
        for step in flow.steps:
            if step.call:
                described = tools[step.call].description
                for outcome in (*step.end_on, *step.also, *step.on_outcome):
                    assert outcome in described, (flow.flow, step.call, outcome)


def test_every_intent_has_a_flow() -> None:
    flows = built_in_flows()
    intents = {str(intent) for intent in Intent} | {OUT_OF_SCOPE}
    assert {i for i in intents if flows.for_intent(i) is None} == {str(i) for i in SETTLED_BEFORE}


def test_a_step_is_one_thing() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        Flow.model_validate({"flow": "x", "kind": "answer", "steps": [{"say": "a", "call": "b"}]})


def test_two_flows_of_one_name_are_refused() -> None:
    flow = Flow(flow="greeting", kind=Kind.SOCIAL, steps=(Step(say="social.greeting"),))
    with pytest.raises(ValueError, match="two flows are called greeting"):
        Flows([flow, flow])
