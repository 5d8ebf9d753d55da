"""Wakes those who wait for a conversation in this process the moment its rows change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

STAFF_DESK = "staff desk"
"""The topic of everything that staff must hear of."""

MAIL = "mail"
"""The topic of the outgoing mail table."""


class Subscription:
    """One waiter's bell. A ring that came between two waits is not lost."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()

    def ring(self) -> None:
        self._bell.set()

    async def wait(self, seconds: float) -> bool:
        """True when something changed since the last wait, False after so many seconds of silence."""
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return False
        self._bell.clear()
        return True


class Signals:
    """In-process publish and subscribe by topic (a conversation's id). It carries no data: rows do."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[Subscription]] = {}

    def publish(self, topic: str) -> None:
        for subscription in self._waiting.get(topic, ()):
            subscription.ring()

    @contextmanager
    def subscribe(self, topic: str) -> Iterator[Subscription]:
        subscription = Subscription()
        self._waiting.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            waiting = self._waiting[topic]
            waiting.discard(subscription)
            if not waiting:
                del self._waiting[topic]

    def topics(self) -> frozenset[str]:
        """What somebody in this process waits for."""
        return frozenset(self._waiting)
