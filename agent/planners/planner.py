"""The protocol of planners: what they see and the few things they may ask for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, Field

from conversations.models import HandoffReason, Message
from conversations.profiles import Formality
from facts.evidence import Evidence
from facts.values import Fact
from i18n.locale import Locale
from markets.channel import Returns
from nlu.perception import AddressTold, Candidate, Entity, Perception
from tools.proposals import Proposal
from tools.registry import Registry
from tools.tool import ToolResult

SIX_DIGITS = re.compile(r"(?<![\d-])\d{6}(?!\d)")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """Ask for a tool. When the planner is resumed its result stands in `view.results[call.id]`."""

    id: str
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """The catalogue sentence of a tool result or policy fact: the only way to say a commitment."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A catalogue sentence that commits to nothing; its arguments are facts of evidence or closed terms."""

    message: str
    arguments: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim passage, introduced by a catalogue sentence."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence in a model's words. Figures stand as references: `{e1.total}`; `{e3}` places a statement."""

    text: str


Sentence = Statement | Phrase | Citation | Draft


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question that ends the turn, with answers to tap."""

    sentence: Sentence
    quick_replies: tuple[Phrase | Fact, ...] = ()
    listed: str | None = None
    """The argument under which the sentence names the quick replies, for those who see no buttons."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """Bring a person in."""

    reason: HandoffReason


PlanItem = ToolCall | Statement | Phrase | Citation | Draft | Clarify | Handoff


class Frame(BaseModel):
    """One request under way: its flow, what is known, and the slot that was asked for."""

    flow: str
    slots: dict[str, Any] = Field(default_factory=dict)
    waiting: str | None = None
    misses: int = 0
    reminded: bool = False
    """It was interrupted, and asked again: who goes on with something else has heard it."""


class Memory(BaseModel):
    """What a planner keeps from turn to turn: small, and free of personal data."""

    frames: list[Frame] = Field(default_factory=list)
    order: str | None = None
    offered_person: bool = False
    """The last reply asked whether a person should take over."""
    bargained: bool = False
    """She has threatened with a review once and was told that none is traded."""
    unanswered: int = 0
    """How many replies on end knew no answer."""
    country: str | None = None
    """Where the order in question goes: rules and costs are told for there unless she names another country."""

    spoke: bool = False
    """A message has shown which language she speaks."""
    recipient: bool = False
    """She said that she got the order as a present: neither prices nor the payer are told."""
    goods: list[str] = Field(default_factory=list)
    """Ids of the products talked about last: what "it" and "the blue one" may mean."""
    version: dict[str, str] = Field(default_factory=dict)
    """The colour and size of them that were wished for last."""

    foreign: bool = False
    """She wrote a language that has no catalogue, was told so, and a person was called."""
    formality: Formality | None = None
    """The form of address that she wished for, here or before."""

    def remember(self, found: Mapping[str, Any]) -> None:
        """Keep the order that `find_order` found."""
        self.order = found["order_number"]
        self.country = found.get("country") or self.country


@dataclass(frozen=True, slots=True)
class Rejection:
    """A draft that verification kept back, with the reason as a model can read it."""

    draft: Draft
    reason: str


@dataclass(slots=True)
class Spent:
    """What a turn cost, and which planner answered it."""

    planner: str
    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, prompt_tokens: int, completion_tokens: int) -> None:
        """One more call to a model."""
        self.llm_calls += 1
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens


def no_address(text: str, country: str, asked: bool) -> AddressTold | None:
    """Of a planner that reads none."""
    return None


@dataclass(slots=True)
class View:
    """All that a planner may see of one turn. It changes `memory`; the graph fills `results` and `evidence`."""

    perception: Perception
    locale: Locale
    market: str | None
    memory: Memory
    registry: Registry
    evidence: Mapping[str, Evidence]
    results: Mapping[str, ToolResult]
    signed_in: bool
    read_only: bool
    proposal: Proposal | None
    recent: tuple[Message, ...]
    details: tuple[Entity, ...]
    """Order numbers, e-mails and postcodes of this message and the customer's recent ones, newest first."""
    mentioned: Callable[[tuple[Candidate, ...]], tuple[Candidate, ...]]
    means_all: bool
    spent: Spent
    messages: tuple[Message, ...] = ()
    """Her messages of this turn, one by one."""
    address: Callable[[str, str, bool], AddressTold | None] = no_address
    """What a text tells of a postal address in a country; the third says whether one was asked for."""
    rejections: list[Rejection] = field(default_factory=list)
    photo_alone: bool = False
    """She sent a picture and not a word."""
    returns: Returns = Returns.SELLER
    """Who opens a return on this channel; the guard holds to it in any case."""
    marketplace: bool = False
    """The conversation is on somebody else's platform, whose order numbers are no other shop's."""

    def code_mentioned(self) -> str | None:
        """Six digits, wherever they stand in the message: for when a code was asked for."""
        return code_in(self.perception.text)


def code_in(text: str) -> str | None:
    """The one-time code in a text, in whatever digits it was typed."""
    found = SIX_DIGITS.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else None


class Planner(Protocol):
    """`plan` yields until the turn has an answer.

    After a ToolCall it is resumed with the result in `view.results`; after a Draft that was kept back, with the
    reason in `view.rejections`. `streaming` planners take their time: each sentence leaves as soon as it is verified.
    """

    name: str
    streaming: bool

    def plan(self, view: View) -> AsyncIterator[PlanItem]: ...
