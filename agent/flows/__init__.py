"""The flows, as data, and their reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversations.models import HandoffReason
from facts.yaml_text import read_values
from nlu.perception import EntityKind


class Kind(StrEnum):
    """In the order in which several requests of one message are answered."""

    SOCIAL = "social"
    ANSWER = "answer"
    LOOKUP = "lookup"
    ACT = "act"
    PERSON = "person"


KINDS = (
    "order",
    "country",
    "call",
    "choose",
    "slot",
    "photo",
    "agree",
    "say",
    "hand_over",
    "address",
    "change",
    "reroute",
    "variant",
    "fit",
)
"""What a step may be."""

MAY_WELL = 0.05
"""How probable a second reading is at least that the facts may choose."""
TOPIC_OF_CALL = {"landed_cost": "duties"}
"""Calls of their own that tell one of the shop's rules."""
LOOKS = frozenset({"search_products", "product_details", "size_advice"})
"""Calls that take any words for something they might find."""


class Step(BaseModel):
    """One step; exactly one of KINDS names what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    order: Literal["required", "once", "known", "any"] | None = None
    """Asked for until it is told, asked for once, taken where it is known, or any of hers where she is signed in."""
    country: Literal["required"] | None = None
    call: str | None = None
    choose: str | None = None
    slot: str | None = None
    agree: str | None = None
    """A yes-or-no question, `ask`; after a no, `silent` is said and the flow ends."""
    insists: tuple[str, ...] = ()
    """Intents of a message that, in answer to such a question, are as good as a yes: "it still is not here"."""
    photo: str | None = None
    """The sentence that asks for a photo, where what was chosen needs one."""
    variant: str | None = None
    """The message that asks which other size or colour is wanted; `from` names the call that knows what there is."""
    fit: str | None = None
    """The message that asks whether a size comes out smaller or larger."""
    say: str | None = None
    hand_over: HandoffReason | None = None
    address: str | None = None
    """The message that asks for a postal address."""
    change: str | None = None
    """The message that asks what of the order is to change."""
    reroute: Mapping[str, str] | None = None
    """What she wants changed → the flow that takes this one's place."""

    arguments: Mapping[str, str] = Field(default_factory=dict, alias="with")
    optional: bool = False
    """A call whose missing arguments or missing answer is passed over."""
    quiet: bool = False
    """Results are gathered but only said when the flow ends here."""
    end_on: tuple[str, ...] = ()
    on_outcome: Mapping[str, str] = Field(default_factory=dict)
    """Outcome → the flow that takes this one's place."""
    rather: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Outcome → the flows of which one takes this one's place where the message may well have meant it: the facts
    decide between two readings."""
    at_least: Mapping[str, float] = Field(default_factory=dict)
    """How probable such flows are at least, where that is more than MAY_WELL; what the words say counts anyway."""
    of_pieces: bool = False
    """Such a flow is meant only where pieces of the order are named."""
    asks: Mapping[str, str] = Field(default_factory=dict)
    """Outcome → the slot that its statement asks for once more; `ask` does where it has none."""
    to_person: tuple[str, ...] = ()
    """Outcomes that are told and then left to a person."""
    lacks: Mapping[str, str] = Field(default_factory=dict)
    """Outcome → the question that is asked; the flow waits for what the call lacks."""
    fills: Mapping[str, str] = Field(default_factory=dict)
    """Slot → what of the result's data it holds from then on; empty where there is none."""
    when: Mapping[str, str] = Field(default_factory=dict)
    """Slots that must have these values; the step is passed over otherwise."""
    also: Mapping[str, str] = Field(default_factory=dict)
    """Outcome → a further catalogue sentence."""
    only: str | None = None
    """Say only statements whose id begins so; `silent` is said when none does."""
    silent: str | None = None
    unanswered: str | None = None
    source: str | None = Field(default=None, alias="from")
    ask: str | None = None
    hear: bool = False
    """Sizes, colours and fit that she names are kept until it is known which thing is chosen."""
    means: Mapping[str, str] = Field(default_factory=dict)
    """Intent → what a message of it chooses in answer to the question for a slot: "I'll send it back" is a return."""
    infer: bool = False
    """A slot that is filled by the meaning of the message, too, before it is asked for."""
    choices: str | None = None
    pieces: Literal["all", "one"] = "all"
    """How many pieces of a chosen thing are meant where no number is said."""
    brief: str | None = None
    """The shorter form when the message also asks for something."""
    signed_in: bool = False
    """Said only to her whom the shop has signed in."""
    once: bool = False
    """Said when the flow begins, not again while something is still asked for; of a call, not the same twice."""

    @model_validator(mode="after")
    def _one_kind(self) -> Step:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(KINDS)}")
        return self


class Flow(BaseModel):
    """A flow serves the intents it lists, by default the one of its own name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: str
    kind: Kind
    intents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Policy topics that choose this flow over each of `instead_of`, the flows of the intent."""
    instead_of: tuple[str, ...] = ()
    with_order: str | None = None
    """The flow that takes its place where the message names an order and no topic is narrower."""
    with_size: str | None = None
    """The flow that takes its place where the message names an order and a size and may well have meant that one."""
    keeps: tuple[str, ...] = ()
    """Topics with which it stays in its place although an order is named."""
    sends_back: bool = False
    """Goods come back by it, or it tells how: where a marketplace opens returns, she hears that instead."""
    covers: bool = False
    """Its answer is also that to whatever else the message asks that only a document might answer."""
    named_by: Mapping[EntityKind, tuple[str, ...]] = Field(default_factory=dict)
    """Kind of mention → the values that speak for this flow where `rather` offers it: what is to change decides,
    whatever was heard; of other kinds the mention is as good as a fair probability."""
    resume: str = "resume.other"
    """How one comes back to it after an interruption."""
    steps: tuple[Step, ...]

    @property
    def searches(self) -> bool:
        """Whether it looks for a passage that might answer: it has no rule of the shop to tell."""
        passages = any(step.call == "answer_policy" and not step.arguments for step in self.steps)
        return passages or any(step.call in LOOKS for step in self.steps)

    @property
    def asks_order(self) -> bool:
        """Whether it is about one order, and not only where one is known."""
        return any(step.order and step.order != "known" for step in self.steps)

    @property
    def told_topics(self) -> set[str]:
        """The topics of the shop's rules that it tells."""
        told = {step.arguments["topic"] for step in self.steps if "topic" in step.arguments}
        return told | {TOPIC_OF_CALL[step.call] for step in self.steps if step.call in TOPIC_OF_CALL}

    @property
    def gives_reason(self) -> bool:
        """Whether why something comes back is asked for."""
        return any(step.slot == "return_reason" for step in self.steps)

    def serves(self) -> tuple[str, ...]:
        return self.intents or ((self.flow,) if not self.topics else ())


class Flows:
    """All flows, found by name, by intent and by policy topic."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._flows: dict[str, Flow] = {}
        for flow in flows:
            if flow.flow in self._flows:
                raise ValueError(f"two flows are called {flow.flow}")
            self._flows[flow.flow] = flow
        self._by_intent = {intent: flow for flow in self._flows.values() for intent in flow.serves()}
        self._by_topic = {
            (general, topic): flow
            for flow in self._flows.values()
            for topic in flow.topics
            for general in flow.instead_of
        }

    def __getitem__(self, name: str) -> Flow:
        return self._flows[name]

    def __iter__(self) -> Any:
        return iter(self._flows.values())

    def for_intent(self, intent: str) -> Flow | None:
        return self._by_intent.get(intent)

    def for_topic(self, flow: Flow, topic: str) -> Flow | None:
        """The narrower flow that a topic chooses, if the intent's flow has one for it."""
        return self._by_topic.get((flow.flow, topic))

    def message_ids(self) -> set[str]:
        """Every catalogue message that a flow names, for the catalogue check."""
        named: set[str | None] = set()
        for flow in self._flows.values():
            named.add(flow.resume)
            for step in flow.steps:
                named |= {
                    step.say,
                    step.brief,
                    step.ask,
                    step.photo,
                    step.silent,
                    step.unanswered,
                    step.address,
                    step.change,
                    step.variant,
                    step.fit,
                }
                named |= {*step.also.values(), *step.lacks.values()}
        return {message for message in named if message}


@cache
def built_in_flows() -> Flows:
    """The flows of this package."""
    folder = files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    rows = (row for name in names for row in read_values((folder / name).read_text("utf-8")))
    return Flows(Flow.model_validate(row) for row in rows)
