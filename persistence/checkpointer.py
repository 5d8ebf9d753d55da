"""The graph's checkpoints: on PostgreSQL beside our rows, with SQLite in a file of their own."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from persistence.engine import Database

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver


class Checkpoints(Protocol):
    """The saver for the graph, what it saved last, and the ways to forget."""

    @property
    def saver(self) -> BaseCheckpointSaver[Any]: ...

    def newest(self, thread_id: str) -> str:
        """The id of the state that this process has just saved; told once, LookupError where there is none."""
        ...

    async def forget_before(self, thread_id: str, checkpoint_id: str) -> None:
        """Delete the thread's earlier states: a closed turn needs none of them.

        Ids grow with time. A later state may be there already: that of the next turn, which another worker runs.
        """
        ...

    async def forget(self, thread_id: str) -> None:
        """Delete the thread."""
        ...

    async def scrub(self) -> bool:
        """Leave nothing of what was deleted in a file of our own; False where it is busy: try again later."""
        ...


class Newest:
    """What a saver of this process has saved last, thread by thread, until it is asked for."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def saved(self, config: RunnableConfig) -> RunnableConfig:
        """Note a state by the configuration that its saver gave back."""
        self._ids[config["configurable"]["thread_id"]] = config["configurable"]["checkpoint_id"]
        return config

    def take(self, thread_id: str) -> str:
        return self._ids.pop(thread_id)


def strict_serializer() -> JsonPlusSerializer:
    """Reads back plain data only: no class that a forged row could name is ever imported."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


def open_checkpoints(database: Database) -> AbstractAsyncContextManager[Checkpoints]:
    """The checkpoints of this database, set up and open for as long as the block lasts."""
    if database.is_sqlite:
        from persistence.sqlite_checkpoints import open_sqlite

        return open_sqlite(database, strict_serializer())
    from persistence.postgres_checkpoints import open_postgres

    return open_postgres(database, strict_serializer())
