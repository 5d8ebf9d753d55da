"""Fills the shop's tables with many records at once; a record replaces the one with its id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.claims import Claim
from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.embedded.claim_tables import shop_claims
from commerce.embedded.claims import claim_row
from commerce.embedded.exchange_tables import shop_exchanges
from commerce.embedded.exchanges import exchange_row
from commerce.embedded.records import (
    Row,
    coupon_row,
    customer_row,
    dispute_row,
    line_rows,
    order_row,
    product_row,
    refund_row,
    return_row,
    shipment_row,
    tracking_rows,
    variant_rows,
)
from commerce.embedded.repository import AS_OF
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
from commerce.exchanges import Exchange
from commerce.models import Customer, Order, Product, Record, Refund, Return, Shipment
from commerce.shopdata import ShopData

BATCH = 500


async def put_shop(connection: AsyncConnection, shop: ShopData) -> None:
    """Every record of the shop, owners before what refers to them."""
    kinds: Sequence[Iterable[Record]] = (
        shop.customers,
        shop.products,
        shop.orders,
        shop.shipments,
        shop.returns,
        shop.refunds,
        shop.disputes,
        shop.coupons,
        shop.claims,
        shop.exchanges,
    )
    for records in kinds:
        waiting = iter(records)
        while batch := list(islice(waiting, BATCH)):
            await put(connection, batch)


async def put(connection: AsyncConnection, records: Sequence[Record]) -> None:
    """Records of one kind, none twice; what they refer to is there already."""
    await _PUT[type(records[0])](connection, records)


async def put_as_of(connection: AsyncConnection, moment: datetime) -> None:
    """From now on the shop is an import of that time."""
    await _upsert(connection, shop_meta, [{"key": AS_OF, "value": moment.isoformat()}])


async def _put_customers(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_customers, [customer_row(record) for record in records])


async def _put_products(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_products, [product_row(record) for record in records])
    variants = [row for record in records for row in variant_rows(record)]
    await _replace(connection, shop_variants.c.product_id, records, variants)


async def _put_orders(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_orders, [order_row(record) for record in records])
    lines = [row for record in records for row in line_rows(record)]
    await _replace(connection, shop_order_lines.c.order_id, records, lines)


async def _put_shipments(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_shipments, [shipment_row(record) for record in records])
    numbers = [row for record in records for row in tracking_rows(record)]
    await _replace(connection, shop_tracking_numbers.c.shipment_id, records, numbers)


async def _put_returns(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_returns, [return_row(record) for record in records])


async def _put_refunds(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_refunds, [refund_row(record) for record in records])


async def _put_disputes(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_disputes, [dispute_row(record) for record in records])


async def _put_coupons(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_coupons, [coupon_row(record) for record in records])


async def _put_claims(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_claims, [claim_row(record) for record in records])


async def _put_exchanges(connection: AsyncConnection, records: Sequence[Any]) -> None:
    await _upsert(connection, shop_exchanges, [exchange_row(record) for record in records])


_PUT: dict[type[Record], Callable[[AsyncConnection, Sequence[Any]], Awaitable[None]]] = {
    Customer: _put_customers,
    Product: _put_products,
    Order: _put_orders,
    Shipment: _put_shipments,
    Return: _put_returns,
    Refund: _put_refunds,
    Dispute: _put_disputes,
    Coupon: _put_coupons,
    Claim: _put_claims,
    Exchange: _put_exchanges,
}


async def _upsert(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table)
    identity = list(table.primary_key.columns)
    rest = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    statement = (
        insert.on_conflict_do_update(index_elements=identity, set_=rest)
        if rest
        else insert.on_conflict_do_nothing(index_elements=identity)
    )
    await connection.execute(statement, list(rows))


async def _replace(
    connection: AsyncConnection, owner: Column[Any], records: Sequence[Any], rows: Sequence[Row]
) -> None:
    """The owners' parts anew: parts that are gone since the last time go."""
    await connection.execute(delete(owner.table).where(owner.in_([record.id for record in records])))
    await _upsert(connection, owner.table, rows)
