"""`/v1/conversations/{id}/events`: everything that happens to a conversation, live and replayed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Response
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.auth import Own, Wired
from api.public_events import public
from api.services import Services
from conversations.errors import UnknownConversation
from conversations.models import Event

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/conversations", tags=["events"])

HEARTBEAT_S = 15
SAFETY_S = 20.0
"""How long a listener trusts the bell before it looks by itself."""

PAGE = 200
RETRY_MS = 2_000


@router.get("/{conversation_id}/events", response_class=EventSourceResponse)
async def listen(
    conversation: Own,
    wired: Wired,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Server-sent events after `Last-Event-ID`, or all of them; an id of another kind counts as none."""
    after = (
        int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 16 else 0
    )
    return EventSourceResponse(_events(wired, conversation.id, after), ping=HEARTBEAT_S)


async def _events(wired: Services, conversation_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    """Rows as they are committed. When the database is away the stream ends and the client comes back."""
    yield ServerSentEvent(comment="listening", retry=RETRY_MS)
    conversations = wired.conversations
    wired.metrics.streams.inc()
    try:
        with conversations.signals.subscribe(conversation_id) as bell:
            while True:
                page = await conversations.events_after(conversation_id, after, PAGE)
                for event in page:
                    after = event.seq
                    yield _sent(event)
                if not page:
                    await conversations.get(conversation_id)
                if len(page) < PAGE:
                    await bell.wait(SAFETY_S)
    except UnknownConversation:
        return
    except SQLAlchemyError as error:
        log.warning("stream_ended", error=type(error).__name__)
    finally:
        wired.metrics.streams.dec()


def _sent(event: Event) -> ServerSentEvent:
    data = {
        "seq": event.seq,
        "kind": event.kind,
        "turn_id": event.turn_id,
        "created_at": event.created_at.isoformat(),
        "payload": public(event),
    }
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=event.kind.value, id=str(event.seq))
