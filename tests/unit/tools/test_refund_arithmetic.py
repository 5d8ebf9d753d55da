"""Refunds in integer minor units: nothing is lost, nothing is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from commerce.models import (
    Order,
    OrderLine,
    OrderStatus,
    PaymentStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnLine,
    ReturnReason,
    ReturnStatus,
)
from facts.values import Money
from tests.unit.tools.harness import POLICY
from tools.limits import within
from tools.refunds import gone, refundable, share

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def money(minor: int, currency: str = "EUR") -> Money:
    return Money(minor=minor, currency=currency)


def line(quantity: int, total: int, returned: int = 0) -> OrderLine:
    return OrderLine(
        id="l1", sku="s", product_id="p", title="t", quantity=quantity, unit_price=money(total // quantity),
        total=money(total), returned_quantity=returned,
    )  # fmt: skip


def order(
    payment: PaymentStatus = PaymentStatus.PAID, total: int = 10_000, lines: tuple[OrderLine, ...] = ()
) -> Order:
    return Order.model_construct(
        id="o1", status=OrderStatus.DELIVERED, payment_status=payment, total=money(total), lines=lines
    )


def refund(minor: int, status: RefundStatus = RefundStatus.DONE) -> Refund:
    return Refund(id="r", order_id="o1", amount=money(minor), status=status, created_at=NOW)


def sent_back(quantity: int, status: ReturnStatus) -> Return:
    return Return(
        id="rt", number="R-1", order_id="o1", status=status, created_at=NOW, send_by=date(2026, 12, 1),
        lines=(ReturnLine(order_line_id="l1", quantity=quantity, reason=ReturnReason.OTHER),),
        expected_refund=money(0), fee=money(0),
    )  # fmt: skip


portions = st.lists(st.integers(1, 9), min_size=1, max_size=8)


@given(portions, st.integers(0, 10**9))
def test_all_portions_together_are_worth_exactly_the_total(pieces: list[int], total: int) -> None:
    whole = line(sum(pieces), total)
    worth, before = 0, 0
    for portion in pieces:
        worth += share(whole, before, portion).minor
        before += portion
    assert worth == total


@given(st.integers(1, 50), st.integers(0, 10**9), st.data())
def test_portion_is_within_one_minor_unit_of_its_exact_share(
    quantity: int, total: int, data: st.DataObject
) -> None:
    before = data.draw(st.integers(0, quantity - 1))
    pieces = data.draw(st.integers(1, quantity - before))
    worth = share(line(quantity, total), before, pieces).minor
    assert abs(worth * quantity - total * pieces) < quantity
    assert 0 <= worth <= total


@given(
    st.integers(1, 10**6),
    st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from(RefundStatus)), max_size=5),
)
def test_never_more_is_refundable_than_was_paid(total: int, earlier: list[tuple[int, RefundStatus]]) -> None:
    refunds = [refund(minor, status) for minor, status in earlier]
    left = refundable(order(total=total), refunds)
    spent = sum(minor for minor, status in earlier if status is not RefundStatus.FAILED)
    assert (left.minor if left else 0) == max(total - spent, 0)


@given(
    st.sampled_from(
        [p for p in PaymentStatus if p not in (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED)]
    )
)
def test_nothing_is_refundable_that_was_not_taken(payment: PaymentStatus) -> None:
    assert refundable(order(payment), []) is None


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_pieces_are_gone_once(on_line: int, open_: int, back: int, refused: int) -> None:
    returns = [
        sent_back(quantity, status)
        for quantity, status in (
            (open_, ReturnStatus.APPROVED),
            (back, ReturnStatus.RECEIVED),
            (refused, ReturnStatus.REJECTED),
        )
        if quantity
    ]
    held = order(lines=(line(20, 2000, on_line),))
    assert gone(held, returns) == {"l1": open_ + max(on_line, back)}


def test_limit_binds_at_the_very_amount_and_in_its_own_currency() -> None:
    limit = POLICY.limits.cancel_refund[0]
    assert within(POLICY.limits, "cancel_refund", limit)
    assert not within(POLICY.limits, "cancel_refund", money(limit.minor + 1))
    assert not within(POLICY.limits, "cancel_refund", money(1, "TRY"))
