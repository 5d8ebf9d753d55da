"""Things that are chosen: how many of them, and what was on final sale."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from agent.flows import Step, built_in_flows
from agent.planners.planner import Frame, Statement
from agent.planners.walk import Walk
from agent.planners.walking import Status
from nlu.perception import OUT_OF_SCOPE, Candidate, Entity, EntityKind, IntentScore, Mood, Perception, Segment
from tools.tool import ToolResult

CHOOSE = Step(choose="lines", source="returnable_items", ask="return.ask_line")  # type: ignore[call-arg]
SHOES = {"line_id": "1", "titles": {"": "Shoes"}, "options": {}, "quantity": 3, "evidence": "e1"}
SANDALS = {"line_id": "2", "titles": {"": "Sandals"}, "options": {}, "evidence": "e2"}
SEEN = Perception(
    text="", language="en", language_sure=True, segments=(Segment("", 0, (IntentScore(OUT_OF_SCOPE, 1.0),), ()),),
    entities=(), answer=None, correction=False, mood=Mood.CALM, mood_score=0.0, signals=frozenset(), injection=0.0,
)  # fmt: skip


def walk(meant: str | None, *quantities: str) -> Walk:
    def mentioned(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        return tuple(c for c in candidates if c.id == meant)

    numbers = tuple(Entity(EntityKind.QUANTITY, value, value, 0, 1) for value in quantities)
    view: Any = SimpleNamespace(
        perception=replace(SEEN, entities=numbers), mentioned=mentioned, means_all=False, evidence={}
    )
    found = Walk(Frame(flow="return_item"), built_in_flows(), view, count(1))
    data = {"lines": [SHOES], "excluded": [SANDALS]}
    found._last["returnable_items"] = ToolResult("returnable_items", "some", (), data)
    return found


def test_what_was_on_final_sale_is_refused_at_once() -> None:
    choosing = walk("2")
    choosing._choose(CHOOSE)
    assert choosing.said == [Statement("e2")]
    assert choosing.status is Status.DONE


@pytest.mark.parametrize(("said", "quantity"), [((), 3), (("2",), 2), (("3", "2"), 2), (("9",), 3)])
def test_of_several_numbers_the_least_is_meant(said: tuple[str, ...], quantity: int) -> None:
    choosing = walk("1", *said)
    choosing._choose(CHOOSE)
    assert choosing.frame.slots["lines"] == [{"line_id": "1", "quantity": quantity}]


def test_pieces_that_she_keeps_do_not_count() -> None:
    choosing = walk("1")
    kept = Entity(EntityKind.WAY, "keep", "keep", 2, 6)
    one, two = (Entity(EntityKind.QUANTITY, n, n, start, start + 1) for n, start in (("1", 7), ("2", 30)))
    choosing.view.perception = replace(SEEN, entities=(kept, one, two))
    choosing._choose(CHOOSE)
    assert choosing.frame.slots["lines"] == [{"line_id": "1", "quantity": 2}]


@pytest.mark.parametrize(("awaited", "reason"), [("return_reason", "changed_mind"), ("way", "too_small")])
def test_a_reason_that_is_known_is_not_heard_anew(awaited: str, reason: str) -> None:
    changed = Entity(EntityKind.RETURN_REASON, "changed_mind", "", 0, 1)
    view: Any = SimpleNamespace(perception=replace(SEEN, entities=(changed,)))
    frame = Frame(flow="fits_differently", waiting=awaited, slots={"return_reason": "too_small"})
    found = Walk(frame, built_in_flows(), view, count(1))
    assert found._resolve("$return_reason") == reason


def test_the_only_thing_that_may_come_back_is_meant_without_a_name() -> None:
    choosing = walk(None)
    choosing._choose(CHOOSE)
    assert choosing.frame.slots["lines"][0]["line_id"] == "1"


@pytest.mark.parametrize(("waiting", "intent", "way"), [
    ("way", "return_item", "return"), ("way", "exchange_item", "exchange"), (None, "return_item", None),
    ("way", "thanks", None),
])  # fmt: skip
def test_a_wish_answers_the_question_that_is_open(waiting: str | None, intent: str, way: str | None) -> None:
    flow = built_in_flows()["fits_differently"]
    step = next(each for each in flow.steps if each.slot == "way")
    heard = replace(SEEN, segments=(Segment("", 0, (IntentScore(intent, 0.9),), ()),))
    view: Any = SimpleNamespace(perception=heard)
    asked = Walk(Frame(flow=flow.flow, waiting=waiting), built_in_flows(), view, count(1))
    asked._slot(step)
    assert asked.frame.slots.get("way") == way


@pytest.mark.parametrize(("told", "status"), [("everywhere", Status.RUNNING), ("not_yet", Status.DONE)])
def test_who_tells_where_she_looked_has_answered(told: str, status: Status) -> None:
    flow = built_in_flows()["not_received"]
    step = next(each for each in flow.steps if each.agree)
    heard = replace(SEEN, entities=(Entity(EntityKind.LOOKED, told, told, 0, 1),))
    view: Any = SimpleNamespace(perception=heard)
    asked = Walk(Frame(flow=flow.flow, waiting="agree:searched"), built_in_flows(), view, count(1))
    asked._agree(step)
    assert asked.status is status
