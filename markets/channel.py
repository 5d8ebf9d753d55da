"""What a channel allows: its rules as data, and what of them holds on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from facts.values import TimeUnit
from markets.holidays import public_holidays
from markets.rule import Clause, Dated, Rule

ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
"""How whoever opens a conversation names its channel."""
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Forbidden(StrEnum):
    """What a message may not contain."""

    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    COUPON = "coupon"
    REVIEW_REQUEST = "review_request"
    SOCIAL_CONTACT = "social_contact"
    """A messenger, a social network, or a QR code to scan."""


class Returns(StrEnum):
    """Where a return is opened."""

    SELLER = "seller"
    PLATFORM = "platform"
    UNSURE = "unsure"
    """Nobody has checked: a person decides. No file says so."""


class Proof(StrEnum):
    """How a customer shows that an order is hers."""

    MAIL_CODE = "mail_code"
    """Number and address, and a one-time code to the order's own address for what changes something."""
    CHANNEL_ORDER = "channel_order"
    """The platform ties its messages to its order: no code is mailed past it."""


class ReplyClock(Rule):
    within: int = Field(gt=0)
    unit: Literal[TimeUnit.HOUR, TimeUnit.BUSINESS_DAY]


class MessageContent(Rule):
    forbids: frozenset[Forbidden] = frozenset()
    max_characters: int | None = Field(None, ge=100)
    """Of one message."""


class ReturnOwner(Rule):
    owner: Literal[Returns.SELLER, Returns.PLATFORM]


class Identity(Rule):
    proven_by: Proof


class QuietHours(Clause):
    """Nothing begins in these hours of the customer's clock; `starts` may be later than `ends`, over midnight."""

    starts: ClockTime
    ends: ClockTime

    def holds(self, at: time) -> bool:
        starts, ends = time.fromisoformat(self.starts), time.fromisoformat(self.ends)
        return starts <= at < ends if starts <= ends else at >= starts or at < ends


class FirstWord(Rule):
    """Whether the seller may write first. An answer is none, however late it comes."""

    allowed: bool
    within_days_of_delivery: int | None = Field(None, gt=0)
    quiet: QuietHours | None = None

    @model_validator(mode="after")
    def _narrows_what_is_allowed(self) -> Self:
        if not self.allowed and (self.within_days_of_delivery or self.quiet):
            raise ValueError("where nothing may begin there is nothing to narrow")
        return self


class ChannelRules(Clause):
    """One channel. A rule that a marketplace lacks is not known, and taken for the strictest; the shop's own channels
    (`own: true`) are free where no rule of theirs says otherwise."""

    channel: ChannelName
    name: str = Field(min_length=1)
    """What customers call it."""
    own: bool = False
    also_called: tuple[ChannelName, ...] = ()
    reply: Dated[ReplyClock] | None = None
    request: Dated[ReplyClock] | None = None
    """A return or a claim that the customer opened there."""
    content: Dated[MessageContent] | None = None
    returns: Dated[ReturnOwner] | None = None
    identity: Dated[Identity] | None = None
    first_word: Dated[FirstWord] | None = None


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """What holds on a channel on one day."""

    name: str
    known: bool
    forbids: frozenset[Forbidden]
    max_characters: int | None
    returns: Returns
    proven_by: Proof
    answers_only: bool
    first_word: FirstWord | None
    reply: ReplyClock | None

    @property
    def words_only(self) -> bool:
        """Cards, sources and buttons do not travel there: only words do, and those are searched."""
        return bool(self.forbids)

    @property
    def checked(self) -> bool:
        """Whether there is anything to search a message for."""
        return bool(self.forbids) or self.max_characters is not None


def terms_of(rules: ChannelRules | None, day: date) -> ChannelTerms:
    """The terms of a day; of an unknown channel (None) the strictest."""
    if rules is None:
        return ChannelTerms(
            "", False, frozenset(Forbidden), None, Returns.UNSURE, Proof.CHANNEL_ORDER, True, None, None
        )
    content = rules.content.on(day) if rules.content else None
    identity = rules.identity.on(day) if rules.identity else None
    first_word = rules.first_word.on(day) if rules.first_word else None
    strictest = frozenset[Forbidden]() if rules.own else frozenset(Forbidden)
    return ChannelTerms(
        name=rules.name,
        known=True,
        forbids=content.forbids if content else strictest,
        max_characters=content.max_characters if content else None,
        returns=_returns(rules, day),
        proven_by=identity.proven_by if identity else Proof.MAIL_CODE if rules.own else Proof.CHANNEL_ORDER,
        answers_only=not (first_word.allowed if first_word else rules.own),
        first_word=first_word,
        reply=rules.reply.on(day) if rules.reply else None,
    )


def _returns(rules: ChannelRules, day: date) -> Returns:
    """What nobody has checked neither sends a customer away nor opens a return behind the platform's back."""
    rule = rules.returns.on(day) if rules.returns else None
    if rule is None:
        return Returns.SELLER if rules.own else Returns.UNSURE
    return Returns(rule.owner) if rule.may_deny or rules.own else Returns.UNSURE


def by_name(channels: Mapping[str, ChannelRules]) -> Mapping[str, ChannelRules]:
    """Channels by each of their names."""
    return {name: rules for rules in channels.values() for name in (rules.channel, *rules.also_called)}


def may_begin(terms: ChannelTerms, now: datetime, delivered_at: datetime | None) -> bool:
    """Whether the seller may write first now; `now` in the customer's own zone."""
    if terms.answers_only:
        return False
    rule = terms.first_word
    if rule is None:
        return True
    if rule.quiet and rule.quiet.holds(now.timetz().replace(tzinfo=None)):
        return False
    days = rule.within_days_of_delivery
    return days is None or (delivered_at is not None and now <= delivered_at + timedelta(days=days))


def due(clock: ReplyClock, since: datetime, zone: str, country: str) -> datetime:
    """Until when an answer is wanted. Business days are the shop's: no weekends, no public holidays of its country."""
    if clock.unit is TimeUnit.HOUR:
        return since + timedelta(hours=clock.within)
    moment = since.astimezone(ZoneInfo(zone))
    left = clock.within
    while left:
        moment += timedelta(days=1)
        left -= _works(moment.date(), country)
    return moment.astimezone(since.tzinfo)


def _works(day: date, country: str) -> bool:
    return day.weekday() < 5 and day not in public_holidays(country, day.year)
