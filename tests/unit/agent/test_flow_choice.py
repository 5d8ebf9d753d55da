"""Which flow a wish leads to: a topic narrows it, a named order makes it about that order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agent.flows import built_in_flows
from agent.planners.flows import _FlowsTurn
from agent.planners.planner import Memory
from nlu.perception import Entity, EntityKind, IntentScore, Segment

ORDER = (EntityKind.ORDER_NUMBER, "MF-10428")
AUSTRIA = (EntityKind.COUNTRY, "AT")


def topic(name: str) -> tuple[EntityKind, str]:
    return EntityKind.POLICY_TOPIC, name


@pytest.mark.parametrize(("intent", "mentions", "flow"), [
    ("return_policy", [], "return_policy"),
    ("return_policy", [topic("return_window"), topic("refund_time")], "refund_time"),
    ("return_policy", [ORDER], "return_item"), ("return_policy", [ORDER, topic("return_window")], "return_policy"),
    ("return_policy", [ORDER, topic("return_cost")], "return_cost"),
    ("delivery_estimate", [], "delivery_estimate"), ("delivery_estimate", [ORDER], "where_is_order"),
    ("delivery_estimate", [topic("refund_time")], "refund_time"),
    ("delivery_estimate", [topic("shipping_countries")], "shipping_countries"),
    ("delivery_estimate", [topic("shipping_countries"), AUSTRIA], "delivery_estimate"),
    ("shipping_policy", [ORDER, topic("shipping_cost")], "shipping_policy"),
    ("refund_status", [topic("refund_time")], "refund_time_in_general"),
    ("refund_status", [ORDER, topic("refund_time")], "refund_status"),
    ("invoice", [ORDER], "invoice"), ("invoice", [ORDER, topic("invoice_details")], "invoice_details"),
    ("invoice", [topic("invoice_details")], "invoice_details"),
])  # fmt: skip
def test_the_flow_of_a_wish(intent: str, mentions: list[tuple[EntityKind, str]], flow: str) -> None:
    view: Any = SimpleNamespace(memory=Memory())
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in mentions)
    turn = _FlowsTurn(built_in_flows(), view)
    chosen = turn._flow_of(Segment("", 0, (IntentScore(intent, 0.9),), entities))
    assert chosen is not None
    assert chosen.flow == flow
