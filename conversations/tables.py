"""The rows of conversations: inbox, outbox, ownership, identity, mail.

A turn has no row of its own. It is open while messages that carry its id are not done; its sentences and its
reply are the events that carry its id, written once and kept once.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from persistence.engine import metadata
from persistence.types import UtcDateTime

ID = String(64)
KEY = String(255)
DIGEST = String(64)
LANGUAGE = String(35)
EMAIL = String(320)

conversations = Table(
    "conversations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_digest", DIGEST, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("market", String(2)),
    Column("language", LANGUAGE),
    Column("customer_id", String(128), index=True),
    Column("customer_email", EMAIL),
    Column("caller", DIGEST),
    Column("owner", String(16), nullable=False),
    Column("staff_id", String(128)),
    Column("staff_name", Text),
    Column("checkpoint_id", String(128)),
    Column("message_seq", BigInteger, nullable=False),
    Column("event_seq", BigInteger, nullable=False),
    Column("lease_owner", String(255)),
    Column("lease_until", UtcDateTime),
    Column("fence", BigInteger, nullable=False),
    Column("said", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("erased_at", UtcDateTime),
    Index("ix_conversations_owner", "owner"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("author", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", LANGUAGE),
    Column("turn_id", ID),
    Column("staff_name", Text),
    Column("attachments", JSON, nullable=False),
    Column("idempotency_key", KEY),
    Column("done", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
)
Index(
    "uq_messages_idempotency_key",
    messages.c.conversation_id,
    messages.c.author,
    messages.c.idempotency_key,
    unique=True,
    sqlite_where=messages.c.idempotency_key.is_not(None),
    postgresql_where=messages.c.idempotency_key.is_not(None),
)
Index(
    "ix_messages_pending",
    messages.c.conversation_id,
    messages.c.seq,
    sqlite_where=messages.c.done.is_(False),
    postgresql_where=messages.c.done.is_(False),
)

events = Table(
    "events",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("turn_id", ID),
    Column("key", KEY),
    Column("payload", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "key", name="uq_events_key"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("reason", String(64), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("summary", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("language", LANGUAGE, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("taken_by", String(128)),
    Column("taken_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
)
Index(
    "ix_handoffs_open",
    handoffs.c.conversation_id,
    unique=True,
    sqlite_where=handoffs.c.closed_at.is_(None),
    postgresql_where=handoffs.c.closed_at.is_(None),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("key", KEY, nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("failure", String(255)),
    Column("created_at", UtcDateTime, nullable=False),
)
Index(
    "ix_notifications_due",
    notifications.c.next_at,
    sqlite_where=notifications.c.done_at.is_(None),
    postgresql_where=notifications.c.done_at.is_(None),
)

mails = Table(
    "mails",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", KEY, unique=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), index=True),
    Column("recipient", EMAIL, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", LANGUAGE, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("failure", String(255)),
    Column("created_at", UtcDateTime, nullable=False),
)
Index(
    "ix_mails_due",
    mails.c.next_at,
    sqlite_where=mails.c.done_at.is_(None),
    postgresql_where=mails.c.done_at.is_(None),
)

grants = Table(
    "grants",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("order_id", String(128), primary_key=True, index=True),
    Column("level", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("order_id", String(128)),
    Column("order_digest", DIGEST, nullable=False),
    Column("code_digest", DIGEST, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("spent_at", UtcDateTime),
    Index("ix_one_time_codes_order", "order_digest", "created_at"),
)

staff_tasks = Table(
    "staff_tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("proposal_id", ID, nullable=False),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("summary", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(128)),
    Column("outcome", Text),
    UniqueConstraint("proposal_id", "kind"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("turn_id", ID, nullable=False, unique=True),
    Column("mode", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("market", String(2)),
    Column("intent", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", LANGUAGE, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("cards", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("staff_id", String(128)),
    Column("decided_at", UtcDateTime),
    Column("message_id", ID),
)

switches = Table(
    "switches",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("engaged", Boolean, nullable=False),
    Column("staff_id", String(128)),
    Column("changed_at", UtcDateTime, nullable=False),
)
