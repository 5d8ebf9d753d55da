"""`/v1/conversations/{id}/attachments`: pictures in; out for their own conversation and for staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from api.auth import Own, Person, Wired, known_id
from api.problems import Problem
from conversations.attachments import Content
from conversations.errors import UnknownAttachment, UnknownConversation

router = APIRouter(prefix="/v1", tags=["attachments"])

TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "application/octet-stream"})
"""What an upload may call itself; what it is, its bytes tell."""


class Attached(BaseModel):
    """The `attachment_id` goes into a message's `attachments`."""

    attachment_id: str
    width: int
    height: int


@router.post(
    "/conversations/{conversation_id}/attachments",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                name: {"schema": {"type": "string", "format": "binary"}}
                for name in ("image/jpeg", "image/png", "image/webp")
            },
        }
    },
)
async def upload(request: Request, conversation: Own, wired: Wired) -> Attached:
    """Take the raw body as a picture; a plain JPEG without camera data and place is kept."""
    declared = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if declared not in TYPES:
        raise Problem("attachment_unsupported")
    await wired.throttle.message(conversation.id)
    body = await request.body()
    if not body:
        raise Problem("attachment_unsupported")
    picture = await wired.darkroom.develop(body)
    kept = await wired.conversations.attach(conversation.id, picture, wired.pictures_each)
    return Attached(attachment_id=kept.id, width=kept.width, height=kept.height)


def attachment_id(attachment_id: str) -> str:
    try:
        return known_id(attachment_id)
    except UnknownConversation:
        raise UnknownAttachment from None


AttachmentId = Annotated[str, Depends(attachment_id)]


@router.get("/conversations/{conversation_id}/attachments/{attachment_id}", response_class=Response)
async def own_picture(conversation: Own, wired: Wired, attachment: AttachmentId) -> Response:
    return _shown(await wired.conversations.content(conversation.id, attachment), attachment)


@router.get("/desk/conversations/{conversation_id}/attachments/{attachment_id}", response_class=Response)
async def staff_picture(
    staff: Person, wired: Wired, conversation_id: str, attachment: AttachmentId
) -> Response:
    return _shown(await wired.conversations.content(known_id(conversation_id), attachment), attachment)


def _shown(content: Content, name: str) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{name}.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content.data, media_type=content.media_type, headers=headers)
