"""Claims, and the pictures that show what they are about."""

import sqlalchemy as sa
from alembic import op

from persistence.types import UtcDateTime

revision = "0008_claims"
down_revision = "0006_shop_facts"

LIST = sa.text("'[]'")


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
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_attachments_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("conversation_id", "digest", name=op.f("uq_attachments_conversation_id")),
    )
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("attachments", sa.JSON(), nullable=False, server_default=LIST))


def downgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("attachments")
    op.drop_table("attachments")
    op.drop_table("shop_claims")
