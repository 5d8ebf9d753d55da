"""Sending an order's invoice again.

It is a READ although a mail goes out, as the one-time code is: nothing in the shop changes, nothing of value moves, and
the mail can go to one place only, the buyer's own address. To ask "shall I?" after "send me my invoice" would only annoy.
What a WRITE's ledger row is for, the mail's row does: its key lets one mail out for an order and day.
"""

from __future__ import annotations

from commerce.models import Address, Order, OrderStatus, PaymentStatus
from conversations.models import Level
from facts.values import Code
from markets.channel import Proof
from tools.days import local_day
from tools.identity_tools import masked
from tools.lookup import OrderArguments, known_order
from tools.results import order_result
from tools.tool import Effect, Tool, ToolContext, ToolResult

TOOL = "resend_invoice"
BILLED = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


async def resend_invoice(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Mail the invoice to the address of the order, never to one from the conversation."""
    order = known_order(context)
    if order.payment_status not in BILLED:
        outcome = "none" if order.status is OrderStatus.CANCELLED else "not_yet"
        return order_result(context, TOOL, outcome, f"invoice.{outcome}", order.number)
    past = context.channel.proven_by is Proof.CHANNEL_ORDER
    if context.drafting or past or not context.backend.live:
        # Where the data is an import, the shop's own system has the invoice that counts; a marketplace has its own way.
        return ToolResult(TOOL, "held", data={"order_number": order.number})
    today = local_day(context.clock.now(), context.policy.shop.zone)
    billed = await _billed(context, order)
    language = context.locale.language
    if not await context.invoices.send(context.conversation_id, order, billed, language, today):
        return order_result(context, TOOL, "sent_today", "invoice.sent_today", order.number)
    if order.gift:
        return order_result(context, TOOL, "sent", "invoice.sent_to_buyer", order.number)
    hint = {"hint": Code(value=masked(order.email))}
    return order_result(context, TOOL, "sent", "invoice.sent", order.number, dict(hint))


async def _billed(context: ToolContext, order: Order) -> Address | None:
    """The buyer's address: the one with the billing postcode; where the parcel goes only if it is no present."""
    customer = await context.backend.customer(order.customer_id)
    own = customer.addresses if customer else ()
    billed = next((each for each in own if each.postcode == order.billing_postcode), None)
    return billed or (None if order.gift else order.shipping_address)


RESEND_INVOICE = Tool(
    name=TOOL,
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Mail the invoice of an order again, at once, to the e-mail address of the order; no other address can be "
        "chosen, and nothing on the invoice can be changed (company name, VAT id: a person looks at that). "
        "Needs an identified order. Place the statement.\n"
        "Outcomes: sent; sent_today (already mailed today: look for it there); not_yet (nothing is paid yet); none "
        "(cancelled without payment); held (a person sends it); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=resend_invoice,
)
