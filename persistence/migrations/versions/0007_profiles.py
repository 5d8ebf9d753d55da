"""What is remembered of customers, whose a conversation is, and erasures under way."""

import sqlalchemy as sa
from alembic import op

from persistence.types import UtcDateTime

revision = "0007_profiles"
down_revision = "0006_shop_facts"


def upgrade() -> None:
    op.create_table(
        "customer_conversations",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("proven_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_customer_conversations_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_customer_conversations")),
    )
    op.create_index(
        op.f("ix_customer_conversations_customer_id"), "customer_conversations", ["customer_id"], unique=False
    )
    op.create_table(
        "profiles",
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("last_order", sa.String(length=64), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_profiles")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=True),
        sa.Column("rows_gone", sa.Boolean(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_erasures_customer_id")),
    )
    op.create_index("ix_conversations_token_digest", "conversations", ["token_digest"], unique=False)
    op.create_index("ix_conversations_erased_at", "conversations", ["erased_at"], unique=False)
    # Whoever came with a signed token before is known already.
    op.execute(
        "INSERT INTO customer_conversations (conversation_id, customer_id, proof, proven_at)"
        " SELECT id, customer_id, 'token', created_at FROM conversations WHERE customer_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_erased_at", table_name="conversations")
    op.drop_index("ix_conversations_token_digest", table_name="conversations")
    op.drop_table("erasures")
    op.drop_table("profiles")
    op.drop_table("customer_conversations")
