"""Who calls: a customer by a conversation's token, a person of the shop by a staff token."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Depends, Path, Request

from api.problems import Problem
from api.services import Services
from conversations.errors import UnknownConversation
from conversations.models import Conversation
from desk.errors import RoleTooLow
from desk.staff import Role, Staff

_ID = re.compile(r"[a-z]{2,8}_[0-9a-v]{24}")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


Wired = Annotated[Services, Depends(services)]


def bearer(request: Request) -> str:
    """The bearer token; raises `token_missing`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem("token_missing")
    return token.strip()


Bearer = Annotated[str, Depends(bearer)]


def known_id(value: str) -> str:
    """An identifier of ours by its form; anything else cannot exist and never reaches the database."""
    if not _ID.fullmatch(value):
        raise UnknownConversation
    return value


async def own_conversation(
    request: Request, wired: Wired, token: Bearer, conversation_id: Annotated[str, Path()]
) -> Conversation:
    """The conversation that the token opens. A wrong token looks like an unknown conversation."""
    conversation = await wired.conversations.authenticate(known_id(conversation_id), token)
    request.state.language = conversation.language
    return conversation


Own = Annotated[Conversation, Depends(own_conversation)]


def staff_of(least: Role) -> Callable[[Request, str], Staff]:
    """A dependency: the person with at least this role."""

    def person(request: Request, token: Bearer) -> Staff:
        staff = services(request).staff_tokens.verify(token)
        if not staff.role.includes(least):
            raise RoleTooLow
        return staff

    return person


Person = Annotated[Staff, Depends(staff_of(Role.AGENT))]


def idempotency_key(request: Request) -> str:
    """The caller's key; raises `idempotency_key_missing` and `idempotency_key_invalid`."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise Problem("idempotency_key_missing")
    if not _KEY.fullmatch(key):
        raise Problem("idempotency_key_invalid")
    return key


Key = Annotated[str, Depends(idempotency_key)]
