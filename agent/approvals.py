"""Carries out what staff decide about a proposal, and tells the customer in her language."""

from __future__ import annotations

from itertools import count

from agent.context import Ports
from agent.render import statement
from conversations.errors import UnknownConversation
from i18n.locale import Locale
from nlu.perception import Mood, Perception
from tools.proposals import Proposal
from tools.tool import Identity, ToolContext, ToolResult


class Approvals:
    """Each act may be repeated after a crash: the ledger and the notice's key make it happen once."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def approve(self, proposal_id: str, staff_id: str) -> str:
        """Carry out what waited for a yes; gives the outcome of the tool."""
        proposal = await self._ports.proposals.get(proposal_id)
        if proposal is None:
            return "refused"
        locale = await self._locale(proposal)
        result = await self._ports.proposals.approve(self._context(proposal, locale), proposal_id, staff_id)
        await self._tell(proposal, locale, result)
        await self._forget_if_erased(proposal_id)
        return result.outcome

    async def fulfil(self, proposal_id: str, staff_id: str) -> str:
        """A person has done in the shop what was requested; the customer hears it from that person."""
        done = await self._ports.proposals.fulfil(proposal_id, staff_id)
        await self._forget_if_erased(proposal_id)
        return "fulfilled" if done else "refused"

    async def reject(self, proposal_id: str, staff_id: str) -> str:
        """It will not be done; the person who decided tells the customer why."""
        done = await self._ports.proposals.reject(proposal_id, staff_id)
        await self._forget_if_erased(proposal_id)
        return "rejected" if done else "refused"

    async def _forget_if_erased(self, proposal_id: str) -> None:
        """What had to be kept to be carried out is settled now."""
        proposal = await self._ports.proposals.get(proposal_id)
        if proposal is None:
            return
        try:
            await self._ports.conversations.get(proposal.conversation_id)
        except UnknownConversation:
            await self._ports.proposals.erase(proposal.conversation_id)

    async def _locale(self, proposal: Proposal) -> Locale:
        try:
            conversation = await self._ports.conversations.get(proposal.conversation_id)
        except UnknownConversation:
            # Erased since: the act still stands, there is only nobody to tell.
            return Locale("en")
        zone = self._ports.zones.get(conversation.market or "", self._ports.policy.shop.zone)
        return Locale(conversation.language or "en", conversation.market, zone)

    def _context(self, proposal: Proposal, locale: Locale) -> ToolContext:
        numbers = count(1)
        ports = self._ports
        return ToolContext(
            conversation_id=proposal.conversation_id,
            turn_id=f"approval:{proposal.id}",
            identity=Identity(),
            locale=locale,
            market=locale.country,
            clock=ports.clock,
            backend=ports.backend,
            policy=ports.policy,
            markets=ports.markets,
            retriever=ports.retriever,
            desk=ports.identity_desk,
            goods=ports.goods,
            invoices=ports.invoices,
            receipts=ports.receipts,
            perception=_nothing_said(locale.language),
            new_evidence_id=lambda: f"e{next(numbers)}",
        )

    async def _tell(self, proposal: Proposal, locale: Locale, result: ToolResult) -> None:
        said = [
            statement(entry, locale, self._ports.renderer) for entry in result.evidence if entry.statement
        ]
        # What was done for the shop alone says nothing to her.
        if result.outcome != "done" or not said:
            return
        try:
            await self._ports.conversations.say(
                proposal.conversation_id, " ".join(said), locale.language, key=f"approved:{proposal.id}"
            )
        except UnknownConversation:
            return


def _nothing_said(language: str) -> Perception:
    return Perception("", language, False, (), (), None, False, Mood.CALM, 0.0, frozenset(), 0.0)
