"""The guard: every call of a tool passes here, and what it cannot decide it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from commerce.errors import BackendUnavailable
from commerce.models import Order
from conversations.models import Level
from facts.values import Code
from knowledge.policy import Policy
from tools.disputes import held_back
from tools.elsewhere import sent_elsewhere
from tools.gifts import as_recipient, is_present, of_present
from tools.lookup import MaybeOrderArguments, OrderArguments, known_order, level_of, lookup, required_level
from tools.proposals import Proposal, Proposals
from tools.registry import Registry
from tools.results import identity_needed, invalid, not_matched, refused, unavailable
from tools.tool import Effect, ProposalDraft, Tool, ToolContext, ToolResult

__all__ = ["Guard", "Proposal"]

log = structlog.get_logger(__name__)

READ_SECONDS = 5.0
"""How long a READ, or the look before a proposal, may take."""


class Guard:
    """Decides by identity and policy, never by what a model says about either."""

    def __init__(self, registry: Registry, proposals: Proposals, policy: Policy) -> None:
        """Raises UnknownLevel for a policy that relaxes a tool to a level that does not exist."""
        self._registry = registry
        self._proposals = proposals
        self._levels = {tool.name: required_level(tool, policy) for tool in registry}

    async def call(self, context: ToolContext, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run a READ, or turn a WRITE into a proposal.

        Beside the tool's own outcomes: `invalid_arguments` (data.errors names the fields), `identity_needed`
        (data.needed, data.order_number), `on_platform`, `person_decides` (see `tools/elsewhere.py`), `not_matched`,
        `proposed` (data.proposal_id), `unavailable`, `refused`.
        Any other exception of a tool is a bug and raises.
        """
        tool = self._registry.get(name)
        if tool is None:
            problem = {"field": "tool", "problem": f"use one of: {', '.join(self._registry.names)}"}
            return invalid(name, [problem])
        if tool.sends_back and (elsewhere := sent_elsewhere(context, name)):
            return elsewhere
        try:
            parsed = tool.arguments.model_validate(arguments)
        except ValidationError as error:
            return invalid(name, _problems(error))
        try:
            async with asyncio.timeout(READ_SECONDS):
                cleared = await self._checked(context, tool, parsed)
                if isinstance(cleared, ToolResult):
                    return cleared
                result = await self._run(replace(context, order=cleared), tool, parsed)
                return await self._for_her(context, cleared, result)
        except (BackendUnavailable, TimeoutError):
            log.warning("tool_unavailable", tool=name, conversation=context.conversation_id)
            return unavailable(name)

    async def _checked(
        self, context: ToolContext, tool: Tool, arguments: BaseModel
    ) -> ToolResult | Order | None:
        """Why the call may not run; else the order it may touch, None where it touches none."""
        needed = self._levels[tool.name]
        if needed is Level.ANONYMOUS:
            return None
        if isinstance(arguments, MaybeOrderArguments) and arguments.order_number is None:
            return None
        reference = getattr(arguments, "order_number", None)
        if not isinstance(arguments, OrderArguments | MaybeOrderArguments) or reference is None:
            log.error("guard_without_order", tool=tool.name)
            return refused(tool.name)
        try:
            order = await lookup(context, reference)
            level = Level.ANONYMOUS if order is None else await level_of(context, order, needed)
        except (BackendUnavailable, TimeoutError):
            raise
        except Exception:
            log.exception("guard_failed", tool=tool.name, conversation=context.conversation_id)
            return refused(tool.name)
        decided = self._decided(context, tool, reference, order, level)
        if isinstance(decided, Order) or order is None or level < Level.ORDER_READ:
            return decided
        return await self._hopeless(context, tool, order, arguments) or decided

    async def _hopeless(
        self, context: ToolContext, tool: Tool, order: Order, arguments: BaseModel
    ) -> ToolResult | None:
        """What no code would change, and whoever may read the order may know; None where a code is worth it."""
        if not tool.told_early or tool.propose is None or is_present(context, order):
            return None
        result = await tool.propose(replace(context, order=order), arguments)
        if isinstance(result, ToolResult) and result.outcome in tool.told_early:
            return result
        return None

    def _decided(
        self, context: ToolContext, tool: Tool, reference: str, order: Order | None, level: Level
    ) -> ToolResult | Order:
        needed = self._needed(context, tool, order)
        if order is not None and level >= needed:
            return order
        if order is not None and level >= Level.ORDER_READ:
            asked = identity_needed(tool.name, needed, order.number)
            return of_present(context, tool, order, asked) if is_present(context, order) else asked
        # From here on nothing may depend on whether the order exists.
        if context.identity.customer_id is not None:
            return not_matched(tool.name, reference)
        return identity_needed(tool.name, Level.ORDER_READ, reference)

    def _needed(self, context: ToolContext, tool: Tool, order: Order | None) -> Level:
        """A shop that relaxes a WRITE means the buyer, never the one who was given a present."""
        present = order is not None and tool.effect is Effect.WRITE and is_present(context, order)
        return Level.CONFIRMED if present else self._levels[tool.name]

    async def _for_her(self, context: ToolContext, order: Order | None, result: ToolResult) -> ToolResult:
        if order is None or not is_present(context, order):
            return result
        level = await level_of(context, order)
        return result if level >= Level.CONFIRMED else as_recipient(context, order, result)

    async def _run(self, context: ToolContext, tool: Tool, arguments: BaseModel) -> ToolResult:
        if tool.refunds and (stopped := await held_back(context, known_order(context), tool.name)):
            return stopped
        if tool.read is not None:
            return await tool.read(context, arguments)
        if tool.propose is None:
            return refused(tool.name)
        draft = await tool.propose(context, arguments)
        if isinstance(draft, ToolResult):
            return draft
        return await self._proposed(context, tool, arguments, draft)

    async def _proposed(
        self, context: ToolContext, tool: Tool, arguments: BaseModel, draft: ProposalDraft
    ) -> ToolResult:
        if context.drafting:
            return _worded(tool, draft)
        kept = arguments.model_dump(mode="json")
        proposal = await self._proposals.propose(context, tool.name, kept, draft)
        data = {"proposal_id": proposal.id, "order_number": proposal.order_number}
        return ToolResult(tool.name, "proposed", (draft.evidence, *draft.beside), data)


def _worded(tool: Tool, draft: ProposalDraft) -> ToolResult:
    """What would be proposed, without the row that a yes could confirm."""
    number = draft.evidence.facts.get("order_number")
    data = {"order_number": number.value} if isinstance(number, Code) else {}
    return ToolResult(tool.name, "proposed", (draft.evidence, *draft.beside), data)


def _problems(error: ValidationError) -> list[dict[str, Any]]:
    """Field and reason, never the value: it may be personal."""
    return [
        {"field": ".".join(str(part) for part in each["loc"]), "problem": each["msg"]}
        for each in error.errors(include_url=False, include_input=False)
    ]
