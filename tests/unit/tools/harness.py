"""The tools over the demo shop: who asks, when, and whether what is said fits the list of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import tools
from commerce.backend import CommerceBackend
from commerce.demo import Story, demo_policy_file, stories
from commerce.models import Address, Order
from conversations.contacts import Contacts
from conversations.models import Level, TaskKind
from conversations.profiles import Profiles
from conversations.repository import Conversations
from conversations.signals import Signals
from facts.clock import FakeClock
from facts.evidence import Evidence
from facts.values import DateTime, Fact
from i18n.locale import Locale
from i18n.rendering import Argument
from knowledge.goods_index import GoodsIndex
from knowledge.goods_vectors import GoodsVectors
from knowledge.passages import Passage
from knowledge.policy import Policy, load_policy
from markets.channel import terms_of
from markets.exchange import ExchangeRates
from markets.models import MarketRules
from markets.rules import channel_rules, market_rules
from nlu.entities import EntityReader
from nlu.folding import fold
from nlu.goods import GoodsReader
from nlu.lexicon import load_lexicons, shipped_languages
from nlu.perception import Mood, Perception, TextVectors
from persistence.engine import Database
from tools.guard import Guard
from tools.identity import CodeOutcome
from tools.proposals import Proposals
from tools.receipt_desk import Declaration
from tools.records import CustomerRecords
from tools.registry import toolset
from tools.tool import Identity, ToolContext, ToolResult

NOW = datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
POLICY = load_policy(demo_policy_file())
STORIES: dict[str, Story] = stories()
STATEMENTS: dict[str, Any] = {
    name: declared
    for file in sorted((Path(tools.__file__).parent / "statements").glob("*.yaml"))
    if file.stem != "terms"
    for name, declared in yaml.safe_load(file.read_text("utf-8")).items()
}
TERMS: dict[str, str] = yaml.safe_load(
    (Path(tools.__file__).parent / "statements" / "terms.yaml").read_text("utf-8")
)
CODE = "123456"
NOBODY = Identity()


def fits(evidence: Evidence) -> None:
    """Fails where evidence has no title or source, or its facts are not those that its statement is given."""
    assert evidence.source
    assert evidence.title
    if evidence.statement is None:
        assert evidence.quote is not None
        return
    declared = STATEMENTS[evidence.statement]
    always, sometimes = declared["facts"], declared.get("also", {})
    assert always.keys() <= evidence.facts.keys(), evidence.statement
    for name, fact in evidence.facts.items():
        allowed = (always | sometimes).get(name, "")
        assert fact.type in allowed.split("|"), (evidence.statement, name, fact)


@dataclass
class MemoryDesk:
    """Identity in a dictionary, with the rules of the real desk."""

    granted: dict[tuple[str, str], Level] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    mailed: list[tuple[str, str]] = field(default_factory=list)

    async def grant(self, conversation_id: str, order_id: str, level: Level) -> None:
        key = (conversation_id, order_id)
        self.granted[key] = max(level, self.granted.get(key, Level.ANONYMOUS))

    async def grants(self, conversation_id: str) -> Mapping[str, Level]:
        return {order: level for (owner, order), level in self.granted.items() if owner == conversation_id}

    async def may_guess(self, address: str, order_number: str) -> bool:
        return max(self.wrong[address], self.wrong[order_number]) < 5

    async def wrong_guess(self, address: str, order_number: str) -> None:
        self.wrong.update((address, order_number))

    async def right_guess(self, order_number: str) -> None:
        self.wrong.pop(order_number, None)

    async def send_code(self, conversation_id: str, order: Order, language: str) -> bool:
        self.mailed.append((conversation_id, order.id))
        return len(self.mailed) <= 3

    async def check_code(self, conversation_id: str, code: str) -> tuple[CodeOutcome, str | None]:
        asked = [order for owner, order in self.mailed if owner == conversation_id]
        if not asked or code != CODE:
            return CodeOutcome.WRONG, None
        await self.grant(conversation_id, asked[-1], Level.CONFIRMED)
        return CodeOutcome.VERIFIED, asked[-1]


@dataclass
class StaffInbox:
    """The tasks that staff were given."""

    tasks: dict[tuple[str, TaskKind], dict[str, str]] = field(default_factory=dict)

    async def add_task(
        self, proposal_id: str, conversation_id: str, kind: TaskKind, summary: dict[str, str]
    ) -> None:
        self.tasks.setdefault((proposal_id, kind), summary)

    @property
    def kinds(self) -> list[TaskKind]:
        return [kind for _, kind in self.tasks]


class Names:
    """A renderer that names the message and its arguments."""

    languages = ("en", "zh-Hans")

    def message(self, locale: Locale, message_id: str, arguments: Mapping[str, Argument]) -> str:
        return f"{locale.language}:{message_id}({', '.join(sorted(arguments))})"

    def fact(self, locale: Locale, fact: Fact) -> str:
        return fact.model_dump_json()

    def has(self, message_id: str) -> bool:
        return True

    def direction(self, language: str) -> str:
        return "ltr"

    def quote(self, language: str, text: str) -> str:
        return text

    def join(self, language: str, sentences: Iterable[str]) -> str:
        return " ".join(sentences)


@dataclass
class Shelf:
    """A retriever that finds what was put on it and remembers how it was asked."""

    passages: tuple[Passage, ...] = ()
    asked: list[tuple[str, str, str | None, date]] = field(default_factory=list)

    async def search(
        self, query: TextVectors, *, text: str, language: str, market: str | None, on: date, limit: int = 3
    ) -> Sequence[Passage]:
        self.asked.append((text, language, market, on))
        return self.passages[:limit]


@cache
def reader() -> EntityReader:
    return EntityReader(load_lexicons([shipped_languages()]), POLICY.shop.order_number or "")


@cache
def goods_reader() -> GoodsReader:
    return GoodsReader(load_lexicons([shipped_languages()]))


class NoVectors:
    """Search goes by words where nothing is encoded."""

    def encode_passages(self, texts: list[str]) -> list[TextVectors]:
        raise AssertionError("nothing is encoded here")


@dataclass
class MailedInvoices:
    """The invoices that were mailed, one an order and day."""

    sent: dict[tuple[str, date], tuple[Order, Address | None, str]] = field(default_factory=dict)

    async def send(
        self, conversation_id: str, order: Order, billed: Address | None, language: str, on: date
    ) -> bool:
        key = (order.id, on)
        if key in self.sent:
            return False
        self.sent[key] = (order, billed, language)
        return True


@dataclass
class MailedReceipts:
    """The receipts that were mailed, one a key."""

    sent: dict[str, tuple[Declaration, DateTime, str]] = field(default_factory=dict)

    async def withdrawal(
        self, conversation_id: str, declared: Declaration, at: DateTime, locale: Locale, key: str
    ) -> bool:
        if key in self.sent:
            return False
        self.sent[key] = (declared, at, locale.language)
        return True


def heard(text: str, correction: bool = False) -> Perception:
    vectors = TextVectors(e5=np.zeros(384, np.float32), use=np.zeros(512, np.float32))
    return Perception(
        text=text, language="en", language_sure=True, segments=(), entities=reader().read(fold(text)), answer=None,
        correction=correction,
        mood=Mood.CALM, mood_score=0.0, signals=frozenset(), injection=0.0, vectors=vectors,
    )  # fmt: skip


@dataclass
class Shop:
    """One conversation with the demo shop."""

    database: Database
    backend: CommerceBackend
    clock: FakeClock
    policy: Policy = POLICY
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    staff: StaffInbox = field(default_factory=StaffInbox)
    invoices: MailedInvoices = field(default_factory=MailedInvoices)
    receipts: MailedReceipts = field(default_factory=MailedReceipts)
    markets: Mapping[str, MarketRules] = field(default_factory=market_rules)
    shelf: Shelf = field(default_factory=Shelf)
    market: str | None = None
    channel: str = "chat"
    rates: ExchangeRates | None = None
    zone: str = "Europe/Berlin"
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.registry = toolset()
        vectors = GoodsVectors(Path("nowhere"), NoVectors())
        self.goods = GoodsIndex(self.backend, self.clock, vectors, goods_reader)
        self.proposals = Proposals(self.database, self.clock, self.staff, Names(), self.registry)
        self.guard = Guard(self.registry, self.proposals, self.policy)
        self.conversations = Conversations(self.database, self.clock, Signals())
        self.profiles = Profiles(self.database, self.clock)
        self.records = CustomerRecords(self.profiles, Contacts(self.conversations), self.backend)

    def context(
        self,
        turn: str = "t1",
        identity: Identity = NOBODY,
        conversation: str = "cnv_1",
        address: str = "192.0.2.1",
        says: str = "What about it?",
        language: str = "en",
        correction: bool = False,
    ) -> ToolContext:
        return ToolContext(
            conversation_id=conversation,
            turn_id=turn,
            identity=identity,
            locale=Locale(language, zone=self.zone),
            market=self.market,
            channel=terms_of(channel_rules()[self.channel], self.clock.now().date()),
            clock=self.clock,
            backend=self.backend,
            policy=self.policy,
            markets=self.markets,
            rates=self.rates,
            retriever=self.shelf,
            desk=self.desk,
            goods=self.goods,
            invoices=self.invoices,
            receipts=self.receipts,
            perception=heard(says, correction),
            new_evidence_id=lambda: f"e{next(self._numbers)}",
            address=address,
            records=self.records,
        )

    async def call(
        self, tool: str, arguments: Mapping[str, Any], context: ToolContext | None = None
    ) -> ToolResult:
        """A guarded call whose evidence must fit the list of statements."""
        result = await self.guard.call(context or self.context(), tool, arguments)
        for each in result.evidence:
            fits(each)
        return result

    async def confirm(self, proposal_id: str, turn: str = "t2", identity: Identity = NOBODY) -> ToolResult:
        result = await self.proposals.confirm(self.context(turn, identity), proposal_id, turn)
        for each in result.evidence:
            fits(each)
        return result


def owner(story: Story) -> Identity:
    return Identity(customer_id=story.customer_id, email=story.email)
