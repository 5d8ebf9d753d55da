"""The embedded shop's tables."""

import sqlalchemy as sa
from alembic import op

from persistence.types import UtcDateTime

revision = "0001_shop"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "shop_customers",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_customers")),
    )
    op.create_index(op.f("ix_shop_customers_email_key"), "shop_customers", ["email_key"], unique=False)
    op.create_table(
        "shop_effects",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shop_effects")),
    )
    op.create_table(
        "shop_meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shop_meta")),
    )
    op.create_table(
        "shop_products",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("final_sale", sa.Boolean(), nullable=False),
        sa.Column("size_chart", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_products")),
    )
    op.create_table(
        "shop_orders",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("number_key", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("payment_status", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("duties_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_address", sa.JSON(), nullable=False),
        sa.Column("billing_postcode", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop_customers.id"], name=op.f("fk_shop_orders_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_orders")),
        sa.UniqueConstraint("number_key", name=op.f("uq_shop_orders_number_key")),
    )
    op.create_index(
        "ix_shop_orders_customer_id_placed_at", "shop_orders", ["customer_id", "placed_at"], unique=False
    )
    op.create_table(
        "shop_variants",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("product_id", sa.String(length=128), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["shop_products.id"], name=op.f("fk_shop_variants_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_shop_variants")),
    )
    op.create_index(op.f("ix_shop_variants_product_id"), "shop_variants", ["product_id"], unique=False)
    op.create_table(
        "shop_order_lines",
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("product_id", sa.String(length=128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("final_sale", sa.Boolean(), nullable=False),
        sa.Column("returned_quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_order_lines_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", "id", name=op.f("pk_shop_order_lines")),
    )
    op.create_table(
        "shop_refunds",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("return_id", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_refunds_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_refunds")),
    )
    op.create_index(op.f("ix_shop_refunds_order_id"), "shop_refunds", ["order_id"], unique=False)
    op.create_table(
        "shop_returns",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("send_by", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expected_refund_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_returns_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_returns")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_returns_number")),
    )
    op.create_index(op.f("ix_shop_returns_order_id"), "shop_returns", ["order_id"], unique=False)
    op.create_table(
        "shop_shipments",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("legs", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("shipped_at", UtcDateTime(), nullable=True),
        sa.Column("promised_by", sa.Date(), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_shipments_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_shipments")),
    )
    op.create_index(op.f("ix_shop_shipments_order_id"), "shop_shipments", ["order_id"], unique=False)
    op.create_table(
        "shop_tracking_numbers",
        sa.Column("tracking_key", sa.String(length=128), nullable=False),
        sa.Column("shipment_id", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shop_shipments.id"],
            name=op.f("fk_shop_tracking_numbers_shipment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tracking_key", "shipment_id", name=op.f("pk_shop_tracking_numbers")),
    )
    op.create_index(
        op.f("ix_shop_tracking_numbers_shipment_id"), "shop_tracking_numbers", ["shipment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("shop_tracking_numbers")
    op.drop_table("shop_shipments")
    op.drop_table("shop_returns")
    op.drop_table("shop_refunds")
    op.drop_table("shop_order_lines")
    op.drop_table("shop_variants")
    op.drop_table("shop_orders")
    op.drop_table("shop_products")
    op.drop_table("shop_meta")
    op.drop_table("shop_effects")
    op.drop_table("shop_customers")
