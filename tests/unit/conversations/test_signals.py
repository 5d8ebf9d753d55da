"""Waiters wake at once, miss nothing between two waits, and leave nothing behind."""

import asyncio

from conversations.signals import Signals


async def test_ring_wakes_its_topic_only() -> None:
    signals = Signals()
    with signals.subscribe("a") as first, signals.subscribe("a") as second, signals.subscribe("b") as other:
        waiting = asyncio.gather(first.wait(1), second.wait(1), other.wait(0.01))
        await asyncio.sleep(0)
        signals.publish("a")
        assert list(await waiting) == [True, True, False]


async def test_ring_before_the_wait_is_not_lost() -> None:
    signals = Signals()
    with signals.subscribe("a") as bell:
        signals.publish("a")
        signals.publish("a")
        assert await bell.wait(0.01)
        assert not await bell.wait(0.01)


def test_left_topics_are_forgotten() -> None:
    signals = Signals()
    with signals.subscribe("a"), signals.subscribe("b"):
        assert signals.topics() == {"a", "b"}
    assert signals.topics() == frozenset()
    signals.publish("a")
