"""The embedded shop's tables of exchanges and of fit reports."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from persistence.engine import metadata
from persistence.types import UtcDateTime

shop_exchanges = Table(
    "shop_exchanges",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("order_line_id", String(128), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("sku", String(128), nullable=False),
    Column("options", JSON, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("difference_minor", BigInteger, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
    Column("ship", String(16), nullable=False),
    Column("send_by", Date, nullable=False),
    Column("return_id", String(128), nullable=False),
    Column("return_number", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("number"),
)

shop_fit_reports = Table(
    "shop_fit_reports",
    metadata,
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False),
    Column("order_line_id", String(128), nullable=False),
    Column("sku", String(128), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sold", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("order_id", "order_line_id"),
)
