"""How many messages a conversation may send."""

from __future__ import annotations

import math
from time import time

from limits import parse_many
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from api.problems import Problem

MESSAGE_LIMITS = "30/minute;20/second"
"""Thirty in any minute, and no more than twenty of them at once."""


class Throttle:
    """Counts per conversation in memory, or wherever `storage_url` says that several processes count together."""

    def __init__(self, storage_url: str = "memory://", limits: str = MESSAGE_LIMITS) -> None:
        storage = storage_from_string(f"async+{storage_url.removeprefix('async+')}")
        self._limiter = MovingWindowRateLimiter(storage)
        self._limits = parse_many(limits)

    async def message(self, conversation_id: str) -> None:
        """Count one message; raises the problem `too_many_messages`."""
        for limit in self._limits:
            if not await self._limiter.hit(limit, "message", conversation_id):
                window = await self._limiter.get_window_stats(limit, "message", conversation_id)
                # The window ends by the limiter's clock, which is the machine's.
                seconds = math.ceil(window.reset_time - time())
                raise Problem("too_many_messages", headers={"Retry-After": str(max(1, seconds))})
