"""The lines of a Shopify order, with what each of them really cost after discounts and with tax."""

from __future__ import annotations

from collections.abc import Sequence

from commerce.importing.csvfile import Row
from commerce.importing.shopify_products import Catalogue
from commerce.importing.shopify_values import amount, whole
from commerce.models import OrderLine
from facts.values import Money


def order_lines(
    found: Sequence[Row], subtotal: Money, tax_beside: Money, catalogue: Catalogue
) -> tuple[OrderLine, ...]:
    """The lines; an order's discount and the tax beside its prices are spread over them by their worth.

    Raises ValueError where the lines, less the discount, cannot be the subtotal.
    """
    currency = subtotal.currency
    bought = [row for row in found if row.get("Lineitem name", "Lineitem quantity")]
    prices = [amount(row, "Lineitem price", currency) for row in bought]
    before = [
        price.minor * whole(row, "Lineitem quantity") - amount(row, "Lineitem discount", currency).minor
        for row, price in zip(bought, prices, strict=True)
    ]
    discount = sum(before) - subtotal.minor
    granted = amount(found[0], "Discount Amount", currency).minor
    if not -len(before) <= discount <= granted + len(before):
        lines, less = Money(minor=sum(before), currency=currency), Money(minor=granted, currency=currency)
        raise ValueError(f"lines of {lines.amount} less a discount of {less.amount} are not the subtotal")
    discounts, taxes = spread(discount, before), spread(tax_beside.minor, before)
    totals = [paid - less + tax for paid, less, tax in zip(before, discounts, taxes, strict=True)]
    return tuple(
        _line(row, number, price, Money(minor=total, currency=currency), catalogue)
        for number, (row, price, total) in enumerate(zip(bought, prices, totals, strict=True), start=1)
    )


def _line(row: Row, number: int, price: Money, total: Money, catalogue: Catalogue) -> OrderLine:
    sku = row.get("Lineitem sku")
    product_id, title, options = catalogue.by_sku.get(sku, ("", row.get("Lineitem name"), {}))
    return OrderLine(
        id=str(number),
        sku=sku,
        product_id=product_id,
        title=title,
        options=options,
        quantity=whole(row, "Lineitem quantity"),
        unit_price=price,
        total=total,
    )


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """The total in whole parts by weight; what rounding leaves goes to the first parts, one each.

    >>> spread(100, [1, 1, 1])
    [34, 33, 33]
    """
    worth = sum(weights)
    if worth == 0:
        return [total if index == 0 else 0 for index in range(len(weights))]
    parts = [total * weight // worth for weight in weights]
    left = total - sum(parts)
    return [part + (index < left) for index, part in enumerate(parts)]
