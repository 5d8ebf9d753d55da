"""Reads the shop's records from its tables on a given connection."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.embedded.records import (
    Row,
    coupon_record,
    customer_record,
    dispute_record,
    order_record,
    product_record,
    refund_record,
    return_record,
    shipment_record,
)
from commerce.embedded.tables import (
    shop_coupons,
    shop_customers,
    shop_disputes,
    shop_meta,
    shop_order_lines,
    shop_orders,
    shop_products,
    shop_refunds,
    shop_returns,
    shop_shipments,
    shop_tracking_numbers,
    shop_variants,
)
from commerce.keys import email_key, number_key, printable
from commerce.models import Customer, Order, Product, Refund, Return, Shipment

AS_OF = "as_of"
"""The shop_meta key under which an imported shop keeps the time of its data."""


async def as_of(connection: AsyncConnection) -> datetime | None:
    """When the imported data was taken from its shop; None where the shop lives here."""
    value = await connection.scalar(select(shop_meta.c.value).where(shop_meta.c.key == AS_OF))
    return datetime.fromisoformat(value) if value else None


async def is_empty(connection: AsyncConnection) -> bool:
    tables = (shop_orders, shop_products, shop_customers)
    found = await connection.execute(select(*(exists(select(table.c.id)) for table in tables)))
    return not any(found.one())


async def orders(connection: AsyncConnection, query: Select[Any]) -> list[Order]:
    """The orders whose ids the query gives, newest first.

    Order and lines come in one statement, so that a change in between cannot tear them apart.
    """
    rows = await _joined(
        connection,
        select(shop_orders, shop_order_lines)
        .join_from(shop_orders, shop_order_lines, isouter=True)
        .where(shop_orders.c.id.in_(query))
        .order_by(shop_orders.c.placed_at.desc(), shop_orders.c.id, shop_order_lines.c.position),
        shop_orders,
        shop_order_lines,
    )
    return [order_record(order, lines) for order, lines in rows]


def order_by_id(order_id: str) -> Select[Any]:
    return select(shop_orders.c.id).where(shop_orders.c.id == printable(order_id))


def order_by_number(number: str) -> Select[Any]:
    return select(shop_orders.c.id).where(shop_orders.c.number_key == number_key(number))


def orders_by_tracking(tracking_number: str) -> Select[Any]:
    shipped = select(shop_shipments.c.order_id).join_from(shop_shipments, shop_tracking_numbers)
    return shipped.where(shop_tracking_numbers.c.tracking_key == number_key(tracking_number))


def orders_of(customer_id: str, limit: int) -> Select[Any]:
    newest = shop_orders.c.placed_at.desc(), shop_orders.c.id
    ids = select(shop_orders.c.id).where(shop_orders.c.customer_id == printable(customer_id))
    return ids.order_by(*newest).limit(limit)


async def customer(connection: AsyncConnection, customer_id: str) -> Customer | None:
    return await _customer(connection, shop_customers.c.id == printable(customer_id))


async def customer_by_email(connection: AsyncConnection, email: str) -> Customer | None:
    """The oldest customer with this address; an empty address belongs to nobody."""
    key = email_key(email)
    return await _customer(connection, shop_customers.c.email_key == key) if key else None


async def _customer(connection: AsyncConnection, which: ColumnElement[bool]) -> Customer | None:
    oldest = shop_customers.c.created_at, shop_customers.c.id
    query = select(shop_customers).where(which).order_by(*oldest).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return customer_record(row) if row else None


async def shipments(connection: AsyncConnection, order_id: str) -> list[Shipment]:
    order_of_sending = shop_shipments.c.shipped_at.asc().nulls_last(), shop_shipments.c.id
    query = (
        select(shop_shipments)
        .where(shop_shipments.c.order_id == printable(order_id))
        .order_by(*order_of_sending)
    )
    return [shipment_record(row) for row in (await connection.execute(query)).mappings()]


async def returns(connection: AsyncConnection, order_id: str) -> list[Return]:
    query = select(shop_returns).where(shop_returns.c.order_id == printable(order_id))
    rows = await connection.execute(query.order_by(shop_returns.c.created_at, shop_returns.c.id))
    return [return_record(row) for row in rows.mappings()]


async def refunds(connection: AsyncConnection, order_id: str) -> list[Refund]:
    query = select(shop_refunds).where(shop_refunds.c.order_id == printable(order_id))
    rows = await connection.execute(query.order_by(shop_refunds.c.created_at, shop_refunds.c.id))
    return [refund_record(row) for row in rows.mappings()]


async def disputes(connection: AsyncConnection, order_id: str) -> list[Dispute]:
    query = select(shop_disputes).where(shop_disputes.c.order_id == printable(order_id))
    rows = await connection.execute(query.order_by(shop_disputes.c.opened_at, shop_disputes.c.id))
    return [dispute_record(row) for row in rows.mappings()]


async def coupon(connection: AsyncConnection, code: str) -> Coupon | None:
    query = select(shop_coupons).where(shop_coupons.c.code_key == number_key(code))
    row = (await connection.execute(query)).mappings().one_or_none()
    return coupon_record(row) if row else None


async def products(connection: AsyncConnection, product_id: str | None = None) -> list[Product]:
    query = (
        select(shop_products, shop_variants)
        .join_from(shop_products, shop_variants, isouter=True)
        .order_by(shop_products.c.id, shop_variants.c.position)
    )
    if product_id is not None:
        query = query.where(shop_products.c.id == printable(product_id))
    rows = await _joined(connection, query, shop_products, shop_variants)
    return [product_record(row, variants) for row, variants in rows]


async def _joined(
    connection: AsyncConnection, query: Select[Any], owner: Table, part: Table
) -> list[tuple[Row, list[Row]]]:
    """Each owner with its parts, from a query that selects the owner's columns and then the part's."""
    found = (await connection.execute(query)).all()
    width = len(owner.columns)
    grouped = [list(rows) for _, rows in groupby(found, key=itemgetter(0))]
    return [
        (
            dict(zip(owner.columns.keys(), rows[0][:width], strict=True)),
            [
                dict(zip(part.columns.keys(), row[width:], strict=True))
                for row in rows
                if row[width] is not None
            ],
        )
        for rows in grouped
    ]
