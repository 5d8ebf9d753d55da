"""What staff may do with a conversation and with what waits for their yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from conversations.errors import UnknownTask
from conversations.models import Message, StaffTask, TaskKind
from conversations.repository import Conversations
from desk.errors import RoleTooLow
from desk.inbox import ConversationView, Inbox, State, Waiting
from desk.staff import Role, Staff


class Settlement(Protocol):
    """What becomes of a proposal; each gives the outcome in a word and raises TaskFailed to be tried again.

    Called again with the same proposal after a crash: what it does must happen once.
    """

    async def approve(self, proposal_id: str, staff: Staff) -> str:
        """Carry out what waited for a yes."""
        ...

    async def fulfil(self, proposal_id: str, staff: Staff) -> str:
        """The person has carried it out in the shop."""
        ...

    async def reject(self, proposal_id: str, staff: Staff) -> str:
        """It will not be done."""
        ...


class Desk:
    """The staff's side of the conversations. Every act names the person, whose role is checked here."""

    def __init__(self, conversations: Conversations, settlement: Settlement) -> None:
        self._conversations = conversations
        self._inbox = Inbox(conversations.database, conversations.clock)
        self._settlement = settlement

    async def list(self, state: State = "all", limit: int = 100) -> Sequence[Waiting]:
        return await self._inbox.list(state, limit)

    async def view(self, conversation_id: str) -> ConversationView:
        """Transcript, handoff with its facts, open tasks; raises UnknownConversation."""
        return ConversationView(
            conversation=await self._conversations.get(conversation_id),
            messages=await self._conversations.transcript(conversation_id),
            handoff=await self._conversations.open_handoff(conversation_id),
            tasks=tuple(await self._conversations.tasks(conversation_id)),
        )

    async def take(self, conversation_id: str, staff: Staff) -> None:
        await self._conversations.take(conversation_id, staff.member)

    async def reply(self, conversation_id: str, staff: Staff, text: str, idempotency_key: str) -> Message:
        return await self._conversations.staff_reply(conversation_id, staff.member, text, idempotency_key)

    async def hand_back(self, conversation_id: str, staff: Staff) -> None:
        """Its owner may, and a senior for a colleague who left."""
        for_another = staff.role.includes(Role.SENIOR)
        await self._conversations.hand_back(conversation_id, staff.member, for_another=for_another)

    async def tasks(self) -> Sequence[StaffTask]:
        return await self._conversations.tasks()

    async def approve(self, task_id: str, staff: Staff) -> str:
        """Say yes, which needs a senior, or say that it is carried out; then the task is closed."""
        task = await self._open(task_id, staff)
        settle = self._settlement.approve if task.kind is TaskKind.APPROVE else self._settlement.fulfil
        outcome = await settle(task.proposal_id, staff)
        await self._conversations.close_task(task.id, staff.id, outcome)
        return outcome

    async def decline(self, task_id: str, staff: Staff) -> str:
        """It will not be done; then the task is closed."""
        task = await self._open(task_id, staff)
        outcome = await self._settlement.reject(task.proposal_id, staff)
        await self._conversations.close_task(task.id, staff.id, outcome)
        return outcome

    async def _open(self, task_id: str, staff: Staff) -> StaffTask:
        task = await self._conversations.task(task_id)
        if task.closed_at is not None:
            raise UnknownTask
        if task.kind is TaskKind.APPROVE and not staff.role.includes(Role.SENIOR):
            raise RoleTooLow
        return task
