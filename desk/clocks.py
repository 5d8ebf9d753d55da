"""Since when a customer has waited for a person's answer, by which a marketplace's reply clock runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from conversations.models import Author, Owner

UNCLOCKED = timedelta(hours=24)
"""What a line is ordered by whose channel has no clock, so that it is not passed over for ever."""


class Said(Protocol):
    """A message, as far as it matters who wrote it and when."""

    @property
    def author(self) -> str: ...

    @property
    def created_at(self) -> datetime: ...


def unanswered_since(owner: Owner, messages: Iterable[Said], handed_at: datetime | None) -> datetime | None:
    """When the first message came that only a person can answer and none has; None where nobody waits.

    The assistant answers what it keeps; what it says once it has handed over, "a colleague will answer", is no answer.
    """
    if owner is Owner.ASSISTANT:
        return None
    since: datetime | None = None
    for message in messages:
        if message.author == Author.CUSTOMER:
            since = since or message.created_at
        elif message.author == Author.STAFF or handed_at is None or message.created_at < handed_at:
            since = None
    return since
