"""What understanding yields: one Perception for each customer message."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class EntityKind(StrEnum):
    ORDER_NUMBER = "order_number"
    TRACKING_NUMBER = "tracking_number"
    EMAIL = "email"
    POSTCODE = "postcode"
    ONE_TIME_CODE = "one_time_code"
    COUNTRY = "country"
    COLOUR = "colour"
    SIZE = "size"
    QUANTITY = "quantity"
    RETURN_REASON = "return_reason"
    CANCEL_REASON = "cancel_reason"
    POLICY_TOPIC = "policy_topic"
    CLAIM_KIND = "claim_kind"
    """`missing` or `wrong_item`."""
    CLAIM_REMEDY = "claim_remedy"
    """`replacement` or `refund`."""
    MEASURE = "measure"
    """`foot_length=24.5`: centimetres; `?=` where the part is not named."""
    FIT = "fit"
    """`smaller` or `larger` than its size says; `like`, beside the size that it fits like."""
    SIZE_STEP = "size_step"
    """`up`, `up2`, `down`, `down2`."""
    WAY = "way"
    """`exchange`, `return`, `keep`, or `other`: another product."""
    PHOTO = "photo"
    """`none`: she cannot send one."""
    LOOKED = "looked"
    """For a parcel: `everywhere`, or `not_yet`."""
    ARRIVED = "arrived"
    """`no`: she says that it is not there."""
    CHANGE = "change"
    PAYMENT_METHOD = "payment_method"
    COUPON_CODE = "coupon_code"
    FORMALITY = "formality"
    """The wish to be addressed in a `familiar` or a `formal` way."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention. `value` is canonical: upper-case order number, ISO country, English colour, enum value.

    A measure reads `foot_length=24.5` (centimetres; `weight=` kilograms, `?=` where the part is not named).
    """

    kind: EntityKind
    value: str
    text: str
    start: int
    end: int


class Answer(StrEnum):
    YES = "yes"
    NO = "no"


class Mood(StrEnum):
    CALM = "calm"
    UNHAPPY = "unhappy"
    FURIOUS = "furious"


class Signal(StrEnum):
    """Reasons to bring a person in that are not anger."""

    THREAT = "threat"
    LEGAL = "legal"
    SAFETY = "safety"
    VULNERABLE = "vulnerable"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class IntentScore:
    intent: str
    probability: float


OUT_OF_SCOPE = "out_of_scope"


NEARLY_ALL = 0.75
"""Of the letters of a part, where it says nothing else that counts."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the message with one request; `intents` is sorted, best first, and may lead with OUT_OF_SCOPE."""

    text: str
    start: int
    intents: tuple[IntentScore, ...]
    entities: tuple[Entity, ...]

    @property
    def intent(self) -> str:
        return self.intents[0].intent

    @property
    def form_of_address(self) -> str | None:
        """The one that is wished for, where that is most of what is said: no request of any intent."""
        said = [entity for entity in self.entities if entity.kind is EntityKind.FORMALITY]
        words = sum(_letters(entity.text) for entity in said)
        return said[-1].value if said and words >= NEARLY_ALL * _letters(self.text) else None


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


@dataclass(frozen=True, slots=True)
class TextVectors:
    """One text's vectors from the two embedded encoders (384-d e5 query, 512-d USE), unit length."""

    e5: Vector
    use: Vector


NONE = "none"
"""The choice of who chooses nothing."""
CHOSEN = 0.6
"""How sure a choice must be that was asked for."""


def chosen(choices: Mapping[str, float], slot: str, values: Collection[str]) -> tuple[str, float] | None:
    """The likeliest value of a slot, and its probability among these values and none."""
    weights = {value: choices.get(f"{slot}.{value}", 0.0) for value in values}
    among = sum(weights.values()) + choices.get(NONE, 0.0)
    if not weights or not among:
        return None
    best = max(weights, key=lambda value: weights[value])
    return best, weights[best] / among


@dataclass(frozen=True, slots=True)
class Perception:
    """All that the embedded models say about one (coalesced, masked) message.

    `language` is the language to answer in; `language_sure` is False where the message has too little language
    (digits, emoji, "ok") and the conversation's language was kept. `correction` marks "no, the blue one", "I meant …".
    `opening` is the answer that it begins with: "yes, I looked everywhere".
    `choices` are the probabilities of what it may choose in answer to a question, `slot.value`, and of `none`.
    `injection` is the screening score in [0, 1]; it marks text, it never decides alone.
    """

    text: str
    language: str
    language_sure: bool
    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]
    answer: Answer | None
    correction: bool
    mood: Mood
    mood_score: float
    signals: frozenset[Signal]
    injection: float
    vectors: TextVectors | None = field(compare=False, default=None)
    opening: Answer | None = None
    heated: bool = True
    """Whether words, capitals or exclamation marks show anger, beside what the mood was taken for."""
    choices: Mapping[str, float] = field(compare=False, default_factory=dict)
    foreign: str | None = None
    """The language of the message where no pack has it and the message shows it clearly (`sv`)."""
    agreed: tuple[Entity, ...] = ()
    """What a message names that is a plain yes but for it: "yes, PayPal please"."""

    def first(self, kind: EntityKind) -> Entity | None:
        """The first mention of a kind."""
        return next((e for e in self.entities if e.kind is kind), None)

    def choice(self, slot: str, values: Collection[str]) -> tuple[str, float] | None:
        """The value of a slot that the meaning of the message chooses, and how surely against all others and none."""
        return chosen(self.choices, slot, values)

    @property
    def leaning(self) -> Answer | None:
        """The answer, or the one that it begins with: enough where no money moves."""
        return self.answer or self.opening

    @property
    def keeps(self) -> bool:
        """Whether what is said last is that all stays as it is: "cancel it, no, keep it". Who takes a piece out keeps
        the others."""
        said = [entity.value for entity in self.all(EntityKind.CHANGE)]
        return bool(said) and said[-1] == "keep" and "remove" not in said

    def all(self, kind: EntityKind) -> tuple[Entity, ...]:
        return tuple(e for e in self.entities if e.kind is kind)


@dataclass(frozen=True, slots=True)
class AddressTold:
    """What a message tells of an address, as it was written; empty where it says nothing of a part.

    `number` is a house number told without its street, `instead_of` the one that it takes the place of.
    """

    name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    number: str = ""
    instead_of: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def over(self, earlier: AddressTold) -> AddressTold:
        """Both together; what was told later counts, and a new street takes its old additions along."""
        kept = replace(earlier, line2="", number="", instead_of="") if self.line1 else earlier
        told = {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}
        return replace(kept, **told)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a customer may mean by words ("the blue shoes"): its names in all languages and its options."""

    id: str
    names: tuple[str, ...]
    options: dict[str, str]


class Understanding(Protocol):
    """The port that the graph sees; the embedded pair is its first implementation."""

    async def perceive(
        self, text: str, *, previous_language: str | None, presumed: bool = False
    ) -> Perception:
        """Understand one message in one encoding; never raises on strange text. ≤ 25 ms for a short message.

        `presumed` tells that nobody has spoken the previous language yet: it is that of the market or of the page.
        """
        ...

    def entities(self, text: str, language: str) -> tuple[Entity, ...]:
        """The entities of a text without an encoding of it: what a customer told in an earlier message."""
        ...

    def mentioned(self, text: str, candidates: tuple[Candidate, ...], language: str) -> tuple[Candidate, ...]:
        """The candidates that the words point at, best first; empty when the words point at none.

        More than one is returned only when the words do not tell them apart."""
        ...

    def address(self, text: str, country: str, asked: bool) -> AddressTold | None:
        """What a text tells of a postal address in that country; `asked` where an address was asked for."""
        ...

    def means_all(self, text: str) -> bool:
        """Whether the words mean all that there is: "both", "everything"."""
        ...
