"""Whether the records fit together: references, duplicates, currencies, pieces, sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.importing.limits import oddities
from commerce.importing.report import Problem, Severity
from commerce.importing.source import Entry, Found
from commerce.importing.sums import sums_wrong
from commerce.keys import number_key
from commerce.models import Customer, Order, Product, Refund, Return, Shipment
from facts.values import Money


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(frozen=True)
class _Known:
    """What later records may refer to in an order."""

    currency: str
    total: int
    pieces: tuple[tuple[str, int], ...]


class Checker:
    """Looks at the records of one import in their order; a bad record is not known to later ones."""

    def __init__(self) -> None:
        self._ids: set[tuple[type, str]] = set()
        self._skus: set[str] = set()
        self._numbers: set[tuple[type, str]] = set()
        self._orders: dict[str, _Known] = {}
        self._refunded: Counter[str] = Counter()

    def problems(self, entry: Entry) -> list[Problem]:
        """Everything wrong with the entry; it is good when none of it is an error."""
        if isinstance(entry, Problem):
            return [entry]
        found = [Problem(entry.place, reason) for reason in self._errors(entry)]
        if found:
            return found
        found = [Problem(entry.place, reason, Severity.WARNING) for reason in self._warnings(entry)]
        self._remember(entry)
        return found

    def _errors(self, entry: Found) -> Iterator[str]:
        record = entry.record
        yield from oddities(record)
        if (type(record), record.id) in self._ids:
            yield f"id {record.id} is there twice"
        match record:
            case Customer():
                yield from _customer_errors(record)
            case Product():
                yield from self._product_errors(record)
            case Order():
                yield from self._order_errors(record)
            case Shipment():
                yield from self._shipment_errors(record)
            case Return():
                yield from self._return_errors(record)
            case Refund():
                yield from self._refund_errors(record)
            case Dispute():
                yield from self._dispute_errors(record)
            case Coupon():
                yield from self._coupon_errors(record)

    def _warnings(self, entry: Found) -> Iterator[str]:
        match entry.record:
            case Customer(email=""):
                yield "without an e-mail address this customer cannot be recognised"
            case Order() as order:
                for line in order.lines:
                    if line.sku not in self._skus:
                        yield f"line {line.id}: no product has SKU {line.sku!r}"

    def _remember(self, entry: Found) -> None:
        record = entry.record
        self._ids.add((type(record), record.id))
        match record:
            case Product():
                self._skus.update(variant.sku for variant in record.variants)
            case Order():
                pieces = tuple((line.id, line.quantity) for line in record.lines)
                self._orders[record.id] = _Known(record.total.currency, record.total.minor, pieces)
                self._numbers.add((Order, number_key(record.number)))
            case Return():
                self._numbers.add((Return, record.number))
            case Coupon():
                self._numbers.add((Coupon, number_key(record.id)))
            case Refund():
                self._refunded[record.order_id] += record.amount.minor

    def _product_errors(self, product: Product) -> Iterator[str]:
        yield from _currency_errors([variant.price for variant in product.variants])
        for sku, times in Counter(variant.sku for variant in product.variants).items():
            if times > 1 or sku in self._skus:
                yield f"SKU {sku!r} is there twice"
        for variant in product.variants:
            if variant.product_id != product.id:
                yield f"variant {variant.sku!r} names another product"

    def _order_errors(self, order: Order) -> Iterator[str]:
        if (Customer, order.customer_id) not in self._ids:
            yield f"no customer has id {order.customer_id!r}"
        if not 0 < len(number_key(order.number)) <= 64:
            yield "the number is empty or too long"
        elif (Order, number_key(order.number)) in self._numbers:
            yield f"number {order.number} is there twice"
        for line_id, times in Counter(line.id for line in order.lines).items():
            if times > 1:
                yield f"line id {line_id!r} is there twice"
        for line in order.lines:
            if not 0 <= line.returned_quantity <= line.quantity:
                yield f"line {line.id}: returned_quantity is not between 0 and {line.quantity}"
        amounts = [order.subtotal, order.shipping, order.tax, order.duties, order.total]
        lines = [amount for line in order.lines for amount in (line.unit_price, line.total)]
        wrong = list(_currency_errors([*amounts, *lines]))
        yield from wrong or sums_wrong(order)

    def _pieces_errors(self, order: _Known, asked: dict[str, int]) -> Iterator[str]:
        bought = dict(order.pieces)
        for line_id, pieces in asked.items():
            if line_id not in bought:
                yield f"the order has no line {line_id!r}"
            elif not 0 < pieces <= bought[line_id]:
                yield f"line {line_id}: {pieces} of {bought[line_id]} pieces"

    def _shipment_errors(self, shipment: Shipment) -> Iterator[str]:
        order = self._orders.get(shipment.order_id)
        if order is None:
            yield f"no order has id {shipment.order_id!r}"
        else:
            yield from self._pieces_errors(order, shipment.lines)
        for event in shipment.events:
            if not 0 <= event.leg < len(shipment.legs):
                yield f"event {event.id}: there is no leg {event.leg}"
            if event.zone not in _zones():
                yield f"event {event.id}: {event.zone!r} is not a time zone"

    def _return_errors(self, return_: Return) -> Iterator[str]:
        if (Return, return_.number) in self._numbers:
            yield f"number {return_.number} is there twice"
        order = self._orders.get(return_.order_id)
        if order is None:
            yield f"no order has id {return_.order_id!r}"
            return
        asked: Counter[str] = Counter()
        for line in return_.lines:
            asked[line.order_line_id] += line.quantity
        yield from self._pieces_errors(order, asked)
        yield from _currency_errors([return_.expected_refund, return_.fee], order.currency)

    def _refund_errors(self, refund: Refund) -> Iterator[str]:
        if refund.return_id is not None and (Return, refund.return_id) not in self._ids:
            yield f"no return has id {refund.return_id!r}"
        order = self._orders.get(refund.order_id)
        if order is None:
            yield f"no order has id {refund.order_id!r}"
            return
        yield from _currency_errors([refund.amount], order.currency)
        if self._refunded[refund.order_id] + refund.amount.minor > order.total:
            yield "more is refunded than the order's total"

    def _dispute_errors(self, dispute: Dispute) -> Iterator[str]:
        order = self._orders.get(dispute.order_id)
        if order is None:
            yield f"no order has id {dispute.order_id!r}"
            return
        yield from _currency_errors([dispute.amount], order.currency)

    def _coupon_errors(self, coupon: Coupon) -> Iterator[str]:
        if not 0 < len(number_key(coupon.id)) <= 64:
            yield "the code is empty or too long"
        elif (Coupon, number_key(coupon.id)) in self._numbers:
            yield f"code {coupon.id} is there twice"
        for money in (coupon.amount, coupon.minimum):
            if money is not None:
                yield from _currency_errors([money])


def _customer_errors(customer: Customer) -> Iterator[str]:
    if customer.email and "@" not in customer.email:
        yield "email: not an e-mail address"


def _currency_errors(amounts: list[Money], currency: str | None = None) -> Iterator[str]:
    used = sorted({amount.currency for amount in amounts})
    for code in used:
        if code not in _currencies():
            yield f"{code} is not a currency"
    if len(used) > 1 or (currency is not None and used != [currency]):
        yield f"amounts in {', '.join(used)}" + (f" for an order in {currency}" if currency else " are mixed")
    if any(amount.minor < 0 for amount in amounts):
        yield "an amount is negative"
