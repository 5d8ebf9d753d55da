"""The shop's records as rows and back; the only place that knows both shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.keys import email_key, number_key
from commerce.models import Customer, Order, OrderLine, Product, Refund, Return, Shipment, Variant
from facts.values import CurrencyMismatch, Money

Row = dict[str, Any]
ORDER_AMOUNTS = ("subtotal", "shipping", "tax", "duties", "total")


def _single_currency(owner: str, amounts: Iterable[Money]) -> str:
    """The currency that all the amounts share; one order or return is settled in one currency."""
    currencies = sorted({amount.currency for amount in amounts})
    if len(currencies) != 1:
        raise CurrencyMismatch(f"{owner} mixes {', '.join(currencies)}")
    return currencies[0]


def _take(row: Mapping[str, Any], *names: str) -> Row:
    return {name: row[name] for name in names}


def customer_row(customer: Customer) -> Row:
    plain = _take(customer.__dict__, "id", "email", "name", "language", "country", "created_at")
    addresses = [address.model_dump() for address in customer.addresses]
    return plain | {"email_key": email_key(customer.email), "addresses": addresses}


def customer_record(row: RowMapping) -> Customer:
    return Customer.model_validate({k: v for k, v in row.items() if k != "email_key"})


def product_row(product: Product) -> Row:
    return product.model_dump(mode="json", exclude={"variants"})


def variant_rows(product: Product) -> list[Row]:
    return [
        _take(variant.__dict__, "sku", "options", "stock", "weight_g", "held")
        | {
            "product_id": product.id,
            "position": position,
            "price_minor": variant.price.minor,
            "currency": variant.price.currency,
        }
        for position, variant in enumerate(product.variants)
    ]


def product_record(row: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]) -> Product:
    return Product.model_validate(dict(row) | {"variants": tuple(_variant(v) for v in variants)})


def _variant(row: Mapping[str, Any]) -> Variant:
    price = Money(minor=row["price_minor"], currency=row["currency"])
    return Variant(price=price, **_take(row, "sku", "product_id", "options", "stock", "weight_g", "held"))


def order_row(order: Order) -> Row:
    """The order without its lines; raises CurrencyMismatch when its amounts are not in one currency."""
    line_amounts = [amount for line in order.lines for amount in (line.unit_price, line.total)]
    order_amounts = {name: getattr(order, name) for name in ORDER_AMOUNTS}
    currency = _single_currency(f"order {order.number}", [*order_amounts.values(), *line_amounts])
    plain = order.model_dump(exclude={"lines", *ORDER_AMOUNTS})
    minors = {f"{name}_minor": amount.minor for name, amount in order_amounts.items()}
    return plain | minors | {"currency": currency, "number_key": number_key(order.number)}


def line_rows(order: Order) -> list[Row]:
    return [
        line.model_dump(mode="json", exclude={"unit_price", "total"})
        | {
            "order_id": order.id,
            "position": position,
            "unit_price_minor": line.unit_price.minor,
            "total_minor": line.total.minor,
        }
        for position, line in enumerate(order.lines)
    ]


def order_record(row: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Order:
    plain = dict(row)
    del plain["number_key"]
    currency = plain.pop("currency")
    amounts: Row = {
        name: Money(minor=plain.pop(f"{name}_minor"), currency=currency) for name in ORDER_AMOUNTS
    }
    return Order(lines=tuple(_line(line, currency) for line in lines), **amounts, **plain)


def _line(row: Mapping[str, Any], currency: str) -> OrderLine:
    plain = {name: value for name, value in row.items() if name not in ("order_id", "position")}
    unit_price = Money(minor=plain.pop("unit_price_minor"), currency=currency)
    total = Money(minor=plain.pop("total_minor"), currency=currency)
    return OrderLine(unit_price=unit_price, total=total, **plain)


def shipment_row(shipment: Shipment) -> Row:
    nested = shipment.model_dump(mode="json", include={"legs", "lines", "events"})
    return nested | _take(shipment.__dict__, "id", "order_id", "shipped_at", "promised_by")


def tracking_rows(shipment: Shipment) -> list[Row]:
    keys = {number_key(leg.tracking_number) for leg in shipment.legs}
    return [{"tracking_key": key, "shipment_id": shipment.id} for key in sorted(keys) if key]


def shipment_record(row: RowMapping) -> Shipment:
    return Shipment.model_validate(dict(row))


def return_row(return_: Return) -> Row:
    currency = _single_currency(f"return {return_.number}", [return_.expected_refund, return_.fee])
    plain = return_.model_dump(exclude={"lines", "expected_refund", "fee"})
    return plain | {
        "lines": [line.model_dump(mode="json") for line in return_.lines],
        "currency": currency,
        "expected_refund_minor": return_.expected_refund.minor,
        "fee_minor": return_.fee.minor,
    }


def return_record(row: RowMapping) -> Return:
    plain = dict(row)
    currency = plain.pop("currency")
    expected = Money(minor=plain.pop("expected_refund_minor"), currency=currency)
    fee = Money(minor=plain.pop("fee_minor"), currency=currency)
    return Return(expected_refund=expected, fee=fee, **plain)


def refund_row(refund: Refund) -> Row:
    plain = refund.model_dump(exclude={"amount"})
    return plain | {"amount_minor": refund.amount.minor, "currency": refund.amount.currency}


def refund_record(row: RowMapping) -> Refund:
    plain = dict(row)
    amount = Money(minor=plain.pop("amount_minor"), currency=plain.pop("currency"))
    return Refund(amount=amount, **plain)


def dispute_row(dispute: Dispute) -> Row:
    plain = dispute.model_dump(exclude={"amount"})
    return plain | {"amount_minor": dispute.amount.minor, "currency": dispute.amount.currency}


def dispute_record(row: RowMapping) -> Dispute:
    plain = dict(row)
    amount = Money(minor=plain.pop("amount_minor"), currency=plain.pop("currency"))
    return Dispute(amount=amount, **plain)


def coupon_row(coupon: Coupon) -> Row:
    return {"code_key": number_key(coupon.id), "terms": coupon.model_dump(mode="json")}


def coupon_record(row: RowMapping) -> Coupon:
    return Coupon.model_validate(row["terms"])
