"""What a tool is, what it is given and what it gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from commerce.backend import CommerceBackend
from commerce.models import Order
from conversations.models import Level
from facts.clock import Clock
from facts.evidence import Evidence
from facts.values import Money
from i18n.locale import Locale
from knowledge.goods import ProductSearch
from knowledge.passages import Retriever
from knowledge.policy import Policy
from markets.channel import ChannelTerms
from markets.exchange import ExchangeRates
from markets.models import MarketRules
from nlu.perception import Perception

if TYPE_CHECKING:
    from tools.identity import IdentityDesk
    from tools.invoice_desk import Invoices
    from tools.receipt_desk import Receipts
    from tools.records import CustomerRecords


class Effect(StrEnum):
    READ = "READ"
    WRITE = "WRITE"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom we talk to, from tokens and grants only: never from a model, never from a message."""

    customer_id: str | None = None
    email: str | None = None
    grants: Mapping[str, Level] = field(default_factory=dict)
    """Order id → level shown in this conversation."""

    def level_for(self, order: Order) -> Level:
        if self.customer_id is not None and order.customer_id == self.customer_id:
            return Level.CONFIRMED
        return self.grants.get(order.id, Level.ANONYMOUS)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The capabilities of one turn. A tool reads the customer from here and from nowhere else."""

    conversation_id: str
    turn_id: str
    identity: Identity
    locale: Locale
    market: str | None
    channel: ChannelTerms
    """What holds where the conversation is."""
    clock: Clock
    backend: CommerceBackend
    policy: Policy
    markets: Mapping[str, MarketRules]
    """ISO country → what holds there by law."""
    retriever: Retriever
    desk: IdentityDesk
    goods: ProductSearch
    invoices: Invoices
    receipts: Receipts
    perception: Perception
    new_evidence_id: Callable[[], str]
    address: str = ""
    """The caller's network address, for throttling only."""
    photos: tuple[str, ...] = ()
    """Ids of the pictures that she has sent in this conversation; whose they are is never taken from a model."""
    order: Order | None = None
    """The order that the guard has cleared for this call."""
    recipient: bool = False
    """She said that she got the order as a present: neither prices nor the payer are hers to know."""
    drafting: bool = False
    """What is said is a draft: nothing may be mailed, and nothing proposed that a yes could bind."""
    rates: ExchangeRates | None = None
    """The shop's rates of exchange; None where it has none, and nothing is converted."""
    records: CustomerRecords | None = None
    """What is remembered of customers; None where nothing is."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call.

    `outcome` is from the closed set that the tool's docstring names; flows branch on it. `data` holds small
    JSON values for the planner (order numbers, line ids), never personal data. `evidence` holds what may be said.
    """

    tool: str
    outcome: str
    evidence: tuple[Evidence, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposalDraft:
    """What a WRITE would do: shown to the customer, bound to this order version and this amount."""

    order_id: str
    order_version: int
    amount: Money | None
    evidence: Evidence
    payload: Mapping[str, Any]
    """What `execute` needs, as JSON."""
    needs_approval: bool = False
    beside: tuple[Evidence, ...] = ()
    """What else she is told before she says yes."""


ReadTool = Callable[[ToolContext, Any], Awaitable[ToolResult]]
Propose = Callable[[ToolContext, Any], Awaitable[ProposalDraft | ToolResult]]
Execute = Callable[[ToolContext, Mapping[str, Any], int, str], Awaitable[ToolResult]]
"""(context, payload, order version, idempotency key) → result. Called again with the same key after a crash.

The outcome is `done` where it took effect; any other is a refusal by the shop."""


Notice = Callable[[ToolContext, ToolResult], "Awaitable[tuple[Tool, ProposalDraft] | None]"]


Receipt = Callable[[ToolContext, Mapping[str, Any], str], "Awaitable[Evidence | None]"]
"""(context, payload, key) → where the receipt went, None where there is none; once for a key."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool's declaration. `description` is written for the model."""

    name: str
    effect: Effect
    level: Level
    description: str
    arguments: type[BaseModel]
    read: ReadTool | None = None
    propose: Propose | None = None
    execute: Execute | None = None
    notice: Notice | None = None
    """What staff are asked to look into after it was done; called again with the same result after a crash."""
    receipt: Receipt | None = None
    """What she gets in writing once her yes is taken, though a person may still have to act on it."""
    told_early: frozenset[str] = frozenset()
    """Refusals of a WRITE that who has shown an order hears before a code is asked for: no code would change them."""
    sends_back: bool = False
    """Opens a return, an exchange or a claim, or says whether that is possible: not where a platform opens them."""
    refunds: bool = False
    """Gives money or goods back, or says whether that is possible: not while a bank decides about the same money."""
