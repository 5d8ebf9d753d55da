"""What of an order is to change is heard from words and from what was ordered."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from agent.flows import built_in_flows
from agent.planners.planner import Frame
from agent.planners.walk import Walk
from nlu.perception import Entity, EntityKind
from tests.unit.agent.test_slot_steps import SEEN
from tools.tool import ToolResult

SHOES = {"line_id": "1", "titles": {"": "Shoes"}, "options": {"size": "38"}, "quantity": 1, "evidence": "e1"}
SHOES["choices"] = {"size": ["37", "38", "39"]}
SWEATER = {
    "line_id": "2",
    "titles": {"": "Sweater"},
    "options": {"size": "S"},
    "quantity": 1,
    "evidence": "e2",
}


def walk(text: str, *said: tuple[EntityKind, str], flow: str = "change_order") -> Walk:
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in said)
    seen = replace(SEEN, text=text, entities=entities)
    view: Any = SimpleNamespace(perception=seen, mentioned=lambda _: (), means_all=False, evidence={})
    found = Walk(Frame(flow=flow), built_in_flows(), view, count(1))
    data = {"lines": [SHOES, SWEATER], "payment_method": "apple_pay"}
    found._last["changeable"] = ToolResult("changeable", "yes", (), data)
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("in 38 bestellt, brauche aber 39", []),
        ("one size larger", [(EntityKind.SIZE_STEP, "up")]),
        ("38改39", []),
    ],
)
def test_a_size_is_known_by_what_was_ordered(text: str, said: list[tuple[EntityKind, str]]) -> None:
    changing = walk(text, *said)
    changing._change(next(step for step in changing.flow.steps if step.change))
    assert changing._held["changes"] == [{"line_id": "1", "options": {"size": "39"}}]


@pytest.mark.parametrize(
    ("said", "flow", "named"),
    [
        ([(EntityKind.CHANGE, "remove")], "change_order", True),
        ([(EntityKind.CHANGE, "address")], "change_order", False),
        ([(EntityKind.PAYMENT_METHOD, "paypal")], "change_payment", True),
        ([(EntityKind.PAYMENT_METHOD, "apple_pay")], "change_payment", False),
    ],
)
def test_words_name_the_flow_that_the_facts_allow(
    said: list[tuple[EntityKind, str]], flow: str, named: bool
) -> None:
    pending = ToolResult("payment_status", "pending", (), {"payment_method": "apple_pay"})
    assert walk("", *said)._decided(flow, pending) is named


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ((EntityKind.CLAIM_REMEDY, "replacement"), "not_received"),
        ((EntityKind.RETURN_REASON, "damaged"), "damaged_item"),
        ((EntityKind.RETURN_REASON, "too_small"), None),
    ],
)
def test_words_are_heard_where_no_reading_is_probable(
    said: tuple[EntityKind, str], meant: str | None
) -> None:
    delivered = ToolResult("track_shipment", "delivered", (), {})
    asking = walk("", said, flow="where_is_order")
    step = next(each for each in asking.flow.steps if each.call == "track_shipment")
    assert asking._meant(step, delivered) == meant


def test_the_way_of_paying_that_the_order_has_is_not_wished_for() -> None:
    methods = ((EntityKind.PAYMENT_METHOD, "apple_pay"), (EntityKind.PAYMENT_METHOD, "paypal"))
    assert walk("", *methods, flow="change_payment")._resolve("$payment_method") == "paypal"
