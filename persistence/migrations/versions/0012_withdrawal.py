"""Goods that the law lets a shop not take back say why."""

import sqlalchemy as sa
from alembic import op

revision = "0012_withdrawal"
down_revision = "0011_memory"

TABLES = ("shop_products", "shop_order_lines")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as goods:
            goods.add_column(
                sa.Column("withdrawal_exceptions", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
            )


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as goods:
            goods.drop_column("withdrawal_exceptions")
