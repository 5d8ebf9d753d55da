"""Every order of the demo shop, asked about with every tool: whatever is said fits the list of statements."""

from __future__ import annotations

from collections import Counter

from commerce.demo import build_demo_shop
from tests.unit.tools.harness import NOW, Shop
from tools.tool import Identity

ORDER_TOOLS = (
    "find_order",
    "order_status",
    "track_shipment",
    "returnable_items",
    "cancel_order",
    "request_code",
)


async def test_every_order_gets_an_answer_from_every_tool(shop: Shop) -> None:
    said: Counter[str] = Counter()
    outcomes: dict[str, set[str]] = {}
    for number, order in enumerate(build_demo_shop(NOW).orders):
        owner = Identity(customer_id=order.customer_id)
        shop.desk.mailed.clear()
        for tool in ORDER_TOOLS:
            context = shop.context(f"t{number}", owner, f"cnv_{number}")
            result = await shop.call(tool, {"order_number": order.number}, context)
            outcomes.setdefault(tool, set()).add(result.outcome)
            assert result.evidence, (tool, order.number, result.outcome)
            said.update(str(each.statement) for each in result.evidence)
    assert outcomes["find_order"] == {"found"}
    assert outcomes["order_status"] == {
        "pending_payment", "processing", "on_hold", "packed", "partially_shipped", "shipped", "delivered",
        "cancelled", "returned",
    }  # fmt: skip
    assert outcomes["cancel_order"] == {
        "proposed", "too_late_packed", "too_late_shipped", "already_delivered", "already_cancelled",
        "dispute_open", "dispute_lost",
    }  # fmt: skip
    assert outcomes["returnable_items"] == {
        "some", "none_left", "too_late", "not_delivered", "final_sale", "cancelled", "already_open",
        "dispute_open", "dispute_lost",
    }  # fmt: skip
    assert outcomes["track_shipment"] == {
        "not_shipped", "pending", "in_transit", "customs", "out_for_delivery", "ready_for_pickup",
        "delivery_delayed", "delivery_failed", "delivered", "return_to_sender", "on_hold", "no_scan", "lost", "cancelled",
    }  # fmt: skip
    print(said)
