"""The fixed list of what may leave for a storefront, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.models import Event, EventKind

_MESSAGE = frozenset({"message_id", "text", "language"})

FIELDS: Mapping[EventKind, frozenset[str]] = {
    EventKind.TURN_STARTED: frozenset({"in_reply_to"}),
    EventKind.TOOL_CALLED: frozenset({"call_id", "tool", "outcome"}),
    EventKind.SENTENCE: _MESSAGE | {"index"},
    EventKind.CARD: frozenset({"card"}),
    EventKind.REPLY: frozenset(
        {
            "conversation_id",
            "message_id",
            "in_reply_to",
            "text",
            "language",
            "direction",
            "owner",
            "evidence",
            "actions",
            "handoff",
            "quick_replies",
            "cards",
            "usage",
            "timings_ms",
        }
    ),
    EventKind.STAFF_MESSAGE: _MESSAGE | {"staff_name", "created_at", "evidence", "cards"},
    EventKind.OWNERSHIP: frozenset({"owner", "staff_name"}),
    EventKind.NOTICE: _MESSAGE | {"code"},
}


def public(event: Event) -> dict[str, Any]:
    """The payload without anything that is not on the list."""
    allowed = FIELDS[event.kind]
    return {name: value for name, value in event.payload.items() if name in allowed}
