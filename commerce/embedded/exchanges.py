"""Reads the shop's exchanges, and their shape as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.embedded.exchange_tables import shop_exchanges
from commerce.embedded.records import Row
from commerce.exchanges import Exchange
from commerce.keys import printable
from facts.values import Money


def exchange_row(exchange: Exchange) -> Row:
    plain = exchange.model_dump(exclude={"difference", "fee"})
    return plain | {
        "currency": exchange.fee.currency,
        "difference_minor": exchange.difference.minor,
        "fee_minor": exchange.fee.minor,
    }


def exchange_record(row: RowMapping) -> Exchange:
    plain: dict[str, Any] = dict(row)
    currency = plain.pop("currency")
    difference = Money(minor=plain.pop("difference_minor"), currency=currency)
    fee = Money(minor=plain.pop("fee_minor"), currency=currency)
    return Exchange(difference=difference, fee=fee, **plain)


async def exchanges(connection: AsyncConnection, order_id: str) -> Sequence[Exchange]:
    query = select(shop_exchanges).where(shop_exchanges.c.order_id == printable(order_id))
    rows = await connection.execute(query.order_by(shop_exchanges.c.created_at, shop_exchanges.c.id))
    return [exchange_record(row) for row in rows.mappings()]
