"""The rows of proposals and of the ledger: every change of state compares first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from facts.clock import Clock
from facts.evidence import Evidence
from facts.identifiers import new_id
from facts.values import Code, Money
from persistence.engine import Database
from tools.tables import ledger, proposals
from tools.tool import ProposalDraft, ToolContext, ToolResult

LIFETIME = timedelta(minutes=30)
REMEMBERED = timedelta(days=1)


class ProposalState(StrEnum):
    OPEN = "open"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    EXECUTED = "executed"
    REQUESTED = "requested"
    AWAITING_APPROVAL = "awaiting_approval"
    FAILED = "failed"


class LedgerState(StrEnum):
    STARTED = "started"
    DONE = "done"
    REFUSED = "refused"


class Proposal(BaseModel):
    """What a customer was shown and may confirm: bound to this order version and this amount."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    conversation_id: str
    turn_id: str
    tool: str
    arguments: dict[str, Any]
    payload: dict[str, Any]
    order_id: str
    order_version: int
    amount: Money | None
    needs_approval: bool
    evidence: Evidence
    state: ProposalState
    created_at: datetime
    expires_at: datetime
    confirmed_turn: str | None = None
    """The turn whose yes was acted upon, with whatever outcome."""
    ended_turn: str | None = None
    """The turn that took it out of the open state."""
    staff_id: str | None = None

    @property
    def order_number(self) -> str:
        number = self.evidence.facts.get("order_number")
        return number.value if isinstance(number, Code) else ""


class ProposalRows:
    """The rows alone. Every change of state compares first, so that two who come at once cannot both make it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, proposal_id: str) -> Proposal | None:
        return await self._first(proposals.c.id == proposal_id)

    async def open_for(self, conversation_id: str) -> Proposal | None:
        """The open proposal, unless its time is over."""
        return await self._first(
            proposals.c.conversation_id == conversation_id,
            proposals.c.state == ProposalState.OPEN,
            proposals.c.expires_at > self._clock.now(),
        )

    async def settle(self, conversation_id: str, turn_id: str) -> Proposal | None:
        """The proposal that this turn's message may answer.

        That is the open one (for a day after its time `confirm` still tells her that it is over), or the one that
        this very turn has answered or replaced before it was run again. Never one that this turn made itself:
        nobody has seen that one yet.
        """
        forgotten = self._clock.now() - REMEMBERED
        answered = proposals.c.ended_turn == turn_id
        found = await self._all(
            proposals.c.conversation_id == conversation_id,
            proposals.c.turn_id != turn_id,
            answered | (proposals.c.state == ProposalState.OPEN) & (proposals.c.expires_at > forgotten),
        )
        return next((one for one in found if one.ended_turn == turn_id), found[0] if found else None)

    async def waiting(self) -> list[Proposal]:
        """What waits for a person: to approve it, or to carry it out."""
        states = (ProposalState.REQUESTED, ProposalState.AWAITING_APPROVAL)
        query = select(proposals).where(proposals.c.state.in_(states)).order_by(proposals.c.created_at)
        async with self._database.read() as connection:
            return [_proposal(row) for row in (await connection.execute(query)).all()]

    async def propose(
        self, context: ToolContext, tool: str, arguments: Mapping[str, Any], draft: ProposalDraft
    ) -> Proposal:
        """Keep the draft as the conversation's one open proposal; an older one is superseded.

        The same draft of the same turn is the same row, so that a turn may run again.
        """
        digest = _digest(tool, draft.order_id, draft.payload)
        at = (proposals.c.conversation_id == context.conversation_id,)
        async with self._database.write() as connection:
            made = select(proposals).where(
                *at, proposals.c.turn_id == context.turn_id, proposals.c.digest == digest
            )
            known = (await connection.execute(made)).first()
            if known is not None and known.state not in (ProposalState.OPEN, ProposalState.SUPERSEDED):
                return _proposal(known)
            others = update(proposals).where(*at, proposals.c.state == ProposalState.OPEN)
            await connection.execute(
                others.values(state=ProposalState.SUPERSEDED, ended_turn=context.turn_id)
            )
            proposal = self._fresh(context, tool, arguments, draft) if known is None else _proposal(known)
            if known is None:
                await connection.execute(insert(proposals).values(_row(proposal, digest)))
            else:
                again = update(proposals).where(proposals.c.id == known.id)
                await connection.execute(again.values(state=ProposalState.OPEN, ended_turn=None))
        return proposal.model_copy(update={"state": ProposalState.OPEN, "ended_turn": None})

    async def keep(
        self, context: ToolContext, tool: str, draft: ProposalDraft, state: ProposalState
    ) -> Proposal:
        """Keep a draft that is none of the customer's business; what she was asked stays open beside it."""
        digest = _digest(tool, draft.order_id, draft.payload)
        made = select(proposals).where(
            proposals.c.conversation_id == context.conversation_id,
            proposals.c.turn_id == context.turn_id,
            proposals.c.digest == digest,
        )
        async with self._database.write() as connection:
            known = (await connection.execute(made)).first()
            if known is not None:
                return _proposal(known)
            proposal = self._fresh(context, tool, draft.payload, draft).model_copy(update={"state": state})
            await connection.execute(insert(proposals).values(_row(proposal, digest)))
        return proposal

    def _fresh(
        self, context: ToolContext, tool: str, arguments: Mapping[str, Any], draft: ProposalDraft
    ) -> Proposal:
        now = self._clock.now()
        return Proposal(
            id=new_id("prp"),
            conversation_id=context.conversation_id,
            turn_id=context.turn_id,
            tool=tool,
            arguments=dict(arguments),
            payload=dict(draft.payload),
            order_id=draft.order_id,
            order_version=draft.order_version,
            amount=draft.amount,
            needs_approval=draft.needs_approval,
            evidence=draft.evidence,
            state=ProposalState.OPEN,
            created_at=now,
            expires_at=now + LIFETIME,
        )

    async def decline(self, proposal_id: str, turn_id: str | None = None) -> bool:
        """The customer said no; False where it was not open any more."""
        return await self.move(proposal_id, ProposalState.OPEN, ProposalState.DECLINED, ended_turn=turn_id)

    async def move(
        self, proposal_id: str, before: ProposalState, after: ProposalState, **values: Any
    ) -> bool:
        """Change the state if it is still `before`."""
        async with self._database.write() as connection:
            return await _move(connection, proposal_id, before, after, values)

    async def start(self, proposal: Proposal, **values: Any) -> bool:
        """Confirm it and open its ledger row in one transaction; False when somebody was faster."""
        async with self._database.write() as connection:
            moved = await _move(connection, proposal.id, proposal.state, ProposalState.CONFIRMED, values)
            if moved and not await _ledger(connection, proposal.id):
                entry = {
                    "key": proposal.id,
                    "tool": proposal.tool,
                    "order_id": proposal.order_id,
                    "digest": _digest(proposal.tool, proposal.order_id, proposal.payload),
                    "state": LedgerState.STARTED,
                    "started_at": self._clock.now(),
                }
                await connection.execute(insert(ledger).values(entry))
            return moved

    async def started(self, proposal_id: str) -> bool:
        """Whether an attempt was made whose outcome nobody knows."""
        async with self._database.read() as connection:
            row = await _ledger(connection, proposal_id)
        return row is not None and row.state == LedgerState.STARTED

    async def outcome(self, context: ToolContext, proposal_id: str) -> ToolResult | None:
        """What came of it, with evidence numbered for this turn."""
        async with self._database.read() as connection:
            row = await _ledger(connection, proposal_id)
        return None if row is None or row.outcome is None else _revived(context, row.tool, row.outcome)

    async def finish(self, proposal_id: str, after: ProposalState, result: ToolResult | None) -> None:
        """Write the outcome down. Whoever comes second finds the first one's."""
        done = LedgerState.DONE if after is ProposalState.EXECUTED else LedgerState.REFUSED
        entry = {
            "state": done,
            "outcome": _kept(result) if result else None,
            "done_at": self._clock.now(),
        }
        async with self._database.write() as connection:
            moved = await _move(connection, proposal_id, ProposalState.CONFIRMED, after, {})
            if moved:
                await connection.execute(update(ledger).where(ledger.c.key == proposal_id).values(entry))

    async def reopen(self, proposal: Proposal, back: ProposalState) -> None:
        """The back end did not answer: the same proposal, with the same key, may be confirmed again."""
        values: dict[str, Any] = {"confirmed_turn": None, "ended_turn": None}
        if back is ProposalState.OPEN:
            values["expires_at"] = self._clock.now() + LIFETIME
        await self.move(proposal.id, ProposalState.CONFIRMED, back, **values)

    async def erase(self, conversation_id: str) -> None:
        """Delete what a conversation proposed, save what people still have to carry out; the ledger stays."""
        waiting = (ProposalState.REQUESTED, ProposalState.AWAITING_APPROVAL, ProposalState.CONFIRMED)
        async with self._database.write() as connection:
            await connection.execute(
                delete(proposals).where(
                    proposals.c.conversation_id == conversation_id, proposals.c.state.not_in(waiting)
                )
            )

    async def _first(self, *conditions: ColumnElement[bool]) -> Proposal | None:
        found = await self._all(*conditions)
        return found[0] if found else None

    async def _all(self, *conditions: ColumnElement[bool]) -> list[Proposal]:
        query = select(proposals).where(*conditions).order_by(proposals.c.created_at)
        async with self._database.read() as connection:
            return [_proposal(row) for row in await connection.execute(query)]


async def _move(
    connection: AsyncConnection,
    proposal_id: str,
    before: ProposalState,
    after: ProposalState,
    values: Mapping[str, Any],
) -> bool:
    change = update(proposals).where(proposals.c.id == proposal_id, proposals.c.state == before)
    return (await connection.execute(change.values(state=after, **values))).rowcount == 1


async def _ledger(connection: AsyncConnection, key: str) -> Row[Any] | None:
    return (await connection.execute(select(ledger).where(ledger.c.key == key))).first()


def _digest(tool: str, order_id: str, payload: Mapping[str, Any]) -> str:
    intent = json.dumps([tool, order_id, payload], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(intent.encode()).hexdigest()


def _row(proposal: Proposal, digest: str) -> dict[str, Any]:
    amount = proposal.amount
    kept = proposal.model_dump(exclude={"amount", "evidence"})
    return {
        **kept,
        "digest": digest,
        "evidence": proposal.evidence.model_dump(mode="json"),
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
    }


def _proposal(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)
    minor, currency = values.pop("amount_minor"), values.pop("currency")
    values.pop("digest")
    amount = None if minor is None else Money(minor=minor, currency=currency)
    return Proposal.model_validate({**values, "amount": amount})


def _kept(result: ToolResult) -> dict[str, Any]:
    told = [evidence.model_dump(mode="json") for evidence in result.evidence]
    return {"outcome": result.outcome, "evidence": told, "data": dict(result.data)}


def _revived(context: ToolContext, tool: str, kept: Mapping[str, Any]) -> ToolResult:
    told = (Evidence.model_validate(each) for each in kept["evidence"])
    fresh = tuple(each.model_copy(update={"id": context.new_evidence_id()}) for each in told)
    return ToolResult(tool, cast(str, kept["outcome"]), fresh, cast(dict[str, Any], kept["data"]))
