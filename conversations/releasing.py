"""Staff let drafts go, unchanged or edited, or reject them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import drafts, rows
from conversations.errors import DraftClosed, NotYours, UnknownDraft
from conversations.inbox import number_message, write_message
from conversations.models import (
    Author,
    DraftCount,
    DraftReply,
    DraftState,
    EventKind,
    HandoffReason,
    Message,
    Mode,
    Owner,
    StaffMember,
)
from conversations.ownership import Ownership, back_to_assistant, held_still, open_handoff_of
from conversations.store import NewEvent
from conversations.tables import drafts as table
from conversations.tables import handoffs, messages


class Releases(Ownership):
    """A draft is decided once: who comes second hears that it is closed."""

    async def drafts(self, conversation_id: str) -> tuple[DraftReply, ...]:
        """Every draft of a conversation, decided ones and those of shadow turns too, oldest first."""
        query = select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.id)
        async with self.database.read() as connection:
            return tuple(rows.draft(row) for row in await connection.execute(query))

    async def open_drafts(self, conversation_id: str) -> tuple[DraftReply, ...]:
        """What waits to be sent, oldest first."""
        async with self.database.read() as connection:
            return tuple(await drafts.open_drafts(connection, conversation_id))

    async def draft_counts(self) -> list[DraftCount]:
        """What became of the drafts, for each channel, market, intent and mode."""
        async with self.database.read() as connection:
            found = await connection.execute(drafts.counted())
            return [DraftCount.model_validate(dict(row._mapping)) for row in found]

    async def people_answer(self, conversation_id: str, but: str) -> bool:
        """Whether the conversation has waited for people to answer before, `but` for one handoff's sake."""
        query = select(handoffs.c.id).where(
            handoffs.c.conversation_id == conversation_id,
            handoffs.c.reason == HandoffReason.STAFF_ANSWERS,
            handoffs.c.id != but,
        )
        async with self.database.read() as connection:
            return (await connection.execute(query.limit(1))).first() is not None

    async def send_draft(
        self,
        conversation_id: str,
        draft_id: str,
        staff: StaffMember,
        text: str | None = None,
        *,
        words_only: bool = False,
    ) -> Message:
        """Say a draft, or what the person made of it, under her name; sending the same again changes nothing.
        `words_only` leaves its cards and sources behind.

        Raises UnknownDraft, DraftClosed, and NotYours where another person has the conversation.
        """
        async with self.database.write() as connection:
            draft = await _held(connection, conversation_id, draft_id, staff)
            spoken = text or draft.text
            if draft.message_id is not None:
                return await _sent_before(connection, draft.message_id, spoken)
            _still_open(draft)
            state = DraftState.UNCHANGED if spoken == draft.text else DraftState.EDITED
            decided = await drafts.decide(connection, draft, state, staff.id, self.clock.now())
            message = await self._say_draft(connection, decided, staff, spoken, words_only)
            await self._let_go(connection, conversation_id)
        self._decided(decided)
        return message

    async def reject_draft(self, conversation_id: str, draft_id: str, staff: StaffMember) -> DraftReply:
        """It will not be sent; the conversation keeps waiting for a person. Raises as `send_draft` does."""
        async with self.database.write() as connection:
            draft = await _held(connection, conversation_id, draft_id, staff)
            if draft.state is DraftState.REJECTED:
                return draft
            _still_open(draft)
            now = self.clock.now()
            decided = await drafts.decide(connection, draft, DraftState.REJECTED, staff.id, now)
        self._decided(decided)
        return decided

    async def _say_draft(
        self,
        connection: AsyncConnection,
        draft: DraftReply,
        staff: StaffMember,
        text: str,
        words_only: bool,
    ) -> Message:
        assert draft.message_id is not None
        message = Message(
            id=draft.message_id,
            conversation_id=draft.conversation_id,
            seq=await number_message(connection, draft.conversation_id),
            author=Author.STAFF,
            text=text,
            language=draft.language,
            turn_id=draft.turn_id,
            staff_name=staff.name,
            created_at=self.clock.now(),
        )
        await write_message(connection, message)
        told = message.model_dump(mode="json", include={"text", "language", "staff_name", "created_at"})
        event = NewEvent(
            EventKind.STAFF_MESSAGE,
            {"message_id": message.id} | told | ({} if words_only else _shown_with(draft)),
        )
        await self.append(connection, draft.conversation_id, event)
        return message

    async def _let_go(self, connection: AsyncConnection, conversation_id: str) -> None:
        """Once all is answered, a conversation that only waited for this waits no more."""
        held = await held_still(connection, conversation_id)
        handoff = await open_handoff_of(connection, conversation_id)
        waited = handoff is not None and handoff.reason is HandoffReason.STAFF_ANSWERS
        if held.owner != Owner.QUEUE or not waited or await _more(connection, conversation_id):
            return
        await back_to_assistant(connection, conversation_id, self.clock.now())

    def _decided(self, draft: DraftReply) -> None:
        self._changed(draft.conversation_id)
        if self.observer is not None:
            self.observer.draft_decided(draft)


async def _held(
    connection: AsyncConnection, conversation_id: str, draft_id: str, staff: StaffMember
) -> DraftReply:
    """The draft, its conversation kept still until the transaction ends."""
    held = await held_still(connection, conversation_id)
    if held.owner == Owner.HUMAN and held.staff_id != staff.id:
        raise NotYours
    draft = await drafts.find(connection, conversation_id, draft_id)
    if draft is None:
        raise UnknownDraft
    return draft


def _shown_with(draft: DraftReply) -> dict[str, Any]:
    """What an automatic reply would show beside its words. Words that a person changed need not stand on it."""
    if draft.state is not DraftState.UNCHANGED:
        return {}
    return draft.model_dump(mode="json", include={"evidence", "cards"})


def _still_open(draft: DraftReply) -> None:
    if draft.state is not DraftState.OPEN or draft.mode is not Mode.DRAFT:
        raise DraftClosed


async def _sent_before(connection: AsyncConnection, message_id: str, text: str) -> Message:
    found = (await connection.execute(select(messages).where(messages.c.id == message_id))).one()
    if found.text != text:
        raise DraftClosed
    return rows.message(found)


async def _more(connection: AsyncConnection, conversation_id: str) -> bool:
    """Whether another draft waits, or a message whose turn may make one."""
    unanswered = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id, messages.c.done.is_(False)
    )
    if (await connection.execute(unanswered.limit(1))).first() is not None:
        return True
    return bool(await drafts.open_drafts(connection, conversation_id))
