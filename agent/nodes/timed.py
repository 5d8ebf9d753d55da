"""Adds up how long each node took in a turn."""

from __future__ import annotations

import functools
from collections.abc import Awaitable
from time import perf_counter
from typing import Any, Protocol

from langgraph.runtime import Runtime

from agent.context import Context
from agent.state import State

Change = dict[str, object]


class Node(Protocol):
    __name__: str

    def __call__(self, state: State, runtime: Runtime[Context]) -> Awaitable[Change]: ...


def timed(node: Node) -> Any:
    """The node, with its milliseconds added to the turn's timings."""

    @functools.wraps(node)
    async def measured(state: State, runtime: Runtime[Context]) -> Change:
        started = perf_counter()
        try:
            return await node(state, runtime)
        finally:
            timings = runtime.context.work.timings
            spent = (perf_counter() - started) * 1000
            timings[node.__name__] = round(timings.get(node.__name__, 0.0) + spent, 2)

    return measured
