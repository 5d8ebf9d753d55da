"""Writes down for a customer what she has declared and when, as a mail to the order's own address."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from conversations.mail import MailQueue
from facts.values import Code, Date, DateTime, Fact, Listing, Text
from i18n.locale import Locale
from i18n.rendering import Renderer
from knowledge.policy import Policy
from tools.policies import address


class Declaration(BaseModel):
    """That she gives these goods back; kept with the proposal until she says yes to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str
    """The order's e-mail address."""
    name: str
    order_number: str
    placed_at: Date
    items: Listing


class Receipts(Protocol):
    """The port of tools to receipts."""

    async def withdrawal(
        self, conversation_id: str, declared: Declaration, at: DateTime, locale: Locale, key: str
    ) -> bool:
        """Mail what she declared and when; False where that was done under this key already."""
        ...


class ReceiptDesk:
    """Receipts of a deployment, as `Receipts` asks for them."""

    def __init__(self, mail: MailQueue, renderer: Renderer, policy: Policy) -> None:
        self._mail = mail
        self._renderer = renderer
        self._policy = policy

    async def withdrawal(
        self, conversation_id: str, declared: Declaration, at: DateTime, locale: Locale, key: str
    ) -> bool:
        """See `Receipts.withdrawal`."""
        facts: dict[str, Fact] = {
            "order_number": Code(value=declared.order_number),
            "placed_at": declared.placed_at,
            "items": declared.items,
            "name": Text(value=declared.name),
            "declared_at": at,
            "address": address(self._policy.shop.address),
        }
        return await self._mail.add(
            declared.to,
            self._renderer.message(locale, "mail.withdrawal.subject", facts),
            self._renderer.message(locale, "mail.withdrawal.body", facts),
            locale.language,
            conversation_id=conversation_id,
            key=f"withdrawal {key}",
        )
