"""Keeps reports of sizes that come out otherwise: one for each order line, numbered per variant."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.embedded.exchange_tables import shop_fit_reports as reports
from commerce.embedded.tables import shop_order_lines, shop_orders, shop_variants
from commerce.errors import OrderNotFound
from commerce.fit import Fit, FitReport
from commerce.keys import printable
from commerce.models import OrderStatus
from facts.clock import Clock

LEFT = (
    OrderStatus.PARTIALLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
    OrderStatus.RETURNED,
)


async def report_fit(
    connection: AsyncConnection, order_id: str, line_id: str, kind: Fit, clock: Clock
) -> FitReport:
    """The line's report: made, or the one that is there with its place kept; the newest word on the kind counts."""
    lines = shop_order_lines.c
    mine = (lines.order_id == printable(order_id)) & (lines.id == printable(line_id))
    sku = await connection.scalar(select(lines.sku).where(mine))
    if sku is None:
        raise OrderNotFound(order_id)
    # Reports of one variant wait for each other, so that each has a place of its own.
    await connection.execute(select(shop_variants.c.sku).where(shop_variants.c.sku == sku).with_for_update())
    here = (reports.c.order_id == order_id) & (reports.c.order_line_id == line_id)
    known = (await connection.execute(select(reports).where(here))).mappings().one_or_none()
    if known is not None:
        await connection.execute(update(reports).where(here).values(kind=kind))
        return FitReport.model_validate(dict(known) | {"kind": kind})
    made = FitReport(
        sku=sku,
        order_id=order_id,
        order_line_id=line_id,
        kind=kind,
        position=1 + await _count(connection, sku),
        sold=await _sold(connection, sku),
        created_at=clock.now(),
    )
    await connection.execute(reports.insert().values(made.model_dump()))
    return made


async def _count(connection: AsyncConnection, sku: str) -> int:
    query = select(func.count()).select_from(reports).where(reports.c.sku == sku)
    return int(await connection.scalar(query) or 0)


async def _sold(connection: AsyncConnection, sku: str) -> int:
    lines = shop_order_lines.c
    query = select(func.sum(lines.quantity)).join_from(shop_order_lines, shop_orders)
    query = query.where(lines.sku == sku, shop_orders.c.status.in_(LEFT))
    return int(await connection.scalar(query) or 0)


async def fit_reports(connection: AsyncConnection, sku: str) -> list[FitReport]:
    query = select(reports).where(reports.c.sku == printable(sku)).order_by(reports.c.position)
    return [FitReport.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]
