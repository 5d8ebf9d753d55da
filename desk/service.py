"""What staff may do with a conversation and with what waits for their yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from conversations.channels import Channels
from conversations.contacts import Contacts
from conversations.errors import UnknownTask
from conversations.models import DraftCount, DraftReply, Message, StaffTask, TaskKind
from conversations.modes import Modes
from conversations.repository import Conversations
from desk.clocks import unanswered_since
from desk.errors import RoleTooLow
from desk.inbox import AutomationView, ConversationView, Inbox, State, Waiting
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

    def __init__(
        self,
        conversations: Conversations,
        settlement: Settlement,
        channels: Channels,
        modes: Modes | None = None,
    ) -> None:
        self._conversations = conversations
        self._contacts = Contacts(conversations)
        self._channels = channels
        self._inbox = Inbox(conversations.database, conversations.clock, self._contacts, channels)
        self._settlement = settlement
        self._modes = modes or Modes()

    async def list(self, state: State = "all", limit: int = 100) -> Sequence[Waiting]:
        return await self._inbox.list(state, limit)

    async def view(self, conversation_id: str) -> ConversationView:
        """Transcript, handoff with its facts, open tasks; raises UnknownConversation."""
        conversation = await self._conversations.get(conversation_id)
        messages = await self._conversations.transcript(conversation_id)
        handoff = await self._conversations.open_handoff(conversation_id)
        since = unanswered_since(conversation.owner, messages, handoff.created_at if handoff else None)
        return ConversationView(
            conversation=conversation,
            messages=messages,
            handoff=handoff,
            due_at=self._channels.due(conversation.channel, since),
            tasks=tuple(await self._conversations.tasks(conversation_id)),
            drafts=await self._conversations.open_drafts(conversation_id),
            related=tuple((await self._contacts.related([conversation_id])).get(conversation_id, ())),
        )

    async def take(self, conversation_id: str, staff: Staff) -> None:
        await self._conversations.take(conversation_id, staff.member)

    async def reply(self, conversation_id: str, staff: Staff, text: str, idempotency_key: str) -> Message:
        """Raises ChannelForbids where its channel does not take these words."""
        conversation = await self._conversations.get(conversation_id)
        said = await self._conversations.transcript(conversation_id)
        await self._channels.check(conversation.channel, text, said)
        return await self._conversations.staff_reply(conversation_id, staff.member, text, idempotency_key)

    async def hand_back(self, conversation_id: str, staff: Staff) -> None:
        """Its owner may, and a senior for a colleague who left."""
        for_another = staff.role.includes(Role.SENIOR)
        await self._conversations.hand_back(conversation_id, staff.member, for_another=for_another)

    async def drafts(self, conversation_id: str) -> Sequence[DraftReply]:
        """Every draft, with what became of it; raises UnknownConversation."""
        await self._conversations.get(conversation_id)
        return await self._conversations.drafts(conversation_id)

    async def send_draft(
        self, conversation_id: str, draft_id: str, staff: Staff, text: str | None = None
    ) -> Message:
        """As it is, or with other words; raises ChannelForbids where its channel does not take them."""
        channel = (await self._conversations.get(conversation_id)).channel
        drafted = {each.id: each.text for each in await self._conversations.drafts(conversation_id)}
        await self._channels.check(channel, text or drafted.get(draft_id, ""))
        words_only = self._channels.terms(channel).words_only
        return await self._conversations.send_draft(
            conversation_id, draft_id, staff.member, text, words_only=words_only
        )

    async def reject_draft(self, conversation_id: str, draft_id: str, staff: Staff) -> DraftReply:
        return await self._conversations.reject_draft(conversation_id, draft_id, staff.member)

    async def draft_counts(self) -> Sequence[DraftCount]:
        return await self._conversations.draft_counts()

    async def automation(self) -> AutomationView:
        """The kill switch, and the rules as they hold now."""
        switch = await self._conversations.automation()
        return AutomationView(
            switch=switch, default=self._modes.default, rules=self._modes.rules, wrong=self._modes.wrong
        )

    async def stop(self, staff: Staff) -> AutomationView:
        """Nothing automatic leaves any more."""
        _needs(staff, Role.ADMIN)
        await self._conversations.stop_automation(staff.member)
        return await self.automation()

    async def resume(self, staff: Staff) -> AutomationView:
        """The modes hold again."""
        _needs(staff, Role.ADMIN)
        await self._conversations.resume_automation(staff.member)
        return await self.automation()

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
        if task.kind is TaskKind.APPROVE:
            _needs(staff, Role.SENIOR)
        return task


def _needs(staff: Staff, least: Role) -> None:
    if not staff.role.includes(least):
        raise RoleTooLow
