"""`/v1/conversations/{id}/messages`: a message in, the reply out, as JSON or as an AG-UI stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any

import structlog
from ag_ui.encoder import EventEncoder
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse

from api import bodies
from api.agui import Run
from api.auth import Key, Own, Wired
from api.events import HEARTBEAT_S, SAFETY_S
from api.services import Services
from conversations.attachments import MOST, PHOTO
from conversations.errors import UnknownConversation
from conversations.models import EventKind, Message, Reply

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/conversations", tags=["messages"])

STREAM_S = 300.0
"""How long a run is listened to; its reply is kept however long it takes."""


AttachmentId = Annotated[str, StringConstraints(pattern=r"^att_[0-9a-v]{24}$")]


class NewMessage(BaseModel):
    """`attachments` are ids of pictures that were uploaded before; with one, the text may be missing."""

    text: str | None = None
    attachments: Annotated[tuple[AttachmentId, ...], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> NewMessage:
        if self.text is None and not self.attachments:
            raise ValueError("a message has a text, attachments, or both")
        return self


@router.post(
    "/{conversation_id}/messages",
    response_model=Reply,
    responses={202: {"description": "The turn goes on; its reply will be on the event stream."}},
    openapi_extra=bodies.schema(NewMessage),
)
async def send_message(request: Request, conversation: Own, key: Key, wired: Wired) -> Response:
    body = await bodies.read(request, NewMessage)
    photos = tuple(dict.fromkeys(body.attachments))
    text = PHOTO if photos and not (body.text or "").strip() else bodies.spoken_text(body.text or "")
    await wired.throttle.message(conversation.id)
    await wired.conversations.check_attachments(conversation.id, photos)
    masked = wired.mask(text)
    accepted = await wired.conversations.accept(conversation.id, masked.text, key, photos)
    wired.dispatcher.notify(conversation.id)
    if "text/event-stream" in request.headers.get("Accept", ""):
        return EventSourceResponse(_run(wired, accepted.message), ping=HEARTBEAT_S)
    return await _answer(wired, accepted.message)


async def _answer(wired: Services, message: Message) -> Response:
    """The reply, or where it will be. The message is safe by now, so nothing here may look like a refusal."""
    try:
        reply = await wired.dispatcher.wait(message.id, message.conversation_id, wired.reply_wait_s)
    except SQLAlchemyError as error:
        log.warning("reply_not_read", error=type(error).__name__)
        reply = None
    if reply is not None:
        return Response(reply.model_dump_json(), media_type="application/json")
    events = f"/v1/conversations/{message.conversation_id}/events"
    body = {
        "conversation_id": message.conversation_id,
        "message_id": message.id,
        "events_url": events,
    }
    return JSONResponse(body, status_code=202, headers={"Location": events})


async def _run(wired: Services, message: Message) -> AsyncIterator[bytes]:
    """The turn that answers this message, from its start, as it is committed."""
    encoder = EventEncoder()
    run = Run(message.conversation_id)
    try:
        async for event in _turn(wired, message):
            for translated in run.translate(event):
                yield encoder.encode(translated).encode()
            if event.kind is EventKind.REPLY:
                return
        yield encoder.encode(run.failed("timeout", "The reply will be on the event stream.")).encode()
    except UnknownConversation:
        yield encoder.encode(run.failed("erased", "The conversation was erased.")).encode()
    except SQLAlchemyError as error:
        log.warning("run_interrupted", error=type(error).__name__)
        yield encoder.encode(run.failed("unavailable", "The reply will be on the event stream.")).encode()


async def _turn(wired: Services, message: Message) -> AsyncIterator[Any]:
    conversations = wired.conversations
    turn_id, seen, until = message.turn_id, 0, monotonic() + STREAM_S
    with conversations.signals.subscribe(message.conversation_id) as bell:
        while monotonic() < until:
            turn_id = turn_id or await conversations.turn_of(message.id)
            for event in await conversations.turn_events(message.conversation_id, turn_id or "", seen):
                seen = event.seq
                yield event
            if not await bell.wait(SAFETY_S):
                await conversations.get(message.conversation_id)
