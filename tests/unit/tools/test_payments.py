"""How a payment stands: what our records say, and until when an unpaid order is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.models import OrderStatus, PaymentStatus
from facts.values import Date
from tests.unit.tools.harness import POLICY, STORIES, Shop
from tests.unit.tools.test_invoices import change, knows, order_of
from tools.tool import ToolResult

UNPAID = STORIES["pending_payment_en"]


async def status(shop: Shop, **changes: Any) -> ToolResult:
    order = await order_of(shop, UNPAID.number)
    await change(shop, order.model_copy(update=changes))
    context = await knows(shop, UNPAID.number)
    return await shop.call("payment_status", {"order_number": UNPAID.number}, context)


async def test_unpaid_order_says_until_when_it_is_kept(shop: Shop) -> None:
    result = await status(shop)
    placed = (await order_of(shop, UNPAID.number)).placed_at
    assert (result.outcome, result.evidence[0].statement) == ("pending", "payment.pending")
    assert POLICY.payment.hold_days is not None
    held = result.evidence[0].facts["held_until"]
    assert isinstance(held, Date)
    assert held.value == (placed + timedelta(days=POLICY.payment.hold_days)).date()


async def test_shop_without_that_rule_names_no_day(shop: Shop) -> None:
    payment = POLICY.payment.model_copy(update={"hold_days": None})
    shop.policy = POLICY.model_copy(update={"payment": payment})
    result = await status(shop)
    assert result.evidence[0].statement == "payment.pending_plain"
    assert "held_until" not in result.evidence[0].facts


async def test_payment_that_is_too_late_is_not_invited(shop: Shop) -> None:
    shop.clock.advance(timedelta(days=30))
    assert (await status(shop)).outcome == "lapsed"


async def test_cash_on_delivery_is_not_missing(shop: Shop) -> None:
    assert (await status(shop, payment_method="cash_on_delivery")).outcome == "at_the_door"


async def test_cancelled_before_payment_took_nothing(shop: Shop) -> None:
    assert (await status(shop, status=OrderStatus.CANCELLED)).outcome == "voided"


@pytest.mark.parametrize("payment", [each for each in PaymentStatus if each is not PaymentStatus.PENDING])
async def test_every_other_state_has_a_sentence(shop: Shop, payment: PaymentStatus) -> None:
    result = await status(shop, payment_status=payment)
    assert (result.outcome, result.evidence[0].statement) == (str(payment), f"payment.{payment}")
