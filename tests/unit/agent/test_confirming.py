"""What is a no to an open proposal, and what a yes to another one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agent.nodes.confirm import _agrees, _declines, _means_another
from agent.planners.planner import Frame, Memory
from nlu.perception import Answer, Entity, EntityKind, IntentScore, Mood, Perception, Segment

KEEPS = (EntityKind.WAY, "keep")
BLUE = (EntityKind.COLOUR, "blue")
MONEY = (EntityKind.CLAIM_REMEDY, "refund")
RETURNS = (EntityKind.WAY, "return")


def work(
    *mentions: tuple[EntityKind, str],
    answer: Answer | None = None,
    opening: Answer | None = None,
    intent: str = "deny",
    correction: bool = False,
    remedy: str = "refund",
) -> Any:
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in mentions)
    seen = Perception(
        text="", language="en", language_sure=True, segments=(Segment("", 0, (IntentScore(intent, 0.8),), entities),),
        entities=entities, answer=answer, correction=correction, mood=Mood.CALM, mood_score=0.0,
        signals=frozenset(), injection=0.0, opening=opening,
    )  # fmt: skip
    frame = Frame(flow="damaged_item", waiting="confirm", slots={"claim_remedy": remedy})
    return SimpleNamespace(seen=seen, memory=Memory(frames=[frame]))


def test_a_no_that_gives_its_reason_declines() -> None:
    assert _declines(work(opening=Answer.NO))
    assert _declines(work(KEEPS, opening=Answer.NO, intent="cancel_order", correction=True))


@pytest.mark.parametrize("said", [
    work(BLUE, opening=Answer.NO), work(opening=Answer.NO, correction=True),
    work(opening=Answer.NO, intent="exchange_item"), work(opening=Answer.YES), work(KEEPS),
])  # fmt: skip
def test_a_no_that_wants_something_else_is_a_change(said: Any) -> None:
    assert not _declines(said)


@pytest.mark.parametrize(("said", "tool", "another"), [
    (work(MONEY, answer=Answer.YES, intent="affirm"), "open_claim", False),
    (work(MONEY, answer=Answer.YES, intent="affirm", remedy="replacement"), "open_claim", True),
    (work(MONEY, answer=Answer.YES, intent="affirm", remedy="replacement"), "settle_lost", True),
    (work(RETURNS, answer=Answer.YES, intent="return_item"), "open_claim", False),
    (work(RETURNS, answer=Answer.YES, intent="affirm"), "start_exchange", True),
    (work(RETURNS, answer=Answer.YES, intent="return_item"), "cancel_order", True),
    (work(KEEPS, answer=Answer.YES, intent="affirm"), "start_return", True),
])  # fmt: skip
def test_a_yes_to_another_deed_is_no_yes(said: Any, tool: str, another: bool) -> None:
    assert _means_another(said, SimpleNamespace(tool=tool)) is another  # type: ignore[arg-type]


@pytest.mark.parametrize(("named", "agrees"), [
    (("paypal",), True), (("klarna",), False), (("paypal", "klarna"), False), ((), False),
])  # fmt: skip
def test_a_yes_that_names_what_was_proposed_is_a_yes(named: tuple[str, ...], agrees: bool) -> None:
    said = tuple(Entity(EntityKind.PAYMENT_METHOD, each, each, 0, 1) for each in named)
    frame = Frame(flow="change_payment", waiting="confirm", slots={"payment_method": "paypal"})
    open_proposal: Any = SimpleNamespace(
        seen=SimpleNamespace(answer=None, agreed=said), memory=Memory(frames=[frame])
    )
    assert _agrees(open_proposal) is agrees
