"""Writes an order's invoice as a mail and puts it among the outgoing ones, to the buyer's own address and no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Protocol

from commerce.models import Address, Order
from conversations.mail import MailQueue
from facts.values import Code, Fact, Quantity, Text
from i18n.locale import Locale
from i18n.rendering import Renderer
from knowledge.policy import Policy
from tools.days import day_fact
from tools.items import item
from tools.policies import address


class Invoices(Protocol):
    """The port of tools to invoices."""

    async def send(
        self, conversation_id: str, order: Order, billed: Address | None, language: str, on: date
    ) -> bool:
        """Mail the order's invoice to the order's e-mail address; False where that was done on this day already."""
        ...


class InvoiceDesk:
    """Invoices of a deployment, as `Invoices` asks for them. One mail an order and day: a repeated call is harmless."""

    def __init__(self, mail: MailQueue, renderer: Renderer, policy: Policy) -> None:
        self._mail = mail
        self._renderer = renderer
        self._policy = policy

    async def send(
        self, conversation_id: str, order: Order, billed: Address | None, language: str, on: date
    ) -> bool:
        """See `Invoices.send`."""
        locale = Locale(language, order.shipping_address.country, self._policy.shop.zone)
        facts: dict[str, Fact] = {
            "order_number": Code(value=order.number),
            "shop": Text(value=self._policy.shop.legal_name),
        }
        subject = self._renderer.message(locale, "mail.invoice.subject", facts)
        text = "\n".join(self._lines(locale, order, billed, facts))
        key = f"invoice {order.id} {on.isoformat()}"
        return await self._mail.add(
            order.email, subject, text, language, conversation_id=conversation_id, key=key
        )

    def _lines(
        self, locale: Locale, order: Order, billed: Address | None, facts: dict[str, Fact]
    ) -> Iterator[str]:
        def say(name: str, told: dict[str, Fact] | None = None) -> str:
            return self._renderer.message(locale, f"mail.invoice.{name}", told or {})

        shop = address(self._policy.shop.address)
        yield say("head", {**facts, "date": day_fact(order.placed_at, self._policy.shop.zone)})
        yield say("seller", {"address": shop})
        if billed is not None:
            yield say("buyer", {"address": address(billed)})
        yield ""
        for line in order.lines:
            yield say(
                "line",
                {
                    "item": item(order, line, 1),
                    "quantity": Quantity(value=Decimal(line.quantity)),
                    "unit_price": line.unit_price,
                    "total": line.total,
                },
            )
        yield ""
        yield say("subtotal", {"amount": order.subtotal})
        yield say("shipping", {"amount": order.shipping})
        if order.duties.minor:
            yield say("duties", {"amount": order.duties})
        yield say("total", {"amount": order.total})
        if order.tax.minor:
            yield say("tax", {"amount": order.tax})
        yield ""
        yield say("foot", facts)
