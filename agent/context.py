"""The capabilities of a turn: LangGraph's runtime context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.planners.planner import Planner
from agent.verify import Verifier
from agent.work import TurnWork
from commerce.backend import CommerceBackend
from conversations.channels import Channels
from conversations.modes import Modes
from conversations.repository import Conversations
from facts.clock import Clock
from i18n.rendering import Renderer
from knowledge.goods import ProductSearch
from knowledge.passages import Retriever
from knowledge.policy import Policy
from markets.exchange import ExchangeRates
from markets.models import MarketRules
from nlu.perception import Understanding
from tools.guard import Guard
from tools.identity import IdentityDesk
from tools.invoice_desk import Invoices
from tools.proposals import Proposals
from tools.receipt_desk import Receipts
from tools.records import CustomerRecords
from tools.registry import Registry


@dataclass(frozen=True, slots=True)
class Ports:
    """What every turn of this deployment may use; made once by the wiring."""

    clock: Clock
    conversations: Conversations
    backend: CommerceBackend
    policy: Policy
    retriever: Retriever
    understanding: Understanding
    renderer: Renderer
    registry: Registry
    guard: Guard
    proposals: Proposals
    identity_desk: IdentityDesk
    goods: ProductSearch
    invoices: Invoices
    receipts: Receipts
    planner: Planner
    verifier: Verifier
    modes: Modes
    channels: Channels
    records: CustomerRecords
    markets: Mapping[str, MarketRules]
    """ISO country → what holds there by law."""
    zones: Mapping[str, str]
    """ISO country → the IANA zone in which its customers are told times."""
    rates: ExchangeRates | None = None
    """The shop's rates of exchange; None where it has none."""


@dataclass(frozen=True, slots=True)
class Context:
    ports: Ports
    work: TurnWork
