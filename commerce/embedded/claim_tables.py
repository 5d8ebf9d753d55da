"""The embedded shop's table of claims."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, ForeignKey, String, Table, UniqueConstraint

from persistence.engine import metadata
from persistence.types import UtcDateTime

shop_claims = Table(
    "shop_claims",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("lines", JSON, nullable=False),
    Column("photos", JSON, nullable=False),
    Column("status", String(32), nullable=False),
    Column("remedy", String(32), nullable=False),
    Column("remedy_by", Date),
    Column("refund_minor", BigInteger),
    Column("currency", String(3)),
    Column("return_id", String(128)),
    Column("return_number", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("number"),
)
