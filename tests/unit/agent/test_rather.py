"""Which of two readings the facts choose, and what words count for beside them."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from agent.flows import Step, built_in_flows
from agent.planners.planner import Frame
from agent.planners.walk import Walk
from nlu.perception import Candidate, Entity, EntityKind, IntentScore, Mood, Perception, Segment
from tools.tool import ToolResult

NOT_THERE, MISSING = (EntityKind.ARRIVED, "no"), (EntityKind.CLAIM_KIND, "missing")
RETURNS = (EntityKind.WAY, "return")
JACKET, SHOES = ({"line_id": name, "titles": {"": name}, "options": {}} for name in ("jacket", "shoes"))
LINES = {"inquiry_possible": [JACKET, SHOES], "wait": [JACKET]}


def meant(
    flow: str,
    call: str,
    outcome: str,
    heard: dict[str, float],
    told: list[tuple[EntityKind, str]],
    named: str = "",
) -> str | None:
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in told)
    wishes = tuple(IntentScore(intent, sure) for intent, sure in heard.items())
    seen = Perception(
        text="", language="en", language_sure=True, segments=(Segment("", 0, wishes, entities),), entities=entities,
        answer=None, correction=False, mood=Mood.CALM, mood_score=0.0, signals=frozenset(), injection=0.0,
    )  # fmt: skip

    def mentioned(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        return tuple(each for each in candidates if each.id == named)

    view: Any = SimpleNamespace(perception=seen, mentioned=mentioned)
    flows = built_in_flows()
    walk = Walk(Frame(flow=flow), flows, view, count(1))
    step: Step = next(each for each in flows[flow].steps if each.call == call)
    return walk._meant(step, ToolResult(call, outcome, (), {"lines": LINES.get(outcome, [])}))


@pytest.mark.parametrize(("not_received", "told", "flow"), [
    (0.3, [], None), (0.5, [], "not_received"), (0.0, [NOT_THERE], "not_received"),
    (0.17, [NOT_THERE, MISSING], "not_received"),
])  # fmt: skip
def test_who_asks_whether_it_was_delivered_misses_nothing(
    not_received: float, told: list[tuple[EntityKind, str]], flow: str | None
) -> None:
    heard = {"where_is_order": 0.6, "not_received": not_received}
    assert meant("where_is_order", "track_shipment", "delivered", heard, told) == flow


@pytest.mark.parametrize(("outcome", "missing", "named", "flow"), [
    ("inquiry_possible", 0.02, "jacket", "wrong_or_missing_item"), ("inquiry_possible", 0.5, "", None),
    ("wait", 0.02, "jacket", None), ("wait", 0.2, "jacket", "wrong_or_missing_item"),
])  # fmt: skip
def test_a_missing_piece_is_no_missing_parcel(
    outcome: str, missing: float, named: str, flow: str | None
) -> None:
    heard = {"not_received": 0.6, "wrong_or_missing_item": missing}
    assert meant("not_received", "check_delivery", outcome, heard, [MISSING], named) == flow


@pytest.mark.parametrize(("told", "flow"), [([NOT_THERE], "not_received"), ([NOT_THERE, RETURNS], None)])
def test_who_names_the_return_means_it(told: list[tuple[EntityKind, str]], flow: str | None) -> None:
    heard = {"return_item": 0.5, "not_received": 0.17}
    assert meant("return_item", "returnable_items", "not_delivered", heard, told) == flow


@pytest.mark.parametrize(("refund_status", "flow"), [(0.26, "refund_status"), (0.11, None)])
def test_who_names_the_return_may_still_ask_how_it_stands(refund_status: float, flow: str | None) -> None:
    heard = {"return_item": 0.69, "refund_status": refund_status}
    assert meant("return_item", "return_status", "some", heard, [RETURNS]) == flow
