"""Who may call what: every tool × nobody, another customer, order-verified, confirmed, signed in."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Level
from tests.unit.tools.harness import NOBODY, STORIES, Shop, owner
from tools.tool import Effect, Identity, ToolContext, ToolResult

DELIVERED, PROCESSING = STORIES["delivered_single_en"], STORIES["processing_eur_en"]
STRANGER = owner(STORIES["delivered_recent_zh"])


def order_id(number: str) -> str:
    return "ord_" + number.partition("-")[2]


def line(number: str) -> str:
    return f"{order_id(number)}-1"


ARGUMENTS: dict[str, dict[str, Any]] = {
    "find_order": {"order_number": DELIVERED.number},
    "list_orders": {},
    "order_status": {"order_number": DELIVERED.number},
    "track_shipment": {"order_number": DELIVERED.number},
    "delivery_estimate": {"country": "DE"},
    "answer_policy": {"topic": "contact"},
    "request_code": {"order_number": DELIVERED.number},
    "verify_code": {"code": "000000"},
    "contact_history": {},
    "returnable_items": {"order_number": DELIVERED.number},
    "start_return": {
        "order_number": DELIVERED.number,
        "lines": [{"line_id": line(DELIVERED.number), "quantity": 1}],
        "reason": "damaged",
    },
    "cancellable": {"order_number": PROCESSING.number},
    "cancel_order": {"order_number": PROCESSING.number},
    "claim_options": {"order_number": DELIVERED.number, "kind": "missing"},
    "open_claim": {
        "order_number": DELIVERED.number,
        "kind": "missing",
        "lines": [{"line_id": line(DELIVERED.number), "quantity": 1}],
        "remedy": "refund",
    },
    "exchangeable": {"order_number": DELIVERED.number},
    "start_exchange": {
        "order_number": DELIVERED.number,
        "line_id": line(DELIVERED.number),
        "options": {"size": "999"},
        "reason": "too_small",
    },
    "size_deviation": {
        "order_number": DELIVERED.number,
        "line_id": line(DELIVERED.number),
        "fit": "smaller",
    },
    "return_status": {"order_number": DELIVERED.number},
    "parcel_charges": {"order_number": DELIVERED.number},
    "cash_on_delivery": {"country": "ES"},
    "customs_papers": {"country": "BR"},
    "landed_cost": {"order_number": DELIVERED.number},
    "dispute_status": {"order_number": DELIVERED.number},
    "this_shop": {},
    "return_channel": {},
    "check_delivery": {"order_number": DELIVERED.number},
    "open_inquiry": {"order_number": DELIVERED.number},
    "lost_options": {"order_number": DELIVERED.number},
    "settle_lost": {"order_number": DELIVERED.number, "remedy": "refund"},
    "changeable": {"order_number": PROCESSING.number},
    "change_address": {"order_number": PROCESSING.number, "address": {"number": "77"}},
    "set_default_address": {"order_number": PROCESSING.number, "address": {"number": "77"}},
    "change_items": {
        "order_number": PROCESSING.number,
        "changes": [{"line_id": line(PROCESSING.number), "quantity": 2}],
    },
    "change_payment": {"order_number": PROCESSING.number, "method": "visa"},
    "search_products": {"query": "rain jacket"},
    "product_details": {"product_id": "packable-rain-jacket"},
    "product_warranty": {"product_id": "packable-rain-jacket"},
    "size_advice": {"product_id": "packable-rain-jacket"},
    "check_coupon": {"code": "NOSUCHCODE9"},
    "resend_invoice": {"order_number": DELIVERED.number},
    "payment_status": {"order_number": DELIVERED.number},
}
READ, CODE, STOP = "identity_needed:order_read", "identity_needed:confirmed", "not_matched"
FOUND = "inquiry_possible"
#                      nobody      other      order_read   confirmed    signed in
EXPECTED = {
    "find_order":        ("details_needed", "details_needed", "found", "found", "found"),
    "list_orders":       (READ,       "listed",  "listed",    "listed",    "listed"),
    "order_status":      (READ,       STOP,      "delivered", "delivered", "delivered"),
    "track_shipment":    (READ,       STOP,      "delivered", "delivered", "delivered"),
    "delivery_estimate": ("served",   "served",  "served",    "served",    "served"),
    "answer_policy":     ("answered", "answered", "answered", "answered",  "answered"),
    "request_code":      (READ,       STOP,      "sent",      "sent",      "sent"),
    "verify_code":       ("wrong",    "wrong",   "wrong",     "wrong",     "wrong"),
    "contact_history":   (READ,       "none",    READ,        "none",      "none"),
    "returnable_items":  (READ,       STOP,      "some",      "some",      "some"),
    "start_return":      (READ,       STOP,      CODE,        "proposed",  "proposed"),
    "cancellable":       (READ,       STOP,      "yes",       "yes",       "yes"),
    "cancel_order":      (READ,       STOP,      CODE,        "proposed",  "proposed"),
    "claim_options":     (READ,       STOP,      "some",      "some",      "some"),
    "open_claim":        (READ,       STOP,      CODE,        "proposed",  "proposed"),
    "exchangeable":      (READ,       STOP,      "some",      "some",      "some"),
    "start_exchange":    (READ,       STOP,      CODE,        "no_such_variant", "no_such_variant"),
    "size_deviation":    (READ,       STOP,      "deviates",  "deviates",  "deviates"),
    "return_status":     (READ,       STOP,      "none",      "none",      "none"),
    "parcel_charges":    (READ,       STOP,      "nothing_due", "nothing_due", "nothing_due"),
    "cash_on_delivery":  ("possible", "possible", "possible", "possible",  "possible"),
    "customs_papers":    ("known",    "known",   "known",     "known",     "known"),
    "landed_cost":       (READ,       STOP,      "nothing_due", "nothing_due", "nothing_due"),
    "dispute_status":    (READ,       STOP,      "none",      "none",      "none"),
    "this_shop":         ("told",     "told",    "told",      "told",      "told"),
    "return_channel":    ("here",     "here",    "here",      "here",      "here"),
    "check_delivery":    (READ,       STOP,      FOUND,       FOUND,       FOUND),
    "open_inquiry":      (READ,       STOP,      CODE,        "proposed",  "proposed"),
    "lost_options":      (READ,       STOP,      FOUND,       FOUND,       FOUND),
    "settle_lost":       (READ,       STOP,      CODE,        FOUND,       FOUND),
    "changeable":        (READ,       STOP,      "yes",       "yes",       "yes"),
    "change_address":    (READ,       STOP,      CODE,        "proposed",  "proposed"),
    "set_default_address": (READ,     STOP,      CODE,        "proposed",  "proposed"),
    "change_items":      (READ,       STOP,      CODE,        "proposed",  "proposed"),
    "change_payment":    (READ,       STOP,      "already_paid", "already_paid", "already_paid"),
    "search_products":   ("in_stock",) * 5,
    "product_details":   ("described", "described", "described", "described", "described"),
    "product_warranty":  ("as_usual", "as_usual", "as_usual", "as_usual",  "as_usual"),
    "size_advice":       ("measure_needed",) * 5,
    "check_coupon":      ("unknown_code",) * 5,
    "resend_invoice":    (READ,       STOP,      "sent",      "sent",      "sent"),
    "payment_status":    (READ,       STOP,      "paid",      "paid",      "paid"),
}  # fmt: skip
WHO = ("nobody", "other", "order_read", "confirmed", "signed_in")


def context_of(shop: Shop, who: str, number: str) -> ToolContext:
    granted = {"order_read": Level.ORDER_READ, "confirmed": Level.CONFIRMED}
    if who in granted:
        return shop.context(identity=Identity(grants={order_id(number): granted[who]}))
    story = next(story for story in STORIES.values() if story.number == number)
    return shop.context(identity={"nobody": NOBODY, "other": STRANGER, "signed_in": owner(story)}[who])


def told(result: ToolResult) -> str:
    needed = result.data.get("needed")
    return f"{result.outcome}:{needed}" if needed else result.outcome


def test_matrix_names_every_tool(shop: Shop) -> None:
    assert set(EXPECTED) == set(ARGUMENTS) == set(shop.registry.names)


@pytest.mark.parametrize("tool", EXPECTED)
@pytest.mark.parametrize("who", WHO)
async def test_tool_answers_as_far_as_the_caller_is_known(shop: Shop, tool: str, who: str) -> None:
    arguments = ARGUMENTS[tool]
    number = arguments.get("order_number", DELIVERED.number)
    result = await shop.call(tool, arguments, context_of(shop, who, number))
    assert told(result) == EXPECTED[tool][WHO.index(who)]


@pytest.mark.parametrize("who", ["nobody", "other"])
@pytest.mark.parametrize(
    "tool", [name for name, arguments in ARGUMENTS.items() if "order_number" in arguments]
)
async def test_unknown_order_and_somebody_elses_look_the_same(shop: Shop, tool: str, who: str) -> None:
    context = context_of(shop, who, DELIVERED.number)
    theirs, unknown = f" #{DELIVERED.number.lower()}", "#fh-00000"
    a = await shop.call(tool, {**ARGUMENTS[tool], "order_number": theirs}, context)
    b = await shop.call(tool, {**ARGUMENTS[tool], "order_number": unknown}, context)
    assert (a.outcome, a.evidence) == (b.outcome, b.evidence)
    assert a.data == {**b.data, "order_number": theirs.strip()}


async def test_grant_of_one_order_opens_no_other(shop: Shop) -> None:
    known = shop.context(identity=Identity(grants={order_id(DELIVERED.number): Level.CONFIRMED}))
    result = await shop.call("order_status", {"order_number": PROCESSING.number}, known)
    assert told(result) == READ


async def test_grant_of_this_very_turn_counts(shop: Shop) -> None:
    context = shop.context()
    details = {"order_number": DELIVERED.number, "email": DELIVERED.email}
    assert (await shop.call("find_order", details, context)).outcome == "found"
    assert (
        await shop.call("order_status", {"order_number": DELIVERED.number}, context)
    ).outcome == "delivered"


async def test_grant_of_one_conversation_opens_nothing_in_another(shop: Shop) -> None:
    await shop.desk.grant("cnv_1", order_id(DELIVERED.number), Level.CONFIRMED)
    other = shop.context(conversation="cnv_2")
    result = await shop.call("order_status", {"order_number": DELIVERED.number}, other)
    assert told(result) == READ


@pytest.mark.parametrize("tool", [name for name in EXPECTED if name != "list_orders"])
async def test_customer_id_in_the_arguments_is_refused(shop: Shop, tool: str) -> None:
    arguments = {**ARGUMENTS[tool], "customer_id": DELIVERED.customer_id}
    result = await shop.call(tool, arguments, shop.context(identity=STRANGER))
    assert result.outcome == "invalid_arguments"
    assert result.data["errors"] == [{"field": "customer_id", "problem": "Extra inputs are not permitted"}]


def test_every_write_needs_a_confirmed_customer(shop: Shop) -> None:
    writes = [tool for tool in shop.registry if tool.effect is Effect.WRITE]
    assert writes
    assert all(tool.level is Level.CONFIRMED and tool.read is None for tool in writes)
