"""The rows of what was proposed to customers and of what was then done."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table

from persistence.engine import metadata
from persistence.types import UtcDateTime

ID = String(64)

proposals = Table(
    "proposals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, nullable=False),
    Column("turn_id", ID, nullable=False),
    Column("tool", ID, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("order_version", Integer, nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("needs_approval", Boolean, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("state", String(32), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("confirmed_turn", ID),
    Column("ended_turn", ID),
    Column("staff_id", String(128)),
    Index("ix_proposals_conversation_id_created_at", "conversation_id", "created_at"),
)

Index(
    "uq_proposals_open",
    proposals.c.conversation_id,
    unique=True,
    sqlite_where=proposals.c.state == "open",
    postgresql_where=proposals.c.state == "open",
)

ledger = Table(
    "ledger",
    metadata,
    Column("key", ID, primary_key=True),
    Column("tool", ID, nullable=False),
    Column("order_id", String(128), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", JSON(none_as_null=True)),
    Column("started_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)
"""One row for each intent that was confirmed; `key` is the proposal's id and the back end's idempotency key."""
