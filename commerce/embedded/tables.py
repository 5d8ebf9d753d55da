"""The embedded shop's tables: what changes by itself is a row, nested values are JSON."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from persistence.engine import metadata
from persistence.types import UtcDateTime

shop_meta = Table(
    "shop_meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

shop_customers = Table(
    "shop_customers",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("email", String(320), nullable=False),
    Column("email_key", String(320), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("language", String(35)),
    Column("country", String(2), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("addresses", JSON, nullable=False),
)

shop_products = Table(
    "shop_products",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("title", Text, nullable=False),
    Column("titles", JSON, nullable=False),
    Column("description", Text, nullable=False),
    Column("descriptions", JSON, nullable=False),
    Column("category", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("final_sale", Boolean, nullable=False),
    Column("withdrawal_exceptions", JSON, nullable=False),
    Column("size_chart", JSON(none_as_null=True)),
    Column("images", JSON, nullable=False),
    Column("warranty_months", Integer),
)

shop_variants = Table(
    "shop_variants",
    metadata,
    Column("sku", String(128), primary_key=True),
    Column("product_id", ForeignKey("shop_products.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("options", JSON, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("stock", Integer, nullable=False),
    Column("weight_g", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
)

shop_orders = Table(
    "shop_orders",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("number_key", String(64), nullable=False),
    Column("customer_id", ForeignKey("shop_customers.id"), nullable=False),
    Column("email", String(320), nullable=False),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("status", String(32), nullable=False),
    Column("payment_status", String(32), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("subtotal_minor", BigInteger, nullable=False),
    Column("shipping_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("duties_minor", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("shipping_address", JSON, nullable=False),
    Column("billing_postcode", String(32), nullable=False),
    Column("language", String(35)),
    Column("delivered_at", UtcDateTime),
    Column("cancelled_at", UtcDateTime),
    Column("payment_method", String(32), nullable=False),
    Column("gift", Boolean, nullable=False),
    Column("coupon", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("as_of", UtcDateTime),
    UniqueConstraint("number_key"),
    Index("ix_shop_orders_customer_id_placed_at", "customer_id", "placed_at"),
)

shop_order_lines = Table(
    "shop_order_lines",
    metadata,
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False),
    Column("id", String(128), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sku", String(128), nullable=False),
    Column("product_id", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("titles", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("final_sale", Boolean, nullable=False),
    Column("withdrawal_exceptions", JSON, nullable=False),
    Column("returned_quantity", Integer, nullable=False),
    PrimaryKeyConstraint("order_id", "id"),
)

shop_shipments = Table(
    "shop_shipments",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("legs", JSON, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("shipped_at", UtcDateTime),
    Column("promised_by", Date),
    Column("events", JSON, nullable=False),
)

shop_tracking_numbers = Table(
    "shop_tracking_numbers",
    metadata,
    Column("tracking_key", String(128), nullable=False),
    Column("shipment_id", ForeignKey("shop_shipments.id", ondelete="CASCADE"), nullable=False, index=True),
    PrimaryKeyConstraint("tracking_key", "shipment_id"),
)

shop_returns = Table(
    "shop_returns",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("lines", JSON, nullable=False),
    Column("status", String(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("send_by", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("expected_refund_minor", BigInteger, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
    Column("received_at", UtcDateTime),
    UniqueConstraint("number"),
)

shop_refunds = Table(
    "shop_refunds",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", String(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("return_id", String(128)),
)

shop_disputes = Table(
    "shop_disputes",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("order_id", ForeignKey("shop_orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", String(32), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)

shop_coupons = Table(
    "shop_coupons",
    metadata,
    Column("code_key", String(64), primary_key=True),
    Column("terms", JSON, nullable=False),
)
"""A coupon's terms are read whole and never searched: they are kept as JSON under the code's key."""

shop_effects = Table(
    "shop_effects",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("outcome", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
"""One row for each WRITE that took effect; what makes a repeated key give the first outcome again."""
