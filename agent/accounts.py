"""What a customer may see of all that is kept about her, take with her, and have erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import AwareDatetime

from agent.context import Ports
from commerce.keys import email_key
from commerce.models import Order, ReturnStatus
from conversations.contacts import Contact
from conversations.erasures import Erasures
from conversations.export import exported
from conversations.models import Conversation, HandoffReason, Owner, Record
from conversations.profiles import Profile
from i18n.locale import Locale
from tools.proposals import Proposal
from tools.tool import Identity

ORDERS_LOOKED_AT = 50
OPEN_RETURNS = frozenset(ReturnStatus) - {
    ReturnStatus.REFUNDED,
    ReturnStatus.REJECTED,
    ReturnStatus.CANCELLED,
}


class KnownCustomer(Record):
    """Who has shown to be her; `email` is what the shop's token says."""

    customer_id: str
    email: str | None = None
    language: str | None = None


class PastConversation(Record):
    """`state`: who answers; `waiting_since` where that is a person, or will be."""

    conversation_id: str
    channel: str
    language: str | None
    started_at: AwareDatetime
    last_message_at: AwareDatetime | None
    state: Owner
    waiting_since: AwareDatetime | None


class OpenMatter(Record):
    """Something that is not done yet: a handoff, a return, a change that waits for a person."""

    kind: str
    since: AwareDatetime
    state: str
    order_number: str | None = None
    conversation_id: str | None = None


class Kept(Record):
    """A kind of data, and in her language what it is and why it is kept."""

    what: str
    why: str


class Account(Record):
    customer_id: str
    profile: Profile | None
    open_matters: tuple[OpenMatter, ...]
    conversations: tuple[PastConversation, ...]
    kept: tuple[Kept, ...]


class ErasedAccount(Record):
    """`complete` is False where the erasure goes on in the background; it needs no second request."""

    conversations: int
    profile: bool
    complete: bool
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class Accounts:
    """Every method wants a customer who has shown to be her."""

    ports: Ports
    erasures: Erasures

    async def known(self, conversation: Conversation) -> KnownCustomer | None:
        """The customer of a conversation, as long as what she has shown in it holds."""
        grants = await self.ports.conversations.grants(conversation.id)
        shown = Identity(conversation.customer_id, conversation.customer_email, grants)
        customer = await self.ports.records.customer_of(conversation.id, shown)
        if customer is None:
            return None
        email, language = conversation.customer_email, conversation.language
        return KnownCustomer(customer_id=customer, email=email, language=language)

    async def language_of(self, customer_id: str) -> str | None:
        """The language that she spoke last."""
        profile = await self.ports.records.profiles.get(customer_id)
        return None if profile is None else profile.language

    async def account(self, customer: KnownCustomer, locale: Locale) -> Account:
        profile = await self.ports.records.profiles.get(customer.customer_id)
        contacts = await self.ports.records.contacts.of(customer.customer_id)
        return Account(
            customer_id=customer.customer_id,
            profile=profile,
            open_matters=tuple(await self._open_matters(customer, contacts)),
            conversations=tuple(_past(each) for each in contacts),
            kept=self._why(locale, "conversations", "profile", "orders", "changes"),
        )

    async def export(self, customer: KnownCustomer) -> dict[str, Any]:
        """All of it, as plain values."""
        backend, records = self.ports.backend, self.ports.records
        profile = await records.profiles.get(customer.customer_id)
        person = await backend.customer(customer.customer_id)
        contacts = await records.contacts.of(customer.customer_id)
        own = (customer.email, person and person.email)
        addresses = frozenset(email_key(each) for each in own if each)
        now, kept = self.ports.clock.now(), []
        async with self.ports.conversations.database.read() as connection:
            for contact in contacts:
                rows = await exported(connection, contact.conversation_id, addresses, now)
                kept.append(_past(contact).model_dump(mode="json") | rows)
        proposed = await self._proposed(contacts)
        return {
            "customer_id": customer.customer_id,
            "exported_at": now,
            "customer": person and person.model_dump(mode="json"),
            "profile": profile and profile.model_dump(mode="json"),
            "conversations": kept,
            "proposals": [each.model_dump(mode="json", exclude={"staff_id"}) for each in proposed],
            "orders": [order.model_dump(mode="json") for order in await self._orders(customer)],
        }

    async def erase(self, customer: KnownCustomer, locale: Locale) -> ErasedAccount:
        """Again changes nothing, and tells the same of what has to be kept."""
        contacts = await self.ports.records.contacts.of(customer.customer_id)
        open_work = any(each.waits for each in await self._proposed(contacts))
        erased = await self.erasures.customer(customer.customer_id)
        kept = ("orders", "changes", "open_work") if open_work else ("orders", "changes")
        return ErasedAccount(**erased.model_dump(), kept=self._why(locale, *kept))

    async def _open_matters(
        self, customer: KnownCustomer, contacts: Sequence[Contact]
    ) -> Sequence[OpenMatter]:
        matters = [
            OpenMatter(
                kind="handoff",
                since=each.waiting_since,
                state=each.reason or HandoffReason.STAFF_ANSWERS,
                conversation_id=each.conversation_id,
            )
            for each in contacts
            if each.waiting_since
        ]
        matters += [
            OpenMatter(
                kind=each.tool,
                since=each.created_at,
                state=each.state,
                order_number=each.order_number,
                conversation_id=each.conversation_id,
            )
            for each in await self._proposed(contacts)
            if each.waits
        ]
        for order in await self._orders(customer):
            returns = await self.ports.backend.returns(order.id)
            matters += [
                OpenMatter(kind="return", since=each.created_at, state=each.status, order_number=order.number)
                for each in returns
                if each.status in OPEN_RETURNS
            ]
        return sorted(matters, key=lambda matter: matter.since, reverse=True)

    async def _proposed(self, contacts: Sequence[Contact]) -> Sequence[Proposal]:
        return await self.ports.proposals.of([each.conversation_id for each in contacts])

    async def _orders(self, customer: KnownCustomer) -> Sequence[Order]:
        return await self.ports.backend.orders_of(customer.customer_id, ORDERS_LOOKED_AT)

    def _why(self, locale: Locale, *kinds: str) -> tuple[Kept, ...]:
        say = self.ports.renderer.message
        return tuple(Kept(what=kind, why=say(locale, f"kept.{kind}", {})) for kind in kinds)


def _past(contact: Contact) -> PastConversation:
    return PastConversation(
        conversation_id=contact.conversation_id,
        channel=contact.channel,
        language=contact.language,
        started_at=contact.started_at,
        last_message_at=contact.last_message_at,
        state=contact.owner,
        waiting_since=contact.waiting_since,
    )
