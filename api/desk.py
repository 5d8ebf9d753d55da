"""`/v1/desk`: the staff's side. Every route wants a staff token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api import bodies
from api.auth import Key, Person, Wired, known_id
from conversations.errors import UnknownTask
from conversations.models import Message, StaffTask
from desk.inbox import ConversationView, State, Waiting

router = APIRouter(prefix="/v1/desk", tags=["desk"])

MAX_LINES = 500


class StaffText(BaseModel):
    text: str


class Settled(BaseModel):
    task_id: str
    outcome: str


def conversation_id(conversation_id: str) -> str:
    return known_id(conversation_id)


def task_id(task_id: str) -> str:
    if not task_id.isascii() or not task_id.isprintable():
        raise UnknownTask
    return task_id


ConversationId = Annotated[str, Depends(conversation_id)]
TaskId = Annotated[str, Depends(task_id)]


@router.get("/conversations")
async def list_conversations(
    staff: Person, wired: Wired, state: State = "all", limit: Annotated[int, Query(ge=1, le=MAX_LINES)] = 100
) -> Sequence[Waiting]:
    return await wired.desk.list(state, limit)


@router.get("/conversations/{conversation_id}")
async def view_conversation(staff: Person, wired: Wired, conversation: ConversationId) -> ConversationView:
    return await wired.desk.view(conversation)


@router.post("/conversations/{conversation_id}/take")
async def take(staff: Person, wired: Wired, conversation: ConversationId) -> ConversationView:
    await wired.desk.take(conversation, staff)
    return await wired.desk.view(conversation)


@router.post("/conversations/{conversation_id}/reply", openapi_extra=bodies.schema(StaffText))
async def reply(
    request: Request, staff: Person, wired: Wired, conversation: ConversationId, key: Key
) -> Message:
    body = await bodies.read(request, StaffText)
    return await wired.desk.reply(conversation, staff, bodies.spoken_text(body.text), key)


@router.post("/conversations/{conversation_id}/hand-back")
async def hand_back(staff: Person, wired: Wired, conversation: ConversationId) -> ConversationView:
    await wired.desk.hand_back(conversation, staff)
    wired.dispatcher.notify(conversation)
    return await wired.desk.view(conversation)


@router.get("/tasks")
async def list_tasks(staff: Person, wired: Wired) -> Sequence[StaffTask]:
    return await wired.desk.tasks()


@router.post("/tasks/{task_id}/approve")
async def approve(staff: Person, wired: Wired, task: TaskId) -> Settled:
    """Say yes to a proposal, or that it is carried out."""
    return Settled(task_id=task, outcome=await wired.desk.approve(task, staff))


@router.post("/tasks/{task_id}/decline")
async def decline(staff: Person, wired: Wired, task: TaskId) -> Settled:
    return Settled(task_id=task, outcome=await wired.desk.decline(task, staff))
