"""Reads the shop's claims, and their shape as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.claims import Claim
from commerce.embedded.claim_tables import shop_claims
from commerce.embedded.records import Row
from commerce.embedded.tables import shop_orders
from commerce.keys import printable
from facts.values import Money


def claim_row(claim: Claim) -> Row:
    plain = claim.model_dump(exclude={"lines", "refund"})
    return plain | {
        "lines": [line.model_dump(mode="json") for line in claim.lines],
        "photos": list(claim.photos),
        "refund_minor": claim.refund.minor if claim.refund else None,
        "currency": claim.refund.currency if claim.refund else None,
    }


def claim_record(row: RowMapping) -> Claim:
    plain: dict[str, Any] = dict(row)
    minor, currency = plain.pop("refund_minor"), plain.pop("currency")
    refund = Money(minor=minor, currency=currency) if currency else None
    return Claim(refund=refund, **plain)


async def claims(connection: AsyncConnection, order_id: str) -> Sequence[Claim]:
    return await _read(connection, select(shop_claims).where(shop_claims.c.order_id == printable(order_id)))


async def claims_of(connection: AsyncConnection, customer_id: str, since: datetime) -> Sequence[Claim]:
    hers = select(shop_claims).join_from(shop_claims, shop_orders)
    hers = hers.where(shop_orders.c.customer_id == printable(customer_id))
    return await _read(connection, hers.where(shop_claims.c.created_at >= since))


async def versions(connection: AsyncConnection) -> dict[str, tuple[int, int]]:
    counted = select(shop_orders.c.id, shop_orders.c.version, func.count(shop_claims.c.id))
    rows = await connection.execute(
        counted.join_from(shop_orders, shop_claims, isouter=True).group_by(shop_orders.c.id)
    )
    return {order: (version, claims) for order, version, claims in rows}


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Claim]:
    rows = await connection.execute(query.order_by(shop_claims.c.created_at, shop_claims.c.id))
    return [claim_record(row) for row in rows.mappings()]
