"""The nouns of a conversation, as its repository gives them."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from facts.evidence import Evidence, Quote
from facts.values import Fact


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owner(StrEnum):
    """Who answers: exactly one at any moment. `QUEUE` waits for a person; READ questions still go on."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    HUMAN = "human"


class Author(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    STAFF = "staff"


class Level(IntEnum):
    """How well we know whom we talk to, for one order."""

    ANONYMOUS = 0
    ORDER_READ = 1
    CONFIRMED = 2


class Mode(StrEnum):
    """Whether a turn speaks: from the most careful to the freest."""

    SHADOW = "shadow"
    """Nothing is sent; what would have been said is kept."""
    DRAFT = "draft"
    """What would be said is a draft, which a person sends, edits or rejects."""
    AUTO = "auto"


class Conversation(Record):
    """`language` is None until the first message; `checkpoint_id`: the state that the last closed turn left."""

    id: str
    channel: str = "chat"
    market: str | None = None
    language: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    caller: str | None = None
    """A keyed digest of the network address that opened it; for throttling only."""
    owner: Owner = Owner.ASSISTANT
    staff_id: str | None = None
    checkpoint_id: str | None = None
    created_at: AwareDatetime


class Message(Record):
    id: str
    conversation_id: str
    seq: int
    author: Author
    text: str
    language: str | None = None
    turn_id: str | None = None
    staff_name: str | None = None
    attachments: tuple[str, ...] = ()
    """Ids of the pictures that came with it."""
    created_at: AwareDatetime


class Attachment(Record):
    """A picture that a customer sent; its content is asked for by itself."""

    id: str
    conversation_id: str
    media_type: str
    width: int
    height: int
    created_at: AwareDatetime


def reply_id(turn_id: str) -> str:
    """The id of the one message that answers a turn."""
    return "msg_" + turn_id.partition("_")[2]


class Turn(Record):
    """One unit of durability: the messages it answers, fixed when it is claimed; `reply` once it is closed."""

    id: str
    conversation_id: str
    messages: tuple[Message, ...]
    reply: Reply | None = None
    sentences: tuple[str, ...] = ()
    """What has already left in an earlier attempt at this turn. It is never taken back."""
    fence: int = 0
    """Grows with each claim of the conversation; what an earlier claim still writes is refused."""
    found: Conversation | None = None
    """The conversation as the claim found it."""
    stopped: bool = False
    """The kill switch was on: nothing automatic may leave."""

    @property
    def reply_id(self) -> str:
        """The id of the one message that answers this turn, the same in every attempt."""
        return reply_id(self.id)


class EventKind(StrEnum):
    """What a customer's event stream may carry; nothing else ever leaves."""

    TURN_STARTED = "turn_started"
    TOOL_CALLED = "tool_called"
    SENTENCE = "sentence"
    CARD = "card"
    REPLY = "reply"
    STAFF_MESSAGE = "staff_message"
    OWNERSHIP = "ownership"
    NOTICE = "notice"


class Event(Record):
    """One outbox row. `seq` grows by one in a conversation and is the SSE id."""

    conversation_id: str
    seq: int
    kind: EventKind
    turn_id: str | None = None
    payload: dict[str, Any]
    created_at: AwareDatetime


class ActionState(StrEnum):
    PROPOSED = "proposed"
    EXECUTED = "executed"
    REQUESTED = "requested"
    REFUSED = "refused"
    AWAITING_APPROVAL = "awaiting_approval"


class Action(Record):
    id: str
    tool: str
    state: ActionState
    summary: str


class HandoffReason(StrEnum):
    ASKED_FOR_PERSON = "asked_for_person"
    FURIOUS = "furious"
    THREAT = "threat"
    LEGAL = "legal"
    SAFETY = "safety"
    VULNERABLE = "vulnerable"
    REPEATED_MISUNDERSTANDING = "repeated_misunderstanding"
    TOOL_FAILURE = "tool_failure"
    ABOVE_LIMIT = "above_limit"
    NOT_AUTOMATED = "not_automated"
    KNOWLEDGE_GAP = "knowledge_gap"
    LANGUAGE = "language"
    """She writes a language that has no catalogue."""
    MINOR = "minor"
    """She seems to be a child: no contract is made, changed or ended with her."""
    DISPUTE = "dispute"
    """Her bank or payment service decides about the money of an order."""
    REVIEW_PRESSURE = "review_pressure"
    """A review is offered or threatened with. Seniors are told; the assistant goes on with what is wrong."""
    CHANNEL_RULES = "channel_rules"
    """Part of the answer may not be said on its channel."""
    STAFF_ANSWERS = "staff_answers"
    """The mode says that people answer, or release what was drafted; no planner may ask for it."""


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"


class HandoffInfo(Record):
    reason: HandoffReason
    priority: Priority


class PublicEvidence(Record):
    """Evidence as a customer may see it: facts rendered for her locale beside their typed values."""

    id: str
    source: str
    title: str
    facts: dict[str, Fact] = Field(default_factory=dict)
    rendered: dict[str, str] = Field(default_factory=dict)
    quote: Quote | None = None
    statement: str | None = None
    """The catalogue sentence that words it, where there is one."""


class Usage(Record):
    planner: str = "flows"
    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0


class Reply(Record):
    """The public answer to one turn; stored once, given to every message that it answers."""

    conversation_id: str
    message_id: str
    in_reply_to: tuple[str, ...]
    text: str
    language: str
    direction: str = "ltr"
    owner: Owner
    evidence: tuple[PublicEvidence, ...] = ()
    actions: tuple[Action, ...] = ()
    handoff: HandoffInfo | None = None
    quick_replies: tuple[str, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    usage: Usage = Usage()
    timings_ms: dict[str, float] = Field(default_factory=dict)


class Handoff(Record):
    """A conversation put before people: a summary in the staff's languages, the facts already found."""

    id: str
    conversation_id: str
    reason: HandoffReason
    priority: Priority
    summary: dict[str, str]
    facts: tuple[Evidence, ...] = ()
    language: str
    created_at: AwareDatetime
    taken_by: str | None = None
    taken_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None


class DraftState(StrEnum):
    OPEN = "open"
    UNCHANGED = "unchanged"
    EDITED = "edited"
    REJECTED = "rejected"


class DraftReply(Record):
    """What a turn would have said: kept for staff, with what it stands on. Sent, it is `message_id`."""

    id: str
    conversation_id: str
    turn_id: str
    mode: Mode
    channel: str
    market: str | None = None
    intent: str
    """What the turn was mainly about."""
    text: str
    language: str
    evidence: tuple[PublicEvidence, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    state: DraftState = DraftState.OPEN
    created_at: AwareDatetime
    staff_id: str | None = None
    decided_at: AwareDatetime | None = None
    message_id: str | None = None


class DraftCount(Record):
    """What became of the drafts of one cell."""

    channel: str
    market: str | None
    intent: str
    mode: Mode
    open: int = 0
    unchanged: int = 0
    edited: int = 0
    rejected: int = 0


class Switch(Record):
    """The kill switch, and who moved it last."""

    stopped: bool = False
    staff_id: str | None = None
    changed_at: AwareDatetime | None = None


class StaffMember(Record):
    """The person who answers for the shop; customers see the name."""

    id: str
    name: str


class Accepted(Record):
    """A customer's message that is safe in the inbox; `replayed` when its key was known already."""

    message: Message
    replayed: bool


class TaskKind(StrEnum):
    """What staff are asked to do: say yes to a proposal, or carry it out themselves."""

    APPROVE = "approve"
    CARRY_OUT = "carry_out"


class StaffTask(Record):
    """A proposal that waits for a person. `summary` is in the staff's languages."""

    id: str
    proposal_id: str
    conversation_id: str
    kind: TaskKind
    summary: dict[str, str]
    created_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    closed_by: str | None = None
    outcome: str | None = None


class Grant(Record):
    """Identity shown in this conversation for one order."""

    order_id: str
    level: Level


Turn.model_rebuild()
