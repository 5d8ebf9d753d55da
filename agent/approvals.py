"""Carries out what staff decide about a proposal, and tells the customer in her language."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

from agent.context import Ports
from agent.render import statement
from conversations.channels import ChannelForbids
from conversations.errors import OwnerChanged, UnknownConversation
from conversations.models import Conversation, Handoff, HandoffReason, Priority
from facts.values import Term
from i18n.locale import Locale
from i18n.names import language_name
from i18n.rendering import Argument
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
        conversation = await self._conversation(proposal)
        locale = self._locale(conversation)
        context = self._context(proposal, conversation, locale)
        result = await self._ports.proposals.approve(context, proposal_id, staff_id)
        if conversation is not None:
            await self._tell(proposal, conversation, locale, result)
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

    async def _conversation(self, proposal: Proposal) -> Conversation | None:
        """None where it was erased since: the act still stands, there is only nobody to tell."""
        try:
            return await self._ports.conversations.get(proposal.conversation_id)
        except UnknownConversation:
            return None

    def _locale(self, conversation: Conversation | None) -> Locale:
        if conversation is None:
            return Locale("en")
        zone = self._ports.zones.get(conversation.market or "", self._ports.policy.shop.zone)
        return Locale(conversation.language or "en", conversation.market, zone)

    def _context(self, proposal: Proposal, conversation: Conversation | None, locale: Locale) -> ToolContext:
        numbers = count(1)
        ports = self._ports
        return ToolContext(
            conversation_id=proposal.conversation_id,
            turn_id=f"approval:{proposal.id}",
            identity=Identity(),
            locale=locale,
            market=locale.country,
            channel=ports.channels.terms(conversation.channel if conversation else ""),
            clock=ports.clock,
            backend=ports.backend,
            policy=ports.policy,
            markets=ports.markets,
            rates=ports.rates,
            retriever=ports.retriever,
            desk=ports.identity_desk,
            goods=ports.goods,
            invoices=ports.invoices,
            receipts=ports.receipts,
            perception=_nothing_said(locale.language),
            new_evidence_id=lambda: f"e{next(numbers)}",
        )

    async def _tell(
        self, proposal: Proposal, conversation: Conversation, locale: Locale, result: ToolResult
    ) -> None:
        said = [
            statement(entry, locale, self._ports.renderer) for entry in result.evidence if entry.statement
        ]
        # What was done for the shop alone says nothing to her.
        if result.outcome != "done" or not said:
            return
        text = " ".join(said)
        try:
            await self._ports.channels.check(conversation.channel, text)
        except ChannelForbids:
            # The person who approved it says it in words that the channel takes.
            await self._flag(proposal, locale)
            return
        try:
            await self._ports.conversations.say(
                proposal.conversation_id, text, locale.language, key=f"approved:{proposal.id}"
            )
        except UnknownConversation:
            return

    async def _flag(self, proposal: Proposal, locale: Locale) -> None:
        """Put the conversation before people: the customer waits for a word that could not be sent."""
        ports, reason = self._ports, HandoffReason.CHANNEL_RULES
        facts: dict[str, Argument] = {
            "language": language_name(locale.language, "en"),
            "reason": Term(id=f"term.handoff.{reason}"),
        }
        handoff = Handoff(
            id=f"hnd_{proposal.id.partition('_')[2]}",
            conversation_id=proposal.conversation_id,
            reason=reason,
            priority=Priority.NORMAL,
            summary={"en": ports.renderer.message(Locale("en"), "desk.summary.line", facts)},
            language=locale.language,
            created_at=ports.clock.now(),
        )
        with suppress(OwnerChanged, UnknownConversation):
            await ports.conversations.queue(proposal.conversation_id, handoff)


def _nothing_said(language: str) -> Perception:
    return Perception("", language, False, (), (), None, False, Mood.CALM, 0.0, frozenset(), 0.0)
