"""What a customer has written before, and how it stands: for who has shown to be her."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import Field

from conversations.contacts import Contact, raised_by
from conversations.models import Level, Owner
from facts.evidence import Evidence
from facts.values import DateTime, Duration, Fact, Term, TimeUnit
from tools.lookup import Arguments, level_of, lookup
from tools.results import evidence, identity_needed
from tools.tool import Effect, Tool, ToolContext, ToolResult

NAME = "contact_history"
TITLE = Term(id="term.history.title")


class HistoryArguments(Arguments):
    order_number: str | None = Field(
        None, min_length=2, max_length=64, description="An order identified here, if she is not signed in."
    )


async def customer_of(context: ToolContext) -> str | None:
    """Who she has shown to be, up to this very turn."""
    if context.records is None:
        return None
    grants = await context.desk.grants(context.conversation_id)
    shown = replace(context.identity, grants={**context.identity.grants, **grants})
    return await context.records.customer_of(context.conversation_id, shown)


async def last_order(context: ToolContext) -> str | None:
    """The number of the order that she asked about last, in any conversation."""
    customer = await customer_of(context)
    if customer is None or context.records is None:
        return None
    profile = await context.records.profiles.get(customer)
    return None if profile is None else profile.last_order


async def contact_history(context: ToolContext, arguments: HistoryArguments) -> ToolResult:
    """What has waited longest comes first, this very conversation among it; who is unproven hears of this one alone."""
    records = context.records
    if records is None:
        return _none(context)
    here = await records.contacts.one(context.conversation_id)
    waits_here = (here,) if here is not None and here.open else ()
    customer = await customer_of(context)
    if customer is None:
        return await (_waiting(context, *waits_here) if waits_here else _unproven(context, arguments))
    since = context.clock.now() - timedelta(days=context.policy.memory.look_back_days)
    found = await records.earlier(customer, since=since, without=context.conversation_id)
    if waiting := [*waits_here, *(each for each in found if each.open)]:
        return await _waiting(context, min(waiting, key=_since))
    spoken = [each for each in found if each.last_message_at is not None]
    if not spoken:
        return _none(context)
    newest = max(spoken, key=lambda each: each.last_message_at or each.started_at)
    written = {"written": DateTime.at(newest.last_message_at or newest.started_at, context.locale.zone)}
    return ToolResult(NAME, "answered", (_told(context, "history.answered", written),))


async def _unproven(context: ToolContext, arguments: HistoryArguments) -> ToolResult:
    """Nothing here may depend on whether she has written before."""
    reference = arguments.order_number
    order = await lookup(context, reference) if reference else None
    level = Level.ANONYMOUS if order is None else await level_of(context, order)
    if order is None or level < Level.ORDER_READ:
        return identity_needed(NAME, Level.ORDER_READ, reference or "")
    if level < Level.CONFIRMED:
        return identity_needed(NAME, Level.CONFIRMED, order.number)
    return _none(context)


async def _waiting(context: ToolContext, contact: Contact) -> ToolResult:
    facts: dict[str, Fact] = {"since": DateTime.at(_since(contact), context.locale.zone)}
    if contact.owner is Owner.HUMAN:
        return ToolResult(NAME, "waiting", (_told(context, "history.with_person", facts),))
    raised = not context.drafting and await _remind(context, contact)
    statement = "history.raised" if raised else "history.waiting"
    return ToolResult(NAME, "waiting", (_told(context, statement, facts),))


async def _remind(context: ToolContext, contact: Contact) -> bool:
    """Who has waited for long waits as a more urgent one; once for each degree, however often she asks."""
    assert context.records is not None
    memory = context.policy.memory
    waited = context.clock.now() - _since(contact)
    hours = timedelta(hours=memory.high_after_hours), timedelta(hours=memory.urgent_after_hours)
    return await context.records.contacts.remind(contact, raised_by(waited, *hours))


def _since(contact: Contact) -> datetime:
    return contact.waiting_since or contact.last_message_at or contact.started_at


def _none(context: ToolContext) -> ToolResult:
    days = Duration(value=context.policy.memory.look_back_days, unit=TimeUnit.DAY)
    return ToolResult(NAME, "none", (_told(context, "history.none", {"days": days}),))


def _told(context: ToolContext, statement: str, facts: Mapping[str, Fact]) -> Evidence:
    return evidence(context, statement, "history", TITLE, {**facts})


CONTACT_HISTORY = Tool(
    name=NAME,
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "What this customer has written before, here or on another channel, and how it stands. Call it when she "
        "says that she has written already, or that nobody answers. Takes no argument where she is signed in, "
        "else the number of an order that she is confirmed for.\n"
        "Outcomes: waiting (it is with our team; the statement says since when, do not hand over again); "
        "answered (nothing of it waits: go on with her question); none; identity_needed (ask for an order "
        "number with e-mail address or postcode, or, with needed=confirmed, for the code: never say whether "
        "she has written before)."
    ),
    arguments=HistoryArguments,
    read=contact_history,
)
