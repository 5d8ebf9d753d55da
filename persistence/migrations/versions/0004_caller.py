"""The address that a conversation was opened from, as a keyed digest: for throttling guesses."""

import sqlalchemy as sa
from alembic import op

revision = "0004_caller"
down_revision = "0003_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("caller", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("conversations", "caller")
