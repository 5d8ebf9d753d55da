"""Nothing leaves for a storefront that is not on the list."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.agui import Run
from api.public_events import FIELDS, public
from conversations.models import Event, EventKind, Reply


def _event(kind: EventKind, payload: dict[str, Any], seq: int = 1) -> Event:
    return Event(
        conversation_id="cnv_a",
        seq=seq,
        kind=kind,
        turn_id="turn_a",
        payload=payload,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_every_kind_has_its_list() -> None:
    assert set(FIELDS) == set(EventKind)


def test_reply_leaves_as_the_contract_names_it() -> None:
    assert FIELDS[EventKind.REPLY] == set(Reply.model_fields)


@pytest.mark.parametrize("kind", EventKind)
def test_unlisted_fields_are_dropped(kind: EventKind) -> None:
    assert public(_event(kind, {"arguments": {"email": "ada@example.com"}, "state": {}, "prompt": "p"})) == {}


def test_run_closes_what_it_opened() -> None:
    reply: dict[str, Any] = {"text": "", "message_id": "msg_a", "language": "en", "cards": [], "evidence": []}
    run = Run("cnv_a")
    kinds = [
        translated.type.value
        for event in (
            _event(EventKind.TURN_STARTED, {}),
            _event(EventKind.TOOL_CALLED, {"call_id": "c1", "tool": "find_order", "outcome": "found"}),
            _event(EventKind.OWNERSHIP, {"owner": "human"}),
            _event(EventKind.REPLY, reply),
        )
        for translated in run.translate(event)
    ]
    assert kinds == [
        "RUN_STARTED",
        "TOOL_CALL_START",
        "TOOL_CALL_END",
        "TOOL_CALL_RESULT",
        "CUSTOM",
        "RUN_FINISHED",
    ]


def test_text_that_came_whole_is_one_message() -> None:
    reply: dict[str, Any] = {
        "text": "Hello.",
        "message_id": "msg_a",
        "language": "en",
        "cards": [],
        "evidence": [],
    }
    kinds = [translated.type.value for translated in Run("cnv_a").translate(_event(EventKind.REPLY, reply))]
    assert kinds == [
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "CUSTOM",
        "RUN_FINISHED",
    ]
