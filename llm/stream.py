"""An answer of a model while it is being written: pieces of text first, then the whole message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessageChunk, AnyMessage
from langchain_core.runnables import Runnable

COMPLETE = ("stop", "tool_calls")


class ModelFailed(Exception):
    """The endpoint gave no complete answer; the message names the kind of failure and holds no content."""


class Answer:
    """Reads the model in a task of its own: whoever iterates may do so from one task after the other."""

    def __init__(
        self, model: Runnable[LanguageModelInput, Any], messages: Sequence[AnyMessage], timeout_s: float
    ) -> None:
        self._model = model
        self._messages = list(messages)
        self._deadline = asyncio.get_running_loop().time() + timeout_s
        self._pieces: asyncio.Queue[AIMessageChunk | ModelFailed | None] = asyncio.Queue()
        self._whole: AIMessageChunk | None = None
        self._reader = asyncio.create_task(self._read())

    async def __aiter__(self) -> AsyncIterator[AIMessageChunk]:
        """The pieces as they come; raises ModelFailed where the answer breaks off, is late or is not complete."""
        while (piece := await self._next()) is not None:
            yield piece
        self._check(self._whole)

    @property
    def message(self) -> AIMessageChunk:
        """The whole answer, once all pieces were read."""
        assert self._whole is not None
        return self._whole

    async def close(self) -> None:
        """Stop reading."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def _next(self) -> AIMessageChunk | None:
        try:
            async with asyncio.timeout_at(self._deadline):
                piece = await self._pieces.get()
        except TimeoutError:
            raise ModelFailed("timeout") from None
        if isinstance(piece, ModelFailed):
            raise piece
        if piece is not None:
            self._whole = piece if self._whole is None else self._whole + piece
        return piece

    async def _read(self) -> None:
        """What an endpoint may do wrong has no end, so every error of the client is the endpoint's."""
        try:
            async for piece in self._model.astream(self._messages):
                self._pieces.put_nowait(piece)
            self._pieces.put_nowait(None)
        except Exception as error:
            self._pieces.put_nowait(ModelFailed(type(error).__name__))

    def _check(self, whole: AIMessageChunk | None) -> None:
        if whole is None:
            raise ModelFailed("no answer")
        if not all(_is_object(call["args"]) and call["name"] for call in whole.tool_call_chunks):
            raise ModelFailed("malformed tool call")
        reason = whole.response_metadata.get("finish_reason")
        if reason not in COMPLETE:
            raise ModelFailed(f"stopped by {reason}")


def _is_object(arguments: str | None) -> bool:
    """The whole text must parse: the parser of partial answers would complete a call that broke off."""
    try:
        return isinstance(json.loads(arguments or "{}"), dict)
    except ValueError:
        return False
