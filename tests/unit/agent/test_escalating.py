"""Who answers what she was asked for is not taken for furious, unless her words are heated."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agent.nodes.escalate import _plain_answer
from agent.planners.planner import Frame, Memory
from nlu.perception import Entity, EntityKind, Mood, Perception


@pytest.mark.parametrize(("text", "waiting", "heated", "plain"), [
    ("money back", "claim_remedy", True, True),
    ("then I would rather have my money back instead", "claim_remedy", False, True),
    ("then I would rather have my money back, you crooks", "claim_remedy", True, False),
    ("then I would rather have my money back instead", None, False, False),
])  # fmt: skip
def test_an_answer_is_no_rage(text: str, waiting: str | None, heated: bool, plain: bool) -> None:
    remedy = Entity(EntityKind.CLAIM_REMEDY, "refund", "money back", 0, 10)
    seen = Perception(
        text=text, language="en", language_sure=True, segments=(), entities=(remedy,), answer=None,
        correction=False, mood=Mood.FURIOUS, mood_score=0.9, signals=frozenset(), injection=0.0, heated=heated,
    )  # fmt: skip
    frames = [Frame(flow="lost_parcel", waiting=waiting)]
    work: Any = SimpleNamespace(seen=seen, text=text, memory=Memory(frames=frames))
    assert _plain_answer(work) is plain
