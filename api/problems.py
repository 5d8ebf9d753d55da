"""Every refusal in one place: what went wrong becomes a status and an RFC 9457 problem document."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from conversations import errors as conversation
from conversations import pictures
from conversations.channels import ChannelForbids
from desk import errors as desk
from desk.staff import InvalidStaffToken
from facts.values import Fact, Listing, Quantity, Text
from i18n.locale import Locale
from i18n.rendering import Renderer

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = "2"

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "invalid_json": (400, "The body is not a JSON object in UTF-8."),
    "idempotency_key_missing": (400, "The header Idempotency-Key is missing."),
    "idempotency_key_invalid": (400, "The Idempotency-Key must be 1 to 200 visible ASCII characters."),
    "token_missing": (401, "A bearer token is needed."),
    "customer_token_invalid": (401, "The customer token is forged or expired."),
    "staff_token_invalid": (401, "The staff token is forged or expired."),
    "customer_unproven": (403, "Nobody has shown in this conversation which customer she is."),
    "role_too_low": (403, "This needs a higher role."),
    "not_yours": (403, "Another person owns this conversation, or nobody does."),
    "unknown_conversation": (404, "There is no such conversation."),
    "unknown_draft": (404, "There is no such draft."),
    "unknown_task": (404, "There is no such open task."),
    "unknown_attachment": (404, "There is no such attachment in this conversation."),
    "not_found": (404, "There is nothing here."),
    "method_not_allowed": (405, "This method is not allowed here."),
    "conversation_erased": (410, "The customer has erased this conversation."),
    "key_reused": (409, "The Idempotency-Key was used with another body."),
    "already_taken": (409, "Another person has taken this conversation."),
    "draft_closed": (409, "The draft was sent or rejected already."),
    "owner_changed": (409, "The conversation changed hands in the meantime."),
    "task_failed": (409, "This could not be carried out now; the task stays open."),
    "body_too_large": (413, "The body is larger than 64 KB."),
    "attachment_too_large": (413, "The picture has too many bytes or pixels."),
    "attachment_unsupported": (415, "Only JPEG, PNG and WebP pictures are taken."),
    "text_too_long": (413, "The text is longer than 8,000 characters."),
    "empty_text": (422, "The text is empty."),
    "attachment_unreadable": (422, "The picture cannot be read to its end."),
    "attachment_moves": (422, "Moving pictures are not taken."),
    "channel_forbids": (422, "The channel of this conversation does not take this message."),
    "channel_too_long": (422, "The message is longer than its channel takes."),
    "channel_unasked": (422, "On this channel one writes only in answer to the customer."),
    "too_many_attachments": (422, "The conversation carries as many pictures as it may."),
    "invalid_request": (422, "The request is not valid."),
    "too_many_messages": (429, "Too many messages."),
    "internal": (500, "Something went wrong."),
    "unavailable": (503, "The service cannot answer right now; nothing was stored."),
}
"""Code → status and English title. The detail is the catalogue's `problem.<code>`."""

CODES: Mapping[type[Exception], str] = {
    conversation.UnknownConversation: "unknown_conversation",
    conversation.ConversationErased: "conversation_erased",
    conversation.UnknownTask: "unknown_task",
    conversation.UnknownDraft: "unknown_draft",
    conversation.UnknownAttachment: "unknown_attachment",
    conversation.TooManyAttachments: "too_many_attachments",
    pictures.NotAPicture: "attachment_unsupported",
    pictures.PictureTooLarge: "attachment_too_large",
    pictures.PictureBroken: "attachment_unreadable",
    pictures.PictureMoves: "attachment_moves",
    conversation.DraftClosed: "draft_closed",
    conversation.IdempotencyConflict: "key_reused",
    conversation.AlreadyTaken: "already_taken",
    conversation.NotYours: "not_yours",
    conversation.OwnerChanged: "owner_changed",
    desk.RoleTooLow: "role_too_low",
    desk.TaskFailed: "task_failed",
    InvalidStaffToken: "staff_token_invalid",
}
STATUSES = {404: "not_found", 405: "method_not_allowed"}


class Problem(Exception):
    """A refusal by its code."""

    def __init__(
        self,
        code: str,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        self.facts = dict(facts or {})
        """What the catalogue's detail tells."""


def document(problem: Problem, locale: Locale, renderer: Renderer) -> JSONResponse:
    """The answer to a refused request, its detail in the customer's language where the catalogue has it."""
    status, title = PROBLEMS[problem.code]
    message = f"problem.{problem.code}"
    detail = renderer.message(locale, message, problem.facts) if renderer.has(message) else title
    body = {
        "type": f"urn:dragoman:problem:{problem.code}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    headers = {"Content-Language": locale.language} | problem.headers
    if status == 401:
        headers |= {"WWW-Authenticate": "Bearer"}
    return JSONResponse(body | problem.members, status, headers=headers, media_type=MEDIA_TYPE)


def spoken(request: Request, renderer: Renderer) -> Locale:
    """The conversation's language when it is known, else the best that the caller accepts, else English."""
    known = getattr(request.state, "language", None)
    accepted = [
        part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")
    ]
    wanted = [tag for tag in [known, *accepted] if tag]
    for tag in wanted:
        base = tag.partition("-")[0].lower()
        for language in renderer.languages:
            if language.lower() == tag.lower() or language.partition("-")[0].lower() == base:
                return Locale(language)
    return Locale("en" if "en" in renderer.languages else renderer.languages[0])


def install(app: FastAPI, renderer: Renderer) -> None:
    """Answer every error of the application with a problem document."""

    def answer(request: Request, problem: Problem) -> JSONResponse:
        return document(problem, spoken(request, renderer), renderer)

    async def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def on_known(request: Request, error: Exception) -> JSONResponse:
        members = {"outcome": error.outcome} if isinstance(error, desk.TaskFailed) else {}
        return answer(request, Problem(CODES[type(error)], members=members))

    async def on_forbidden(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ChannelForbids)
        return answer(request, forbidden(error))

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer(request, invalid(error.errors()))

    async def on_status(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return answer(
            request, Problem(STATUSES.get(error.status_code, "invalid_request"), headers=error.headers)
        )

    async def on_storage(request: Request, error: Exception) -> JSONResponse:
        log.warning("storage_unavailable", error=type(error).__name__, path=request.scope["route"].path)
        return answer(request, Problem("unavailable", headers={"Retry-After": RETRY_AFTER_S}))

    async def on_bug(request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", error=type(error).__name__)
        return answer(request, Problem("internal"))

    app.add_exception_handler(Problem, on_problem)
    for known in CODES:
        app.add_exception_handler(known, on_known)
    app.add_exception_handler(ChannelForbids, on_forbidden)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_status)
    for storage in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(storage, on_storage)
    app.add_exception_handler(Exception, on_bug)


def forbidden(error: ChannelForbids) -> Problem:
    """A problem that tells staff what of their words the channel does not take."""
    if error.unasked:
        return Problem("channel_unasked")
    if error.max_characters is not None:
        limit = error.max_characters
        return Problem(
            "channel_too_long",
            members={"max_characters": limit},
            facts={"limit": Quantity(value=Decimal(limit))},
        )
    named = Listing(items=tuple(Text(value=each.text) for each in error.found))
    members = {"forbidden": [{"kind": each.kind, "text": each.text} for each in error.found]}
    return Problem("channel_forbids", members=members, facts={"found": named})


def invalid(found: Any) -> Problem:
    """A problem that names the fields and never repeats what was sent."""
    errors = [{"field": ".".join(map(str, error["loc"])), "message": error["msg"]} for error in found]
    return Problem("invalid_request", members={"errors": errors})
