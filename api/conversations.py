"""`/v1/conversations`: open, read, erase."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, StringConstraints

from api import bodies
from api.auth import Own, Wired
from conversations.models import Author, Conversation, Message, Owner

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Market = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class NewConversation(BaseModel):
    """`customer_token` is the shop's signed word for who its customer is."""

    channel: Channel = "chat"
    market: Market | None = None
    language: Language | None = None
    customer_token: Annotated[str, StringConstraints(min_length=1, max_length=8192)] | None = None


class Opened(BaseModel):
    conversation_id: str
    conversation_token: str


class PublicMessage(BaseModel):
    id: str
    seq: int
    author: Author
    text: str
    language: str | None
    staff_name: str | None
    attachments: tuple[str, ...]
    created_at: AwareDatetime

    @classmethod
    def of(cls, message: Message) -> PublicMessage:
        return cls.model_validate(message.model_dump(include=set(cls.model_fields)))


class Transcript(BaseModel):
    """`last_event` is where an event stream goes on from, as its `Last-Event-ID`."""

    conversation_id: str
    owner: Owner
    language: str | None
    market: str | None
    created_at: AwareDatetime
    last_event: int
    messages: list[PublicMessage]

    @classmethod
    def of(cls, conversation: Conversation, messages: tuple[Message, ...], last_event: int) -> Transcript:
        return cls(
            conversation_id=conversation.id,
            owner=conversation.owner,
            language=conversation.language,
            market=conversation.market,
            created_at=conversation.created_at,
            last_event=last_event,
            messages=[PublicMessage.of(message) for message in messages],
        )


@router.post("", status_code=201, openapi_extra=bodies.schema(NewConversation))
async def open_conversation(request: Request, wired: Wired) -> Opened:
    body = await bodies.read(request, NewConversation)
    who: dict[str, Any] = {"caller": wired.caller(request.client.host) if request.client else None}
    if body.customer_token is not None:
        customer = await wired.customer_tokens.verify(body.customer_token)
        who |= {"customer_id": customer.sub, "customer_email": customer.email}
    conversation, token = await wired.conversations.create(
        channel=body.channel, market=body.market, language=body.language, **who
    )
    return Opened(conversation_id=conversation.id, conversation_token=token)


@router.get("/{conversation_id}")
async def read_conversation(conversation: Own, wired: Wired) -> Transcript:
    # The number first: what is written in between is told twice rather than never.
    last_event = await wired.conversations.last_event(conversation.id)
    messages = await wired.conversations.transcript(conversation.id)
    return Transcript.of(conversation, messages, last_event)


@router.delete("/{conversation_id}", status_code=204)
async def erase_conversation(conversation: Own, wired: Wired) -> Response:
    """Erase for good. Other rooms go first, so that a failure leaves the token good for another try."""
    for erase in wired.erasers:
        await erase(conversation.id)
    await wired.conversations.erase(conversation.id)
    # A turn that was under way may have left something behind until it lost the conversation.
    for erase in wired.erasers:
        await erase(conversation.id)
    return Response(status_code=204)
