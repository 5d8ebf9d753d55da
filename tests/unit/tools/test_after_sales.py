"""How returns, refunds, exchanges and claims stand, and what is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.claims import Claim, ClaimKind, ClaimLine, ClaimRemedy, ClaimStatus
from commerce.exchanges import ExchangeDraft, ExchangeShip
from commerce.models import Refund, RefundStatus, Return, ReturnLine, ReturnReason, ReturnStatus
from commerce.shopdata import ShopData
from facts.values import Money
from tests.unit.tools.harness import NOW, POLICY, STORIES, Shop, owner
from tools.tool import ToolResult

STORY = STORIES["delivered_single_en"]
DAY = timedelta(days=1)
WITHIN = POLICY.returns.refund_within_days


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


async def status(shop: Shop, handle: str = "delivered_single_en") -> ToolResult:
    story = STORIES[handle]
    context = shop.context(identity=owner(story))
    return await shop.call("return_status", {"order_number": story.number}, context)


def said(result: ToolResult) -> list[str | None]:
    return [entry.statement for entry in result.evidence]


async def put(shop: Shop, **records: Any) -> None:
    values: dict[str, Any] = {"customers": (), "products": (), "orders": (), "shipments": ()}
    await shop.backend.load(ShopData(**(values | records)))  # type: ignore[attr-defined]


async def sent_back(shop: Shop, state: ReturnStatus, **changes: Any) -> Return:
    order = await shop.backend.order_by_number(STORY.number)
    assert order is not None
    made = Return(
        id="ret_x",
        number="R-TEST22",
        order_id=order.id,
        lines=(ReturnLine(order_line_id=order.lines[0].id, quantity=1, reason=ReturnReason.TOO_SMALL),),
        status=state,
        created_at=NOW - 20 * DAY,
        send_by=(NOW - 6 * DAY).date(),
        expected_refund=eur(4000),
        fee=eur(490),
    ).model_copy(update=changes)
    await put(shop, returns=(made,))
    return made


@pytest.mark.parametrize(
    ("handle", "statements"),
    [
        ("delivered_single_en", []),
        ("return_open_de", ["return_state.open"]),
        ("return_in_transit_de", ["return_state.in_transit"]),
        ("refund_pending_de", ["return_state.received_paid", "refund.pending"]),
        ("return_rejected_es", ["return_state.rejected"]),
        ("cancelled_refund_pending_de", ["refund.pending"]),
    ],
)
async def test_what_is_on_record_is_told(shop: Shop, handle: str, statements: list[str]) -> None:
    result = await status(shop, handle)
    assert said(result) == statements
    assert result.outcome == ("some" if statements else "none")


async def test_return_that_was_never_sent_is_not_promised_a_refund(shop: Shop) -> None:
    await sent_back(shop, ReturnStatus.APPROVED)
    assert said(await status(shop)) == ["return_state.overdue_to_send"]


@pytest.mark.parametrize(
    ("days", "statement", "outcome"),
    [
        (WITHIN - 1, "return_state.received_on", "some"),
        (WITHIN, "return_state.received_on", "some"),
        (WITHIN + 1, "return_state.received_late", "late"),
        (None, "return_state.received", "some"),
    ],
)
async def test_refund_is_late_the_day_after_it_was_due(
    shop: Shop, days: int | None, statement: str, outcome: str
) -> None:
    came = None if days is None else NOW - days * DAY
    await sent_back(shop, ReturnStatus.RECEIVED, received_at=came)
    result = await status(shop)
    assert (said(result), result.outcome) == ([statement], outcome)


@pytest.mark.parametrize(
    ("state", "days", "statement", "outcome"),
    [
        (RefundStatus.PENDING, WITHIN, "refund.pending", "some"),
        (RefundStatus.PENDING, WITHIN + 1, "refund.late", "late"),
        (RefundStatus.FAILED, 1, "refund.failed", "late"),
        (RefundStatus.DONE, 30, "refund.done_earlier", "some"),
    ],
)
async def test_refund_that_is_overdue_or_failed_needs_a_person(
    shop: Shop, state: RefundStatus, days: int, statement: str, outcome: str
) -> None:
    made = await sent_back(shop, ReturnStatus.RECEIVED, received_at=NOW - 9 * DAY)
    paid = Refund(
        id="rfd_x",
        order_id=made.order_id,
        amount=eur(4000),
        status=state,
        created_at=NOW - days * DAY,
        return_id=made.id,
    )
    await put(shop, refunds=(paid,))
    result = await status(shop)
    assert (said(result), result.outcome) == (["return_state.received_paid", statement], outcome)


async def test_exchange_is_told_instead_of_its_return(shop: Shop) -> None:
    order = await shop.backend.order_by_number(STORY.number)
    assert order is not None
    line = order.lines[0]
    product = await shop.backend.product(line.product_id)
    assert product is not None
    new = next(each for each in product.variants if each.sku != line.sku and each.stock)
    draft = ExchangeDraft(
        order_id=order.id,
        order_line_id=line.id,
        quantity=1,
        sku=new.sku,
        reason=ReturnReason.TOO_SMALL,
        difference=eur(0),
        fee=eur(0),
        ship=ExchangeShip.ON_RECEIPT,
        send_by=(NOW + 14 * DAY).date(),
    )
    await shop.backend.start_exchange(draft, version=order.version, key="k")
    assert said(await status(shop)) == ["exchange_state.agreed"]


@pytest.mark.parametrize(
    ("remedy", "state", "by", "statement", "outcome"),
    [
        (ClaimRemedy.INQUIRY, ClaimStatus.OPEN, 2, "claim_state.decision_by", "some"),
        (ClaimRemedy.INQUIRY, ClaimStatus.OPEN, -1, "claim_state.decision_late", "late"),
        (ClaimRemedy.REPLACEMENT, ClaimStatus.AGREED, None, "claim_state.replacement", "some"),
        (ClaimRemedy.NONE, ClaimStatus.REJECTED, None, "claim_state.rejected", "some"),
    ],
)
async def test_claim_is_told_with_the_day_of_its_decision(
    shop: Shop, remedy: ClaimRemedy, state: ClaimStatus, by: int | None, statement: str, outcome: str
) -> None:
    order = await shop.backend.order_by_number(STORY.number)
    assert order is not None
    claim = Claim(
        id="clm_x",
        number="C-TEST22",
        order_id=order.id,
        kind=ClaimKind.DAMAGED,
        lines=(ClaimLine(order_line_id=order.lines[0].id, quantity=1),),
        status=state,
        remedy=remedy,
        remedy_by=None if by is None else (NOW + by * DAY).date(),
        created_at=NOW - 3 * DAY,
    )
    await put(shop, claims=(claim,))
    result = await status(shop)
    assert (said(result), result.outcome) == ([statement], outcome)
