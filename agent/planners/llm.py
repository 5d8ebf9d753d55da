"""The planner with a model: one prompt, native tool calls, sentences that refer to evidence."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Any, cast

import structlog
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from agent.planners.briefing import address_lines, history, told
from agent.planners.planner import (
    Citation,
    Clarify,
    Draft,
    Handoff,
    Phrase,
    PlanItem,
    Planner,
    Statement,
    ToolCall,
    View,
)
from agent.prompts import prompt
from agent.redaction import Redaction
from conversations.models import HandoffReason
from knowledge.sentences import sentences
from llm.stream import Answer, ModelFailed
from tools.tool import Effect, ToolResult

log = structlog.get_logger(__name__)

MAX_ROUNDS = 5
MAX_CALLS = 8
PLACED = re.compile(r"(?:^|(?<=[.!?؟:。！？：}]))\s*(\{e\d+\})[.!。！]?(?=\s|$|\{|[^\s,;，；])\s*")
"""A reference without a name where a sentence could begin; in the middle of one it is left for verification to refuse."""
THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)

NOT_ASKED_FOR = (HandoffReason.STAFF_ANSWERS, HandoffReason.REVIEW_PRESSURE)
REASONS = tuple(reason for reason in HandoffReason if reason not in NOT_ASKED_FOR)
HAND_OVER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "hand_over",
        "description": "Bring a person in. Ends your work on this message.",
        "parameters": {
            "type": "object",
            "properties": {"reason": {"type": "string", "enum": [str(reason) for reason in REASONS]}},
            "required": ["reason"],
        },
    },
}


class PlannerGaveUp(Exception):
    """The model did not come to an answer that may be sent; another planner takes the turn."""


class LlmPlanner:
    """Asks the model until it answers without a tool call. It sees placeholders where personal data stood."""

    name = "llm"
    streaming = True

    def __init__(
        self, model: BaseChatModel, *, shop: str, formality: Mapping[str, str], timeout_s: float
    ) -> None:
        self._model = model
        self._shop = shop
        self._formality = formality
        self._timeout_s = timeout_s

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        language = view.locale.language
        rules = (
            prompt("turn")
            .replace("<shop>", self._shop)
            .replace("<language>", language)
            .replace("<formality>", self._formality.get(language, ""))
        )
        turn = _LlmTurn(self._model, rules, self._timeout_s, view)
        async with aclosing(turn.run()) as items:
            async for item in items:
                yield item


class _LlmTurn:
    """One turn with the model: its messages, what was said and whether a sentence was repaired already."""

    def __init__(self, model: BaseChatModel, rules: str, timeout_s: float, view: View) -> None:
        registry = view.registry.only(Effect.READ) if view.read_only else view.registry
        self._words = model
        self._model = model.bind_tools([*registry.schemas(), HAND_OVER])
        self._timeout_s = timeout_s
        self._view = view
        self._redaction = Redaction(view.details, address_lines(view))
        self._messages = [SystemMessage(rules), *history(view, self._redaction)]
        self._said: list[Statement | Citation | Draft] = []
        self._repaired = False
        self._calls = 0

    async def run(self) -> AsyncGenerator[PlanItem]:
        for _ in range(MAX_ROUNDS):
            answer = Answer(self._model, self._messages, self._timeout_s)
            try:
                async with aclosing(self._written(answer)) as written:
                    async for sentence in written:
                        for item in self._items(sentence):
                            async for spoken in self._say(item):
                                yield spoken
            finally:
                await answer.close()
            calls = answer.message.tool_calls
            if not calls:
                if not self._said:
                    raise PlannerGaveUp("nothing was said")
                return
            self._messages.append(AIMessage(content=answer.message.content, tool_calls=calls))
            for wanted in calls:
                if wanted["name"] == "hand_over":
                    yield Handoff(_reason(wanted["args"]))
                    return
                call = self._call(wanted["id"], wanted["name"], wanted["args"])
                yield call
                result = self._view.results[call.id]
                if ours := _ours(result):
                    for own in ours:
                        yield own
                    return
                self._messages.append(ToolMessage(told(result), tool_call_id=call.id))
        raise PlannerGaveUp("too many rounds")

    def _call(self, key: str | None, tool: str, arguments: Mapping[str, Any]) -> ToolCall:
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise PlannerGaveUp("too many calls")
        return ToolCall(key or f"call_{self._calls}", tool, self._redaction.restore(arguments))

    async def _written(self, answer: Answer) -> AsyncGenerator[str]:
        """Each sentence once it is complete; the last one waits until it is sure that the answer is whole."""
        text, given = "", 0
        try:
            async for piece in answer:
                text += str(piece.text)
                whole = self._sentences(text)[:-1]
                for sentence in whole[given:]:
                    yield sentence
                given = max(given, len(whole))
        except ModelFailed as failure:
            self._spent(None)
            raise PlannerGaveUp(str(failure)) from failure
        self._spent(answer.message)
        # What stands before a tool call is about the call, not for the customer.
        for sentence in [] if answer.message.tool_calls else self._sentences(text)[given:]:
            yield sentence

    def _sentences(self, text: str) -> list[str]:
        return sentences(THOUGHTS.sub("", text), self._view.locale.language)

    def _spent(self, message: AIMessage | None) -> None:
        used = message.usage_metadata if message else None
        self._view.spent.add(used["input_tokens"] if used else 0, used["output_tokens"] if used else 0)

    def _items(self, sentence: str) -> Iterator[Statement | Citation | Draft]:
        """A reference without a name is the shop's own sentence and stands by itself."""
        for part in PLACED.split(sentence):
            entry = self._view.evidence.get(part[1:-1])
            if entry and entry.statement:
                yield Statement(entry.id)
            elif entry and entry.quote:
                yield Citation(entry.id)
            elif part.strip():
                yield Draft(part.strip())

    async def _say(self, item: Statement | Citation | Draft) -> AsyncGenerator[PlanItem]:
        if item in self._said:
            return
        kept_back = len(self._view.rejections)
        yield item
        if len(self._view.rejections) == kept_back:
            self._said.append(item)
            return
        if self._repaired or not isinstance(item, Draft):
            raise PlannerGaveUp("a second sentence failed verification")
        self._repaired = True
        for again in await self._repair(item.text, self._view.rejections[-1].reason):
            if again in self._said:
                continue
            yield again
            if len(self._view.rejections) > kept_back + 1:
                raise PlannerGaveUp("the repaired sentence failed verification")
            self._said.append(again)

    async def _repair(self, sentence: str, reason: str) -> list[Statement | Citation | Draft]:
        asked = HumanMessage(f"{sentence}\n\n{prompt('repair').replace('<reason>', reason)}")
        answer = Answer(self._words, [*self._messages, asked], self._timeout_s)
        try:
            async with aclosing(self._written(answer)) as written:
                again = [each async for each in written]
        finally:
            await answer.close()
        return [item for each in again for item in self._items(each)]


class FallbackPlanner:
    """The first planner answers; where it gives up, the second takes the turn."""

    def __init__(self, first: Planner, second: Planner) -> None:
        self._first = first
        self._second = second
        self.name = first.name
        self.streaming = first.streaming

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        placed: list[PlanItem] = []
        try:
            async with aclosing(_generator(self._first.plan(view))) as items:
                async for item in items:
                    if isinstance(item, Statement | Citation):
                        placed.append(item)
                    yield item
        except PlannerGaveUp as reason:
            log.info("planner_gave_up", planner=self._first.name, reason=str(reason))
            view.spent.planner = self._second.name
            async with aclosing(_generator(self._second.plan(view))) as items:
                async for item in items:
                    # What the shop has stated in this reply already is not stated twice.
                    if item not in placed:
                        yield item


def _generator(items: AsyncIterator[PlanItem]) -> AsyncGenerator[PlanItem]:
    """Planners are async generators; the protocol only asks for what the graph uses."""
    return cast("AsyncGenerator[PlanItem]", items)


def _ours(result: ToolResult) -> list[PlanItem]:
    """What is said about money and codes is never left to a model."""
    if result.outcome == "held":
        return [Handoff(HandoffReason.NOT_AUTOMATED)]
    if result.outcome not in ("proposed", "sent"):
        return []
    items: list[PlanItem] = [Statement(entry.id) for entry in result.evidence if entry.statement]
    if result.outcome == "proposed":
        items.append(Clarify(Phrase("confirm.ask"), (Phrase("confirm.yes"), Phrase("confirm.no"))))
    return items


def _reason(arguments: Mapping[str, Any]) -> HandoffReason:
    named = arguments.get("reason", "")
    return next((reason for reason in REASONS if reason == named), HandoffReason.ASKED_FOR_PERSON)
