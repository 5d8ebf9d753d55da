"""The rows about customers: whose a conversation is, what is remembered of her, which erasures are under way."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table

from conversations.tables import ID, LANGUAGE, conversations
from persistence.engine import metadata
from persistence.types import UtcDateTime

CUSTOMER = String(128)

customer_conversations = Table(
    "customer_conversations",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("customer_id", CUSTOMER, nullable=False, index=True),
    Column("proof", String(16), nullable=False),
    Column("proven_at", UtcDateTime, nullable=False),
)

profiles = Table(
    "profiles",
    metadata,
    Column("customer_id", CUSTOMER, primary_key=True),
    Column("language", LANGUAGE),
    Column("sizes", JSON, nullable=False),
    Column("last_order", ID),
    Column("formality", String(16)),
    Column("updated_at", UtcDateTime, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", ID, primary_key=True),
    Column("customer_id", CUSTOMER, unique=True),
    Column("rows_gone", Boolean, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
)
"""`customer_id` is forgotten with her rows; what is left then only waits for the files to be scrubbed."""

Index("ix_conversations_token_digest", conversations.c.token_digest)
Index("ix_conversations_erased_at", conversations.c.erased_at)
