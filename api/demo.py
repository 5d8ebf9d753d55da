"""`/demo`: the outgoing mail of a demo, which has no mail server. Absent elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from api.auth import Wired
from conversations.mail import Mail

router = APIRouter(prefix="/demo", tags=["demo"])


@router.get("/mails")
async def list_mails(wired: Wired) -> Sequence[Mail]:
    """The newest fifty, newest first."""
    return await wired.mails.recent()
