"""`/demo`: the outgoing mail of a demo, which has no mail server, and its products' pictures. Absent elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Response

from api.auth import Wired
from api.problems import Problem
from commerce.demo.pictures import picture
from conversations.mail import Mail

router = APIRouter(prefix="/demo", tags=["demo"])


@router.get("/mails")
async def list_mails(wired: Wired) -> Sequence[Mail]:
    """The newest fifty, newest first."""
    return await wired.mails.recent()


@router.get("/pictures/{name}.svg", response_class=Response)
async def show_picture(name: str) -> Response:
    """A product in one of its colours, drawn; 404 where the demo has no such picture."""
    drawn = picture(name)
    if drawn is None:
        raise Problem("not_found")
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
