"""Claims: what was reported as damaged, wrong, missing or not received."""

import sqlalchemy as sa
from alembic import op

from persistence.types import UtcDateTime

revision = "0008_claims"
down_revision = "0006_shop_facts"


def upgrade() -> None:
    op.create_table(
        "shop_claims",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("remedy", sa.String(32), nullable=False),
        sa.Column("remedy_by", sa.Date()),
        sa.Column("refund_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(3)),
        sa.Column("return_id", sa.String(128)),
        sa.Column("return_number", sa.String(64)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], ondelete="CASCADE", name=op.f("fk_shop_claims_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_claims_number")),
    )
    op.create_index(op.f("ix_shop_claims_order_id"), "shop_claims", ["order_id"])


def downgrade() -> None:
    op.drop_table("shop_claims")
