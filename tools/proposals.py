"""Proposals and the ledger: a WRITE happens only by a later yes, and once for each proposal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from commerce.errors import BackendUnavailable, NotLive, VersionConflict
from commerce.models import Order
from conversations.models import TaskKind
from facts.clock import Clock
from facts.evidence import Evidence
from i18n.locale import Locale
from i18n.rendering import Renderer
from persistence.engine import Database
from tools.disputes import held_back
from tools.lookup import level_of, required_level
from tools.proposal_rows import LedgerState, Proposal, ProposalRows, ProposalState
from tools.registry import Registry
from tools.results import identity_needed, order_result, refused
from tools.tool import ProposalDraft, Tool, ToolContext, ToolResult

__all__ = ["LedgerState", "Proposal", "ProposalState", "Proposals", "StaffTasks"]

EXECUTE_SECONDS = 15.0

DONE = "done"
"""The outcome of a tool's `execute` that means it took effect."""

TAKEN = {DONE, str(ProposalState.REQUESTED), str(ProposalState.AWAITING_APPROVAL)}
"""Outcomes with which her yes stands."""

TASKS = {
    ProposalState.REQUESTED: TaskKind.CARRY_OUT,
    ProposalState.AWAITING_APPROVAL: TaskKind.APPROVE,
}


class StaffTasks(Protocol):
    """Where a person is asked to approve or to carry out; asking again for the same proposal changes nothing."""

    async def add_task(
        self, proposal_id: str, conversation_id: str, kind: TaskKind, summary: dict[str, str]
    ) -> None: ...


class Proposals(ProposalRows):
    """What was proposed, and what a yes, a no or a person makes of it."""

    def __init__(
        self, database: Database, clock: Clock, tasks: StaffTasks, renderer: Renderer, registry: Registry
    ) -> None:
        super().__init__(database, clock)
        self._tasks = tasks
        self._renderer = renderer
        self._registry = registry

    async def ask_staff(self, context: ToolContext, tool: Tool, draft: ProposalDraft) -> Proposal:
        """Ask a person to allow what no customer has to say yes to; the same draft of the same turn asks once."""
        live = context.backend.live and tool.execute is not None
        state = ProposalState.AWAITING_APPROVAL if live else ProposalState.REQUESTED
        proposal = await self.keep(context, tool.name, draft, state)
        if proposal.state in TASKS:
            await self._ask_staff(context, proposal)
        return proposal

    async def confirm(self, context: ToolContext, proposal_id: str, turn_id: str) -> ToolResult:
        """Act on the customer's yes.

        Outcomes: `done` and what else the tool's `execute` gives; `awaiting_approval`, `requested` (a person was
        asked); `expired`, `changed` (propose again); `unavailable` (still open, she may say yes again);
        `superseded`, `declined`; `identity_needed`; `refused`. Called again for the same turn it goes on where it
        stopped, with the same key.
        """
        proposal = await self.get(proposal_id)
        if proposal is None or proposal.conversation_id != context.conversation_id:
            return refused("")
        tool = self._registry.get(proposal.tool)
        if tool is None or proposal.turn_id == turn_id:
            return refused(proposal.tool)
        if proposal.state is ProposalState.OPEN:
            stopped = await self._open(context, proposal, turn_id, tool)
            if stopped is not None:
                return stopped
            proposal = await self._again(proposal)
        return await self._with_receipt(
            context, proposal, tool, await self._standing(context, proposal, tool)
        )

    async def _with_receipt(
        self, context: ToolContext, proposal: Proposal, tool: Tool, result: ToolResult
    ) -> ToolResult:
        """What she declared holds, whoever carries it out: she has it in writing, once for the proposal."""
        if tool.receipt is None or result.outcome not in TAKEN:
            return result
        told = await tool.receipt(context, proposal.payload, proposal.id)
        return result if told is None else replace(result, evidence=(*result.evidence, told))

    async def _open(
        self, context: ToolContext, proposal: Proposal, turn_id: str, tool: Tool
    ) -> ToolResult | None:
        """Take an open proposal as far as a yes takes it; a result where that ends here without a change of state."""
        if not await self.started(proposal.id):
            try:
                order = await context.backend.order(proposal.order_id)
            except BackendUnavailable:
                return self._told(context, proposal, "unavailable")
            if order is None:
                return refused(tool.name)
            needed = required_level(tool, context.policy)
            if await level_of(context, order) < needed:
                return identity_needed(tool.name, needed, proposal.order_number)
            if stopped := await self._stopped(context, proposal, tool, order):
                if stopped.outcome != "unavailable":
                    kept = {"ended_turn": turn_id, "confirmed_turn": turn_id}
                    await self.move(proposal.id, ProposalState.OPEN, ProposalState.DECLINED, **kept)
                return stopped
            after = self._next(context, proposal, order)
            if after is not ProposalState.CONFIRMED:
                kept = {"ended_turn": turn_id, "confirmed_turn": turn_id}
                await self.move(proposal.id, ProposalState.OPEN, after, **kept)
                return None
        await self.start(proposal, ended_turn=turn_id, confirmed_turn=turn_id)
        return None

    async def _stopped(
        self, context: ToolContext, proposal: Proposal, tool: Tool, order: Order | None = None
    ) -> ToolResult | None:
        """A case at her bank that came after the proposal, before anything is paid; None where nothing has changed."""
        if not tool.refunds:
            return None
        try:
            order = order or await context.backend.order(proposal.order_id)
            return None if order is None else await held_back(context, order, tool.name)
        except BackendUnavailable:
            return self._told(context, proposal, "unavailable")

    def _next(self, context: ToolContext, proposal: Proposal, order: Order) -> ProposalState:
        if self._clock.now() >= proposal.expires_at:
            return ProposalState.EXPIRED
        if order.version != proposal.order_version:
            return ProposalState.SUPERSEDED
        if not context.backend.live:
            return ProposalState.REQUESTED
        return ProposalState.AWAITING_APPROVAL if proposal.needs_approval else ProposalState.CONFIRMED

    async def _standing(self, context: ToolContext, proposal: Proposal, tool: Tool) -> ToolResult:
        """What a proposal's state means for the customer; a confirmed one is carried out."""
        match proposal.state:
            case ProposalState.CONFIRMED:
                back = ProposalState.AWAITING_APPROVAL if proposal.staff_id else ProposalState.OPEN
                return await self._execute(context, proposal, tool, back)
            case ProposalState.EXECUTED | ProposalState.FAILED:
                return await self.outcome(context, proposal.id) or refused(tool.name)
            case ProposalState.REQUESTED | ProposalState.AWAITING_APPROVAL:
                return await self._ask_staff(context, proposal)
            case ProposalState.EXPIRED:
                return self._told(context, proposal, "expired")
            case ProposalState.SUPERSEDED if proposal.confirmed_turn is not None:
                return self._told(context, proposal, "changed")
            case ProposalState.SUPERSEDED | ProposalState.DECLINED:
                return ToolResult(tool.name, str(proposal.state))
            case ProposalState.OPEN:
                return refused(tool.name)

    async def _execute(
        self, context: ToolContext, proposal: Proposal, tool: Tool, back: ProposalState
    ) -> ToolResult:
        if tool.execute is None:
            return refused(tool.name)
        try:
            async with asyncio.timeout(EXECUTE_SECONDS):
                result = await tool.execute(context, proposal.payload, proposal.order_version, proposal.id)
                await self._notify(context, tool, result)
        except (BackendUnavailable, TimeoutError):
            await self.reopen(proposal, back)
            return self._told(context, proposal, "unavailable")
        except VersionConflict:
            await self.finish(proposal.id, ProposalState.SUPERSEDED, None)
            return self._told(context, proposal, "changed")
        except NotLive:
            await self.finish(proposal.id, ProposalState.REQUESTED, None)
            return await self._standing(context, await self._again(proposal), tool)
        after = ProposalState.EXECUTED if result.outcome == DONE else ProposalState.FAILED
        await self.finish(proposal.id, after, result)
        return result

    async def _notify(self, context: ToolContext, tool: Tool, result: ToolResult) -> None:
        """Before the proposal is finished, so that a crash in between asks once more, and that changes nothing."""
        found = await tool.notice(context, result) if tool.notice and result.outcome == DONE else None
        if found is not None:
            await self.ask_staff(context, *found)

    async def approve(self, context: ToolContext, proposal_id: str, staff_id: str) -> ToolResult:
        """A person allows what waited for approval: it is carried out under the same key and ledger row.

        Outcomes: those of `execute`; `changed`, `unavailable` (approve again), `refused` where nothing waits.
        """
        proposal = await self.get(proposal_id)
        tool = self._registry.get(proposal.tool) if proposal else None
        if proposal is None or tool is None:
            return refused("")
        if proposal.state is ProposalState.AWAITING_APPROVAL:
            if stopped := await self._stopped(context, proposal, tool):
                if stopped.outcome != "unavailable":
                    await self.reject(proposal.id, staff_id)
                return stopped
            await self.start(proposal, staff_id=staff_id)
            proposal = await self._again(proposal)
        allowed = (ProposalState.CONFIRMED, ProposalState.EXECUTED, ProposalState.FAILED)
        if proposal.staff_id is None or proposal.state not in allowed:
            return refused(tool.name)
        return await self._standing(context, proposal, tool)

    async def reject(self, proposal_id: str, staff_id: str) -> bool:
        """A person refuses what waited for one; True again when asked again, False where it did not wait."""
        for waiting in (ProposalState.AWAITING_APPROVAL, ProposalState.REQUESTED):
            if await self.move(proposal_id, waiting, ProposalState.DECLINED, staff_id=staff_id):
                return True
        return await self._by_staff(proposal_id, ProposalState.DECLINED)

    async def fulfil(self, proposal_id: str, staff_id: str) -> bool:
        """A person has carried out in the shop what was requested; False where it did not wait."""
        after = ProposalState.EXECUTED
        done = await self.move(proposal_id, ProposalState.REQUESTED, after, staff_id=staff_id)
        return done or await self._by_staff(proposal_id, after)

    async def _by_staff(self, proposal_id: str, state: ProposalState) -> bool:
        proposal = await self.get(proposal_id)
        return proposal is not None and proposal.state is state and proposal.staff_id is not None

    async def _again(self, proposal: Proposal) -> Proposal:
        return await self.get(proposal.id) or proposal

    async def _ask_staff(self, context: ToolContext, proposal: Proposal) -> ToolResult:
        kind = TASKS[proposal.state]
        zone = context.policy.staff.zone
        summary = {
            language: self._summary(Locale(language, zone=zone), kind, proposal.evidence)
            for language in (() if proposal.wordless else self._renderer.languages)
        }
        await self._tasks.add_task(proposal.id, proposal.conversation_id, kind, summary)
        noun = (proposal.evidence.statement or "").partition(".")[0]
        statement = f"{noun}.{proposal.state}"
        return order_result(context, proposal.tool, str(proposal.state), statement, proposal.order_number)

    def _summary(self, locale: Locale, kind: TaskKind, shown: Evidence) -> str:
        """What staff are asked for, with what the customer was shown."""
        proposed = self._renderer.message(locale, shown.statement or "", shown.facts)
        return self._renderer.message(locale, f"desk.task.{kind}", {"summary": proposed})

    def _told(self, context: ToolContext, proposal: Proposal, outcome: str) -> ToolResult:
        return order_result(context, proposal.tool, outcome, f"proposal.{outcome}", proposal.order_number)
