"""Puts a deployment together: the only place that picks adapters."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from agent.approvals import Approvals
from agent.context import Ports
from agent.drafts import DraftRules
from agent.flows import built_in_flows
from agent.graph import build_graph
from agent.planners.flows import FlowsPlanner
from agent.planners.planner import Planner
from agent.runner import Runner
from agent.verify import Verifier
from bootstrap.secrets import deployment_secret
from bootstrap.settings import Settings
from commerce.demo import demo_policy_file, demo_vectors_file
from commerce.embedded.backend import EmbeddedBackend
from conversations.channels import Channels, KnowsCoupon
from conversations.codes import OneTimeCodes
from conversations.contacts import Contacts
from conversations.erasures import Erasures
from conversations.mail import MailQueue
from conversations.modes import Modes
from conversations.notifications import Channel
from conversations.profiles import Profiles
from conversations.repository import Conversations
from conversations.signals import Signals
from conversations.store import Observer
from facts.clock import Clock
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, LanguagePack, load_languages
from knowledge.goods_index import GoodsIndex
from knowledge.goods_vectors import GoodsVectors
from knowledge.index import ChromaIndex
from knowledge.kept import KeptVectors
from knowledge.policy import Policy, PolicyError, load_policy
from knowledge.retrieval import HybridRetriever
from markets.models import MarketRules
from markets.rules import channel_rules, exchange_rates, market_rules
from markets.zones import principal_zones
from nlu.embedded import EmbeddedUnderstanding
from nlu.encoder import EmbeddedEncoder
from nlu.masking import DEFAULT_ORDER_NUMBER
from persistence.checkpointer import Checkpoints, open_checkpoints
from persistence.engine import Database
from persistence.migrate import migrate
from tools.guard import Guard
from tools.identity_desk import ConversationDesk
from tools.invoice_desk import InvoiceDesk
from tools.proposals import Proposals
from tools.receipt_desk import ReceiptDesk
from tools.records import CustomerRecords
from tools.registry import executable, toolset

MOST_ORDERS = 10_000
"""Of one customer."""

Reads = EmbeddedUnderstanding
"""What reads messages here; several deployments of one process may share one."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything that runs for one shop, ready to take messages."""

    settings: Settings
    clock: Clock
    secret: str
    database: Database
    conversations: Conversations
    mails: MailQueue
    backend: EmbeddedBackend
    policy: Policy
    markets: Mapping[str, MarketRules]
    channels: Channels
    packs: dict[str, LanguagePack]
    renderer: IcuRenderer
    understanding: EmbeddedUnderstanding
    index: ChromaIndex
    goods: GoodsIndex
    ports: Ports
    runner: Runner
    approvals: Approvals
    checkpoints: Checkpoints

    async def erase(self, conversation_id: str) -> None:
        """What the graph and the proposals keep of a conversation; the ledger stays, without words."""
        await self.checkpoints.forget(conversation_id)
        await self.ports.proposals.erase(conversation_id)

    @property
    def erasures(self) -> Erasures:
        """Everything that keeps something of a customer here."""
        return Erasures(
            self.conversations,
            erasers=(self.erase,),
            scrubbers=(self.database.scrub, self.checkpoints.scrub),
            orders_of=self._order_ids,
        )

    async def _order_ids(self, customer_id: str) -> list[str]:
        return [order.id for order in await self.backend.orders_of(customer_id, MOST_ORDERS)]

    def caller(self, address: str) -> str:
        """A network address as a keyed digest."""
        return hmac.new(self.secret.encode(), address.encode(), hashlib.sha256).hexdigest()

    async def check_database(self) -> None:
        """Raises when the database does not answer."""
        async with self.database.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def check_index(self) -> None:
        """Raises when the index cannot be read."""
        await asyncio.to_thread(self.index.generation)


def language_dirs(settings: Settings) -> list[Path]:
    """The shipped languages and those that the shop adds."""
    return [BUILT_IN, *([settings.languages_dir] if settings.languages_dir else [])]


def understanding_of(settings: Settings) -> EmbeddedUnderstanding:
    """The embedded models, for the languages and the order numbers of this deployment."""
    try:
        pattern = policy_of(settings).shop.order_number
    except PolicyError:
        pattern = None
    encoder = EmbeddedEncoder()
    encoder.preload()
    return EmbeddedUnderstanding(
        language_dirs(settings), order_number_pattern=pattern or DEFAULT_ORDER_NUMBER, encoder=encoder
    )


async def backend_of(database: Database, clock: Clock) -> EmbeddedBackend:
    """The shop in a migrated database."""
    return await EmbeddedBackend.open(database, clock)


def policy_of(settings: Settings) -> Policy:
    """The shop's structured policy; raises PolicyError where there is none or it is wrong."""
    default = demo_policy_file() if settings.demo else settings.home / "policy.yaml"
    return load_policy(settings.policy_file or default)


def modes_of(settings: Settings) -> Modes:
    """What leaves by itself here; raises ModesError where the shop's rules are wrong."""
    return Modes(settings.default_mode, settings.home / "modes.yaml")


def coupons_of(backend: EmbeddedBackend) -> KnowsCoupon:
    """Whether the shop has a coupon, withdrawn ones among them."""

    async def knows(code: str) -> bool:
        return await backend.coupon(code) is not None

    return knows


def index_of(settings: Settings, understanding: EmbeddedUnderstanding) -> ChromaIndex:
    """The index of the shop's documents: embedded in the home folder, or a Chroma server."""
    encoder = understanding.encoder
    return ChromaIndex(
        settings.chroma_url or settings.home / "index",
        KeptVectors(encoder, demo_vectors_file()) if settings.demo else encoder,
    )


@asynccontextmanager
async def open_deployment(
    settings: Settings,
    clock: Clock,
    understanding: EmbeddedUnderstanding | None = None,
    observer: Observer | None = None,
    renderer: IcuRenderer | None = None,
) -> AsyncIterator[Deployment]:
    """A deployment that is open for as long as the block lasts; `understanding` and `renderer` may be shared
    between several, `observer` hears what operators count."""
    policy = policy_of(settings)
    markets, kinds = market_rules(settings.markets_dir), channel_rules(settings.markets_dir)
    own = understanding is None
    reads = understanding or understanding_of(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    renderer = renderer or IcuRenderer(load_languages(language_dirs(settings)))
    packs = renderer.packs
    database = Database(settings.database)
    try:
        await migrate(database)
        async with open_checkpoints(database) as checkpoints:
            secret = deployment_secret(settings.secret, settings.home)
            conversations = Conversations(
                database,
                clock,
                Signals(),
                staff_channels(settings),
                observer=observer,
                robots_from=settings.staff_robots_from,
            )
            mails = MailQueue(database, clock, conversations.signals)
            backend = await backend_of(database, clock)
            registry = toolset()
            proposals = Proposals(database, clock, conversations, renderer, executable())
            index = index_of(settings, reads)
            goods = GoodsIndex(
                backend, clock, GoodsVectors(settings.home / "products.npz", reads.encoder), reads.goods
            )
            shop = policy.shop
            channels = Channels(
                kinds, reads.outgoing, coupons_of(backend), clock, shop.zone, shop.address.country
            )
            codes = OneTimeCodes(database, clock, secret.encode())
            ports = Ports(
                clock=clock,
                conversations=conversations,
                backend=backend,
                policy=policy,
                retriever=HybridRetriever(index),
                understanding=reads,
                renderer=renderer,
                registry=registry,
                guard=Guard(registry, proposals, policy),
                proposals=proposals,
                identity_desk=ConversationDesk(
                    conversations, codes, mails, renderer, policy, settings.limits_url
                ),
                goods=goods,
                invoices=InvoiceDesk(mails, renderer, policy),
                receipts=ReceiptDesk(mails, renderer, policy),
                planner=planner_of(settings, policy, packs),
                verifier=Verifier(renderer, draft_rules(packs, reads)),
                modes=modes_of(settings),
                channels=channels,
                records=CustomerRecords(Profiles(database, clock), Contacts(conversations), backend),
                markets=markets,
                zones=principal_zones(),
                rates=exchange_rates(settings.markets_dir),
            )
            runner = Runner(
                ports, build_graph(checkpoints.saver), checkpoints, burst_wait_s=settings.burst_wait_ms / 1000
            )
            yield Deployment(
                settings, clock, secret, database, conversations, mails, backend, policy, markets, channels, packs,
                renderer, reads, index, goods, ports, runner, Approvals(ports), checkpoints,
            )  # fmt: skip
            await runner.stop()
            index.close()
    finally:
        await database.close()
        if own:
            reads.close()


def staff_channels(settings: Settings) -> tuple[Channel, ...]:
    """How staff hear of handoffs here."""
    addresses = {
        Channel.WEBHOOK: settings.staff_webhook_url,
        Channel.MAIL: settings.staff_mail or settings.demo,
        Channel.SLACK: settings.staff_slack_url,
        Channel.FEISHU: settings.staff_feishu_url,
        Channel.DINGTALK: settings.staff_dingtalk_url,
        Channel.WECOM: settings.staff_wecom_url,
    }
    return tuple(channel for channel, address in addresses.items() if address)


def planner_of(settings: Settings, policy: Policy, packs: dict[str, LanguagePack]) -> Planner:
    """Flows alone, or a model with flows behind it."""
    flows = FlowsPlanner(built_in_flows())
    if not settings.llm_base_url:
        return flows
    from agent.planners.llm import FallbackPlanner, LlmPlanner
    from llm.client import chat_model

    model = chat_model(
        settings.llm_base_url, settings.llm_api_key, settings.llm_model or "default", settings.llm_timeout_s
    )
    formality = {code: pack.formality for code, pack in packs.items()}
    llm = LlmPlanner(model, shop=policy.shop.name, formality=formality, timeout_s=settings.llm_timeout_s)
    return FallbackPlanner(llm, flows)


def draft_rules(packs: dict[str, LanguagePack], reads: EmbeddedUnderstanding) -> DraftRules:
    """What models may not say, per language."""
    return DraftRules({code: pack.folders for code, pack in packs.items()}, reads.may_be)
