"""What the interface needs of the agent."""

from __future__ import annotations

from typing import Protocol

from conversations.models import Reply


class Dispatcher(Protocol):
    """Drives turns in the background; what it is told may be lost, since it also looks into the inbox."""

    def notify(self, conversation_id: str) -> None:
        """A message was accepted."""
        ...

    async def wait(self, message_id: str, conversation_id: str, timeout_s: float) -> Reply | None:
        """The stored reply to a message, None when it is not there in time."""
        ...
