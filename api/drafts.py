"""`/v1/desk/…/drafts`: what turns would have said, for people to send, edit or reject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api import bodies
from api.auth import Person, Wired
from api.desk import ConversationId
from conversations.errors import UnknownDraft
from conversations.models import DraftCount, DraftReply, Message

router = APIRouter(prefix="/v1/desk", tags=["drafts"])

_ID = re.compile(r"drf_[0-9a-v]{24}")


class Release(BaseModel):
    """Without `text` the draft leaves as it is."""

    text: str | None = None


def draft_id(draft_id: str) -> str:
    if not _ID.fullmatch(draft_id):
        raise UnknownDraft
    return draft_id


DraftId = Annotated[str, Depends(draft_id)]


@router.get("/conversations/{conversation_id}/drafts")
async def list_drafts(staff: Person, wired: Wired, conversation: ConversationId) -> Sequence[DraftReply]:
    return await wired.desk.drafts(conversation)


@router.post("/conversations/{conversation_id}/drafts/{draft_id}/send", openapi_extra=bodies.schema(Release))
async def send(
    request: Request, staff: Person, wired: Wired, conversation: ConversationId, draft: DraftId
) -> Message:
    """Unchanged or edited. A draft is sent once, so that no key is needed to try again."""
    body = await bodies.read(request, Release)
    text = None if body.text is None else bodies.spoken_text(body.text)
    return await wired.desk.send_draft(conversation, draft, staff, text)


@router.post("/conversations/{conversation_id}/drafts/{draft_id}/reject")
async def reject(staff: Person, wired: Wired, conversation: ConversationId, draft: DraftId) -> DraftReply:
    return await wired.desk.reject_draft(conversation, draft, staff)


@router.get("/drafts/counts")
async def counts(staff: Person, wired: Wired) -> Sequence[DraftCount]:
    """What became of the drafts, for each channel, market, intent and mode."""
    return await wired.desk.draft_counts()
