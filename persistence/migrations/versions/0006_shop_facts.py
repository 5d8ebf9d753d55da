"""What everyday questions are answered from: payment method, gifts, pictures, warranties, disputes, coupons."""

import sqlalchemy as sa
from alembic import op

from persistence.types import UtcDateTime

revision = "0006_shop_facts"
down_revision = "0005_drafts"

TEXTS = sa.text("'{}'")
LIST = sa.text("'[]'")
EMPTY = sa.text("''")
NO = sa.false()


def upgrade() -> None:
    with op.batch_alter_table("shop_orders") as orders:
        orders.add_column(sa.Column("payment_method", sa.String(32), nullable=False, server_default=EMPTY))
        orders.add_column(sa.Column("gift", sa.Boolean(), nullable=False, server_default=NO))
        orders.add_column(sa.Column("coupon", sa.String(64), nullable=False, server_default=EMPTY))
    with op.batch_alter_table("shop_products") as products:
        products.add_column(sa.Column("descriptions", sa.JSON(), nullable=False, server_default=TEXTS))
        products.add_column(sa.Column("images", sa.JSON(), nullable=False, server_default=LIST))
        products.add_column(sa.Column("warranty_months", sa.Integer()))
    with op.batch_alter_table("shop_variants") as variants:
        variants.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=NO))
    op.create_table(
        "shop_disputes",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("order_id", sa.String(128), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], ondelete="CASCADE", name=op.f("fk_shop_disputes_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_disputes")),
    )
    op.create_index(op.f("ix_shop_disputes_order_id"), "shop_disputes", ["order_id"])
    op.create_table(
        "shop_coupons",
        sa.Column("code_key", sa.String(64), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code_key", name=op.f("pk_shop_coupons")),
    )


def downgrade() -> None:
    op.drop_table("shop_coupons")
    op.drop_table("shop_disputes")
    with op.batch_alter_table("shop_variants") as variants:
        variants.drop_column("held")
    with op.batch_alter_table("shop_products") as products:
        for name in ("warranty_months", "images", "descriptions"):
            products.drop_column(name)
    with op.batch_alter_table("shop_orders") as orders:
        for name in ("coupon", "gift", "payment_method"):
            orders.drop_column(name)
