"""Drafts keep the cards that an automatic reply would show."""

import sqlalchemy as sa
from alembic import op

revision = "0010_draft_cards"
down_revision = "0009_exchanges"

LIST = sa.text("'[]'")


def upgrade() -> None:
    op.add_column("drafts", sa.Column("cards", sa.JSON(), nullable=False, server_default=LIST))


def downgrade() -> None:
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("cards")
