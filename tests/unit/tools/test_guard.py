"""The guard decides by identity and policy, and refuses what it cannot decide."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

import tools.guard
from commerce.errors import BackendUnavailable
from commerce.models import Order
from conversations.models import Level
from tests.unit.tools.harness import POLICY, STORIES, MemoryDesk, Shop, owner
from tools.lookup import UnknownLevel
from tools.tool import Identity

STORY = STORIES["delivered_single_en"]
PAID = STORIES["processing_eur_en"]


class Failing:
    """The demo shop's back end with one method that fails in a given way."""

    def __init__(self, inner: Any, method: str, error: Exception) -> None:
        self._inner, self._method, self._error = inner, method, error

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._inner, name)

        async def fail(*_: Any, **__: Any) -> Any:
            raise self._error

        return fail


class BrokenDesk(MemoryDesk):
    async def grants(self, conversation_id: str) -> Mapping[str, Level]:
        raise RuntimeError("no such table")


async def test_unknown_tool_is_named_with_those_that_exist(shop: Shop) -> None:
    result = await shop.call("refund_everything", {})
    assert result.outcome == "invalid_arguments"
    assert "cancel_order" in result.data["errors"][0]["problem"]


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("order_status", {}, "order_number"),
        ("order_status", {"order_number": "  "}, "order_number"),
        ("order_status", {"order_number": "x" * 65}, "order_number"),
        ("delivery_estimate", {"country": "Germany"}, "country"),
        ("answer_policy", {"topic": "weather"}, "topic"),
        ("start_return", {"order_number": "FH-1", "lines": [], "reason": "other"}, "lines"),
        (
            "start_return",
            {"order_number": "FH-1", "lines": [{"line_id": "1", "quantity": 0}], "reason": "other"},
            "lines.0.quantity",
        ),
        ("cancel_order", {"order_number": "FH-1", "reason": "because"}, "reason"),
    ],
)
async def test_wrong_arguments_name_their_field(
    shop: Shop, tool: str, arguments: dict[str, Any], field: str
) -> None:
    result = await shop.call(tool, arguments)
    assert result.outcome == "invalid_arguments"
    assert result.data["errors"][0]["field"] == field


async def test_wrong_argument_is_not_repeated_in_the_result(shop: Shop) -> None:
    result = await shop.call("delivery_estimate", {"country": "someone@example.com"})
    assert "someone@example.com" not in str(result)


async def test_dead_back_end_is_unavailable(shop: Shop) -> None:
    shop.backend = Failing(shop.backend, "order_by_number", BackendUnavailable())
    result = await shop.call(
        "order_status", {"order_number": STORY.number}, shop.context(identity=owner(STORY))
    )
    assert result.outcome == "unavailable"


async def test_guard_that_errors_refuses(shop: Shop) -> None:
    shop.desk = BrokenDesk()
    result = await shop.call("order_status", {"order_number": STORY.number})
    assert (result.outcome, result.evidence) == ("refused", ())


async def test_bug_in_a_tool_raises(shop: Shop) -> None:
    shop.backend = Failing(shop.backend, "refunds", KeyError("amount"))
    with pytest.raises(KeyError):
        await shop.call("order_status", {"order_number": STORY.number}, shop.context(identity=owner(STORY)))


async def test_slow_read_is_unavailable(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Failing):
        def __getattr__(self, name: str) -> Any:
            async def wait(*_: Any) -> Order | None:
                await asyncio.sleep(30)
                return None

            return wait if name == "refunds" else getattr(self._inner, name)

    monkeypatch.setattr(tools.guard, "READ_SECONDS", 0.05)
    shop.backend = Slow(shop.backend, "", RuntimeError())
    result = await shop.call(
        "order_status", {"order_number": STORY.number}, shop.context(identity=owner(STORY))
    )
    assert result.outcome == "unavailable"


async def test_shop_may_relax_a_write_to_order_read(shop: Shop) -> None:
    shop.policy = POLICY.model_copy(update={"relaxed_tools": {"cancel_order": "order_read"}})
    shop.__post_init__()
    context = shop.context(identity=Identity(grants={"ord_" + PAID.number[3:]: Level.ORDER_READ}))
    assert (await shop.call("cancel_order", {"order_number": PAID.number}, context)).outcome == "proposed"


@pytest.mark.parametrize("tool", ["cancel_order", "order_status"])
async def test_no_relaxation_opens_an_order_to_nobody(shop: Shop, tool: str) -> None:
    shop.policy = POLICY.model_copy(update={"relaxed_tools": {tool: "anonymous"}})
    shop.__post_init__()
    result = await shop.call(tool, {"order_number": PAID.number})
    assert (result.outcome, result.data["needed"]) == ("identity_needed", "order_read")


def test_relaxation_to_a_level_that_does_not_exist_stops_the_start(shop: Shop) -> None:
    shop.policy = POLICY.model_copy(update={"relaxed_tools": {"cancel_order": "anyone"}})
    with pytest.raises(UnknownLevel, match="anyone"):
        shop.__post_init__()


async def test_relaxation_never_raises_a_level(shop: Shop) -> None:
    shop.policy = POLICY.model_copy(update={"relaxed_tools": {"order_status": "confirmed"}})
    shop.__post_init__()
    context = shop.context(identity=Identity(grants={"ord_" + STORY.number[3:]: Level.ORDER_READ}))
    assert (await shop.call("order_status", {"order_number": STORY.number}, context)).outcome == "delivered"
