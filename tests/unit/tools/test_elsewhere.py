"""Where a marketplace opens returns, no tool of ours does, whoever asks and however well she is known."""

from __future__ import annotations

from typing import Any

import pytest

from markets.channel import Forbidden, Returns
from tests.unit.tools.harness import STORIES, Shop, owner
from tools.registry import toolset

STORY = STORIES["delivered_single_en"]
SENDING_BACK: dict[str, dict[str, Any]] = {
    "returnable_items": {},
    "exchangeable": {},
    "claim_options": {"kind": "damaged"},
    "open_claim": {"kind": "damaged", "lines": [{"line_id": "1"}], "remedy": "refund"},
    "start_return": {"lines": [{"line_id": "1"}], "reason": "changed_mind"},
    "start_exchange": {"line_id": "1", "options": {}, "reason": "changed_mind"},
}


def test_everything_that_takes_goods_back_is_marked() -> None:
    assert {tool.name for tool in toolset() if tool.sends_back} == set(SENDING_BACK)


@pytest.mark.parametrize("tool", sorted(SENDING_BACK))
async def test_a_marketplace_opens_it(shop: Shop, tool: str) -> None:
    shop.channel = "amazon"
    context = shop.context(identity=owner(STORY))
    assert context.channel.returns is Returns.PLATFORM
    result = await shop.call(tool, {"order_number": STORY.number, **SENDING_BACK[tool]}, context)
    assert result.outcome == "on_platform"
    assert [entry.statement for entry in result.evidence] == ["return.on_platform"]


@pytest.mark.parametrize("tool", sorted(SENDING_BACK))
async def test_where_nobody_has_checked_a_person_decides(shop: Shop, tool: str) -> None:
    shop.channel = "aliexpress"
    context = shop.context(identity=owner(STORY))
    result = await shop.call(tool, {"order_number": STORY.number, **SENDING_BACK[tool]}, context)
    assert (result.outcome, result.evidence) == ("person_decides", ())


async def test_the_chat_opens_them_itself(shop: Shop) -> None:
    context = shop.context(identity=owner(STORY))
    assert (await shop.call("return_channel", {}, context)).outcome == "here"
    assert (await shop.call("returnable_items", {"order_number": STORY.number}, context)).outcome == "some"


async def test_a_coupon_is_not_looked_up_where_none_may_be_told(shop: Shop) -> None:
    shop.channel = "amazon"
    assert Forbidden.COUPON in shop.context().channel.forbids
    for code in ("HARBOUR15", "NOSUCH99", None):
        result = await shop.call("check_coupon", {"code": code} if code else {})
        assert result.outcome == "not_here"
        assert [entry.facts for entry in result.evidence] == [{}]


@pytest.mark.parametrize("tool", ["request_code", "resend_invoice"])
async def test_nothing_is_mailed_past_a_marketplace(shop: Shop, tool: str) -> None:
    shop.channel = "amazon"
    result = await shop.call(tool, {"order_number": STORY.number}, shop.context(identity=owner(STORY)))
    assert result.outcome == "held"
