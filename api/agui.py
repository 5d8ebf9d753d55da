"""One turn as AG-UI events, made from outbox rows and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunErrorEvent,
    RunFinishedEvent,
    RunStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)

from api.public_events import public
from conversations.models import Event, EventKind
from conversations.wording import separator


class Run:
    """Turns the events of one turn into a well-formed AG-UI run: what is opened is closed before it ends."""

    def __init__(self, conversation_id: str) -> None:
        self._conversation_id = conversation_id
        self._run_id = ""
        self._message_id = ""
        self._text = ""
        self._carded = False

    def translate(self, event: Event) -> Iterator[BaseEvent]:
        """What this row means to an AG-UI client."""
        payload = public(event)
        match event.kind:
            case EventKind.TURN_STARTED:
                self._run_id = event.turn_id or ""
                yield RunStartedEvent(thread_id=self._conversation_id, run_id=self._run_id)
            case EventKind.TOOL_CALLED:
                yield from self._call(payload)
            case EventKind.SENTENCE:
                yield from self._say(payload["message_id"], payload["text"], payload["language"])
            case EventKind.CARD:
                self._carded = True
                yield CustomEvent(name="card", value=payload["card"])
            case EventKind.REPLY:
                yield from self._finish(payload)

    def failed(self, code: str, message: str) -> RunErrorEvent:
        """The run ends here for this listener; the turn itself goes on and its reply is kept."""
        return RunErrorEvent(code=code, message=message)

    def _call(self, payload: dict[str, Any]) -> Iterator[BaseEvent]:
        """A call is committed with its outcome, so it starts and ends at once."""
        call_id = payload["call_id"]
        yield ToolCallStartEvent(tool_call_id=call_id, tool_call_name=payload["tool"])
        yield ToolCallEndEvent(tool_call_id=call_id)
        content = json.dumps({"tool": payload["tool"], "outcome": payload["outcome"]})
        yield ToolCallResultEvent(message_id=f"{call_id}-result", tool_call_id=call_id, content=content)

    def _say(self, message_id: str, text: str, language: str) -> Iterator[BaseEvent]:
        if not self._message_id:
            self._message_id = message_id
            yield TextMessageStartEvent(message_id=message_id, role="assistant")
        piece = separator(self._text, text, language) + text
        self._text += piece
        yield TextMessageContentEvent(message_id=message_id, delta=piece)

    def _finish(self, reply: dict[str, Any]) -> Iterator[BaseEvent]:
        if reply["text"] and not self._message_id:
            yield from self._say(reply["message_id"], reply["text"], reply["language"])
        if self._message_id:
            yield TextMessageEndEvent(message_id=self._message_id)
        if not self._carded:
            for card in reply["cards"]:
                yield CustomEvent(name="card", value=card)
        if reply["evidence"]:
            yield CustomEvent(name="evidence", value=reply["evidence"])
        yield CustomEvent(name="reply", value=reply)
        yield RunFinishedEvent(thread_id=self._conversation_id, run_id=self._run_id)
