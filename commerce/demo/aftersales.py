"""Returns, refunds and disputes of the demo shop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commerce.demo.market import Market
from commerce.demo.numbers import salt
from commerce.disputes import Dispute, DisputeStatus
from commerce.models import Order, OrderLine, Refund, Return, ReturnLine
from facts.values import Money

_ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
_WAREHOUSE = ZoneInfo("Europe/Amsterdam")
_BACK = ("received", "refunded")
_DECIDE_THEMSELVES = ("paypal", "klarna", "alipay")


def make_return(order: Order, spec: dict[str, Any], market: Market, now: datetime) -> Return:
    """The return that a scenario tells of; the fee is already taken off the expected refund."""
    lines = _chosen(order, spec)
    fee = market.return_fee(spec["reason"], order.shipping_address.country)
    created = now - timedelta(hours=spec["ago"], minutes=salt(order.number, 40))
    paid = sum(line.total.minor for line in lines)
    return Return(
        id=order.id.replace("ord_", "ret_"),
        number="R-"
        + "".join(_ALPHABET[salt(f"{order.number}/{place}", len(_ALPHABET))] for place in range(6)),
        order_id=order.id,
        lines=tuple(
            ReturnLine(order_line_id=line.id, quantity=line.quantity, reason=spec["reason"]) for line in lines
        ),
        status=spec["status"],
        created_at=created,
        send_by=(created + timedelta(days=market.send_by_days)).astimezone(_WAREHOUSE).date(),
        expected_refund=Money(minor=max(0, paid - fee.minor), currency=fee.currency),
        fee=fee,
    )


def make_refund(order: Order, spec: dict[str, Any], return_: Return | None, now: datetime) -> Refund:
    """The refund of a return, or of the whole order where there was none."""
    return Refund(
        id=order.id.replace("ord_", "rfd_"),
        order_id=order.id,
        amount=return_.expected_refund if return_ else order.total,
        status=spec["status"],
        created_at=now - timedelta(hours=spec["ago"]),
        reason=spec["reason"],
        return_id=return_.id if return_ else None,
    )


def make_dispute(order: Order, spec: dict[str, Any], now: datetime) -> Dispute:
    """The chargeback or payment-service case about the whole order; who decides it follows from how it was paid."""
    status = DisputeStatus(spec["status"])
    channel = order.payment_method if order.payment_method in _DECIDE_THEMSELVES else "card"
    return Dispute(
        id=order.id.replace("ord_", "dsp_"),
        order_id=order.id,
        channel=channel,
        amount=order.total,
        status=status,
        opened_at=now - timedelta(hours=spec["ago"]),
        closed_at=now - timedelta(hours=spec["closed"]) if "closed" in spec else None,
    )


def with_pieces_back(order: Order, spec: dict[str, Any]) -> Order:
    """The order after the warehouse has counted what came back; unchanged while it is still on its way."""
    if spec["status"] not in _BACK:
        return order
    back = {line.id for line in _chosen(order, spec)}
    lines = tuple(
        line.model_copy(update={"returned_quantity": line.quantity}) if line.id in back else line
        for line in order.lines
    )
    return order.model_copy(update={"lines": lines})


def _chosen(order: Order, spec: dict[str, Any]) -> tuple[OrderLine, ...]:
    if spec["lines"] == "all":
        return order.lines
    return tuple(order.lines[number - 1] for number in spec["lines"])
