"""The port to what is remembered of a customer, open only to who has shown to be her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commerce.backend import CommerceBackend
from commerce.errors import BackendUnavailable
from commerce.keys import email_key
from commerce.models import Customer, Order
from conversations.contacts import Contact, Contacts
from conversations.models import Level
from conversations.profiles import Profiles
from tools.tool import Identity

MOST_ORDERS = 50


@dataclass(frozen=True)
class CustomerRecords:
    """Profile and past conversations by verified identity.

    Proof is the shop's signed token, or a code that lasts and that went to the very address of the customer's
    account. To know an order's number and address proves nothing here, and neither does a code for an order that
    somebody placed in her account with another address.
    """

    profiles: Profiles
    contacts: Contacts
    backend: CommerceBackend

    async def customer_of(self, conversation_id: str, identity: Identity) -> str | None:
        """The shop's customer id, None where nobody has been shown to be anybody."""
        if identity.customer_id is not None:
            return identity.customer_id
        confirmed = [order for order, level in identity.grants.items() if level >= Level.CONFIRMED]
        if not confirmed:
            return None
        for order_id in confirmed:
            if customer := await self._owner(order_id):
                return await self._proven(conversation_id, customer)
        return None

    async def earlier(self, customer_id: str, *, since: datetime, without: str) -> Sequence[Contact]:
        """What she has written before, as a guest too: where her own order's number and address were known.

        Only that and how it stands: whoever knew them may have been another person, so no word of it is hers to read.
        """
        customer = await self.backend.customer(customer_id)
        orders = await self.backend.orders_of(customer_id, MOST_ORDERS) if customer else ()
        own = [order.id for order in orders if customer and _same_address(order, customer)]
        return await self.contacts.of(customer_id, orders=own, since=since, without=without)

    async def _proven(self, conversation_id: str, customer_id: str) -> str | None:
        """Nobody where the conversation is another customer's: what was said in it is not for this one."""
        known = await self.profiles.proven(conversation_id)
        if known is None:
            await self.profiles.prove(conversation_id, customer_id)
        return customer_id if known is None or known.customer_id == customer_id else None

    async def _owner(self, order_id: str) -> str | None:
        """Whose order it is, where its address is that of her account: the code went there."""
        try:
            order = await self.backend.order(order_id)
            customer = None if order is None else await self.backend.customer(order.customer_id)
        except BackendUnavailable:
            return None
        if order is None or customer is None or not _same_address(order, customer):
            return None
        return customer.id


def _same_address(order: Order, customer: Customer) -> bool:
    return bool(order.email) and email_key(order.email) == email_key(customer.email)
