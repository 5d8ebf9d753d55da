"""A profile keeps the form of address that was wished for, and grants are found by their order."""

import sqlalchemy as sa
from alembic import op

revision = "0011_memory"
down_revision = "0010_draft_cards"


def upgrade() -> None:
    op.add_column("profiles", sa.Column("formality", sa.String(length=16)))
    op.create_index(op.f("ix_grants_order_id"), "grants", ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_grants_order_id"), table_name="grants")
    with op.batch_alter_table("profiles") as profiles:
        profiles.drop_column("formality")
