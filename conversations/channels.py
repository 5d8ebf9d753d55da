"""The channels of a deployment: what holds where a conversation is, and what of a message that forbids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

import structlog

from conversations.errors import ConversationError
from conversations.models import Author, Message
from facts.clock import Clock
from markets.channel import ChannelRules, ChannelTerms, Forbidden, by_name, due, terms_of
from nlu.outgoing import Found, OutgoingReader

log = structlog.get_logger(__name__)

KnowsCoupon = Callable[[str], Awaitable[bool]]
"""Whether the shop has a coupon with this code, whatever became of it."""
MOST_WARNED = 256


class ChannelForbids(ConversationError):
    """The message may not be sent on its channel: what stands in it, or how long it may be, or that nobody has asked."""

    def __init__(
        self, found: tuple[Found, ...] = (), max_characters: int | None = None, unasked: bool = False
    ) -> None:
        super().__init__(", ".join(each.kind for each in found) or "too long or unasked")
        self.found, self.max_characters, self.unasked = found, max_characters, unasked


class Channels:
    """The one place that decides what may be sent where. A channel that no file describes has the strictest terms."""

    def __init__(
        self,
        rules: Mapping[str, ChannelRules],
        reader: OutgoingReader,
        knows_coupon: KnowsCoupon,
        clock: Clock,
        zone: str = "UTC",
        country: str = "",
    ) -> None:
        """`zone` and `country` are the shop's: business days are counted by them."""
        self._rules = by_name(rules)
        self._reader = reader
        self._knows_coupon = knows_coupon
        self._clock = clock
        self._zone, self._country = zone, country
        self._warned: set[str] = set()

    def terms(self, channel: str) -> ChannelTerms:
        """What holds there today."""
        rules = self._rules.get(channel)
        if rules is None and channel not in self._warned and len(self._warned) < MOST_WARNED:
            self._warned.add(channel)
            log.warning("unknown_channel", channel=channel)
        return terms_of(rules, self._clock.now().date())

    async def forbidden(self, channel: str, text: str, known: Collection[str] = ()) -> tuple[Found, ...]:
        """What of the text may not be sent there; `known` are codes of facts, which are no telephone numbers."""
        forbids = self.terms(channel).forbids
        if not forbids:
            return ()
        found = [each for each in self._reader.read(text, known) if each.kind in forbids]
        if Forbidden.COUPON in forbids:
            found += [
                Found(Forbidden.COUPON, code.text)
                for code in self._reader.codes(text)
                if await self._knows_coupon(code.plain)
            ]
        return tuple(dict.fromkeys(found))

    async def check(self, channel: str, text: str, said: Collection[Message] | None = None) -> None:
        """Raises ChannelForbids where a person may not send this; `said` is the conversation so far."""
        terms = self.terms(channel)
        if terms.answers_only and said is not None and not any(m.author is Author.CUSTOMER for m in said):
            raise ChannelForbids(unasked=True)
        if found := await self.forbidden(channel, text):
            raise ChannelForbids(found)
        if terms.max_characters is not None and len(text) > terms.max_characters:
            raise ChannelForbids(max_characters=terms.max_characters)

    def due(self, channel: str, since: datetime | None) -> datetime | None:
        """Until when the channel wants an answer to what has waited since then; None where it does not say."""
        clock = self.terms(channel).reply
        if clock is None or since is None:
            return None
        return due(clock, since, self._zone, self._country)

    @property
    def with_clock(self) -> tuple[str, ...]:
        """The names of channels that want answers in time."""
        return tuple(name for name in self._rules if self.terms(name).reply is not None)
