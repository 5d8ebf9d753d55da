"""One turn at work: everything that lives only while it runs and is never checkpointed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from agent.planners.planner import Memory, PlanItem, Planner, Rejection, Spent, ToolCall, View
from conversations.attachments import PHOTO
from conversations.models import (
    ActionState,
    Conversation,
    DraftReply,
    HandoffInfo,
    HandoffReason,
    Message,
    Mode,
    Turn,
)
from conversations.store import NewEvent
from facts.evidence import Evidence
from i18n.locale import Locale
from nlu.perception import Entity, Perception
from tools.proposals import Proposal
from tools.tool import Identity, ToolResult


def call_key(tool: str, arguments: Mapping[str, Any]) -> str:
    """The same for the same question, so that nothing is asked twice in a turn."""
    return f"{tool} {json.dumps(arguments, sort_keys=True, default=str)}"


class PlanSession:
    """The open iterator of a planner, carried from `plan` to `localise`."""

    def __init__(self, planner: Planner, view: View) -> None:
        self.planner = planner
        self.view = view
        self._items = planner.plan(view)

    async def next(self) -> PlanItem | None:
        """The next item, None at the end."""
        return await anext(self._items, None)

    async def close(self) -> None:
        if hasattr(self._items, "aclose"):
            async with aclosing(self._items):  # type: ignore[type-var]
                return


@dataclass(frozen=True, slots=True)
class Doing:
    """A WRITE of this turn: its state and the evidence that words it."""

    id: str
    tool: str
    state: ActionState
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class TurnWork:
    """A turn's working set. Nodes read and write it; what must survive goes into State or into rows."""

    turn: Turn
    conversation: Conversation
    recent: tuple[Message, ...]
    identity: Identity
    worker: str
    memory: Memory = field(default_factory=Memory)
    perception: Perception | None = None
    locale: Locale = field(default_factory=lambda: Locale("en"))
    details: tuple[Entity, ...] = ()
    proposal: Proposal | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    results: dict[str, ToolResult] = field(default_factory=dict)
    asked: dict[str, ToolResult] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    session: PlanSession | None = None
    pending: list[PlanItem] = field(default_factory=list)
    opening: list[PlanItem] = field(default_factory=list)
    """What is said before the planner's first sentence."""
    call: ToolCall | None = None
    sentences: list[str] = field(default_factory=list)
    committed: int = 0
    tool_events: list[NewEvent] = field(default_factory=list)
    """Calls that the customer's page has not heard of yet."""
    quick_replies: list[str] = field(default_factory=list)
    withheld: bool = False
    """Something may not be said on this channel, and nothing said it otherwise."""
    told: list[str] = field(default_factory=list)
    """Ids of the evidence that the reply stands on, in order."""
    doings: list[Doing] = field(default_factory=list)
    mode: Mode = Mode.AUTO
    topics: tuple[str, ...] = ()
    """The intents that decide the mode, the main one first."""
    waits_for: HandoffReason | None = None
    """Why she waits for a person already, where the turn only drafts."""
    own_sentences: int | None = None
    """How many sentences stand before those of a handoff, where there is one."""
    draft: DraftReply | None = None
    handoff: HandoffReason | None = None
    handoff_info: HandoffInfo | None = None
    silent: bool = False
    disclosed: bool = False
    """Whether this turn has said, or need not say, that an AI answers."""
    spent: Spent = field(default_factory=lambda: Spent("none"))
    timings: dict[str, float] = field(default_factory=dict)
    _evidence_ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def text(self) -> str:
        """The coalesced messages of the turn."""
        return "\n".join(message.text for message in self.turn.messages)

    @property
    def photos(self) -> tuple[str, ...]:
        """Ids of the pictures that she has sent lately, oldest first."""
        sent = (*self.recent, *self.turn.messages)
        return tuple(dict.fromkeys(photo for message in sent for photo in message.attachments))

    @property
    def photo_alone(self) -> bool:
        """Pictures without a word."""
        return all(message.attachments and message.text == PHOTO for message in self.turn.messages)

    @property
    def seen(self) -> Perception:
        """The perception, once perceive has run."""
        assert self.perception is not None
        return self.perception

    @property
    def drafting(self) -> bool:
        """Nothing that this turn says may leave, and nothing may be bound by it."""
        return self.mode is not Mode.AUTO

    def evidence_id(self) -> str:
        return f"e{next(self._evidence_ids)}"

    def keep(self, key: str, result: ToolResult) -> ToolResult:
        """Remember a result and make its evidence quotable."""
        self.asked[key] = result
        for entry in result.evidence:
            self.evidence[entry.id] = entry
        return result
