"""Exchanges, reports of sizes that come out otherwise, and when a return reached the shop."""

import sqlalchemy as sa
from alembic import op

from persistence.types import UtcDateTime

revision = "0009_exchanges"
down_revision = "0008_claims"


def upgrade() -> None:
    op.create_table(
        "shop_exchanges",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String(128), nullable=False),
        sa.Column("order_line_id", sa.String(128), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("ship", sa.String(16), nullable=False),
        sa.Column("send_by", sa.Date(), nullable=False),
        sa.Column("return_id", sa.String(128), nullable=False),
        sa.Column("return_number", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], ondelete="CASCADE", name=op.f("fk_shop_exchanges_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_exchanges")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_exchanges_number")),
    )
    op.create_index(op.f("ix_shop_exchanges_order_id"), "shop_exchanges", ["order_id"])
    op.create_table(
        "shop_fit_reports",
        sa.Column("order_id", sa.String(128), nullable=False),
        sa.Column("order_line_id", sa.String(128), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], ondelete="CASCADE", name=op.f("fk_shop_fit_reports_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", "order_line_id", name=op.f("pk_shop_fit_reports")),
    )
    op.create_index(op.f("ix_shop_fit_reports_sku"), "shop_fit_reports", ["sku"])
    op.add_column("shop_returns", sa.Column("received_at", UtcDateTime()))


def downgrade() -> None:
    with op.batch_alter_table("shop_returns") as returns:
        returns.drop_column("received_at")
    op.drop_table("shop_fit_reports")
    op.drop_table("shop_exchanges")
