"""What every step of a flow may do to the walk: say, ask, fill a slot, call a tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from agent.flows import Flows, Step
from agent.planners.planner import (
    Citation,
    Clarify,
    Frame,
    Phrase,
    Sentence,
    Statement,
    ToolCall,
    View,
)
from conversations.models import HandoffReason
from facts.evidence import Evidence, EvidenceKind
from facts.values import Fact
from nlu.perception import Candidate, Entity, EntityKind
from tools.tool import ToolResult

ENTITY_OF_SLOT = {
    "return_reason": EntityKind.RETURN_REASON,
    "cancel_reason": EntityKind.CANCEL_REASON,
    "country": EntityKind.COUNTRY,
    "code": EntityKind.ONE_TIME_CODE,
    "claim_kind": EntityKind.CLAIM_KIND,
    "claim_remedy": EntityKind.CLAIM_REMEDY,
    "payment_method": EntityKind.PAYMENT_METHOD,
    "coupon_code": EntityKind.COUPON_CODE,
    "measures": EntityKind.MEASURE,
    "way": EntityKind.WAY,
    "agree:searched": EntityKind.LOOKED,
}

TOLD = "told"
"""The slot in which a frame keeps what need not be told again."""
AGREE = "agree:"
"""How the slots of yes-or-no questions begin: a no answers them and does not end the conversation."""

UNDECIDED_IF_SEVERAL = (EntityKind.CLAIM_KIND, EntityKind.CLAIM_REMEDY, EntityKind.WAY, EntityKind.LOOKED)
OTHER = "other"
DELIVERY = "shipping_countries"
"""The topic of words such as "deliver to"."""
NEAR = 6
"""Characters between such words and what they are about: an article, a preposition."""


def candidates(lines: Iterable[Mapping[str, Any]]) -> tuple[Candidate, ...]:
    """An order's lines as what her words may point at."""
    return tuple(
        Candidate(line["line_id"], tuple(line["titles"].values()), dict(line["options"])) for line in lines
    )


class Status(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    REPLACED = "replaced"
    HANDED_OVER = "handed_over"


class Walking:
    """The state of a walk, and its acts."""

    def __init__(
        self, frame: Frame, flows: Flows, view: View, call_ids: Iterator[int], brief: bool = False
    ) -> None:
        self.frame = frame
        self.flows = flows
        self.flow = flows[frame.flow]
        self.view = view
        self.said: list[Sentence] = []
        self.question: Clarify | None = None
        self.handoff: HandoffReason | None = None
        self.replacement: str | None = None
        self.status = Status.RUNNING
        self.progressed = False
        self._awaited = frame.waiting
        self._call_ids = call_ids
        self._brief = brief
        self._last: dict[str, ToolResult] = {}
        self._held: dict[str, Any] = {}
        """Arguments of this walk that are not kept from turn to turn: what is personal, and what follows from slots."""

    def _say(self, sentence: Sentence) -> None:
        if sentence not in self.said:
            self.said.append(sentence)

    def _news(self, step: Step, what: str) -> bool:
        """Whether it may be told: a step that tells `once` remembers in the frame that it has."""
        if not step.once:
            return True
        told = self.frame.slots.setdefault(TOLD, [])
        if what in told:
            return False
        told.append(what)
        return True

    def _wait(self, slot: str, sentence: Sentence, replies: tuple[Phrase | Fact, ...] = ()) -> None:
        self.frame.waiting = slot
        self.question = Clarify(sentence, replies)
        self.status = Status.WAITING

    def _fill(self, slot: str, value: Any) -> None:
        if self.frame.slots.get(slot) != value:
            self.frame.slots[slot] = value
            self.progressed = True
        if self.frame.waiting == slot:
            self.frame.waiting = None

    def _hand_over(self, reason: HandoffReason) -> None:
        self.handoff = reason
        self.status = Status.HANDED_OVER

    def _ask_for(self, tool: str, arguments: dict[str, Any]) -> ToolCall:
        known = {name: value for name, value in arguments.items() if value is not None}
        return ToolCall(f"c{next(self._call_ids)}", tool, known)

    def _result(self, call: ToolCall) -> ToolResult:
        result = self.view.results[call.id]
        self._last[call.tool] = result
        return result

    def _open_to(self, slot: str) -> bool:
        """Whether this message may set the slot: it was asked for, is unknown, or is being corrected."""
        return self._awaited == slot or slot not in self.frame.slots or self.view.perception.correction

    def _mention(self, kind: EntityKind) -> Entity | None:
        """The first one; "no other reason, I changed my mind" is a reason all the same.

        "Refund or replacement" is no choice.
        """
        mentions = self.view.perception.all(kind)
        if kind is EntityKind.COUNTRY and (goal := self._delivered_to(mentions)):
            return goal
        if kind in UNDECIDED_IF_SEVERAL and len({mention.value for mention in mentions}) > 1:
            return None
        if kind is EntityKind.PAYMENT_METHOD and "changeable" in self._last:
            # "Apple Pay won't work, can I do PayPal": the one that the order has is not wished for.
            current = self._last["changeable"].data.get("payment_method")
            mentions = tuple(m for m in mentions if m.value != current) or mentions
        return next((m for m in mentions if m.value != OTHER), mentions[0] if mentions else None)

    def _delivered_to(self, countries: tuple[Entity, ...]) -> Entity | None:
        """Of several countries the one behind words of delivery: "a Swiss friend's code, for a parcel to Belgium"."""
        to = [t.end for t in self.view.perception.all(EntityKind.POLICY_TOPIC) if t.value == DELIVERY]
        return next((c for c in countries if any(0 <= c.start - end <= NEAR for end in to)), None)

    def _resolve(self, reference: str) -> Any:
        if not reference.startswith("$"):
            return reference
        name = reference[1:]
        if name in self._held:
            return self._held[name]
        if name == "named_country":
            mention = self._mention(EntityKind.COUNTRY)
            return mention.value if mention else self.frame.slots.get("country")
        kind = ENTITY_OF_SLOT.get(name)
        hears = kind and kind is not EntityKind.MEASURE and (name == "country" or self._open_to(name))
        mention = self._mention(kind) if kind and hears else None
        if mention and (mention.value != OTHER or name not in self.frame.slots):
            return mention.value
        if name == "country":
            return self.frame.slots.get(name) or self.view.market or self.view.memory.country
        if name == "earlier":
            return self.view.memory.goods or None
        if name.startswith("earlier_"):
            return self.view.memory.version.get(name.removeprefix("earlier_"))
        return self.frame.slots.get(name)

    def _tell(self, evidence: tuple[Evidence, ...]) -> None:
        """Statements where there are any; else the best passage, word for word."""
        stated = [entry for entry in evidence if entry.statement]
        for entry in stated:
            self._say(Statement(entry.id))
        quoted = [entry for entry in evidence if entry.kind is EvidenceKind.PASSAGE]
        if quoted and not stated:
            self._say(Citation(quoted[0].id))

    def _general(self, result: ToolResult) -> None:
        """An outcome that every tool may have."""
        if result.outcome == "throttled":
            self._say(Phrase("order.throttled"))
            self._say(Phrase("offer.person"))
            self.status = Status.DONE
        else:
            self._hand_over(HandoffReason.TOOL_FAILURE)
