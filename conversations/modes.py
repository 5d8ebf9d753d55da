"""Which cells of channel × market × intent speak, draft or watch: the rules of `modes.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import structlog
import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from conversations.models import Conversation, Mode
from facts.yaml_text import read_words
from nlu.intents import Intent

log = structlog.get_logger(__name__)

_CAREFUL_FIRST = list(Mode)


class ModesError(Exception):
    """The file does not say what it must; the message names the rule."""


def most_careful(modes: Iterable[Mode]) -> Mode:
    """The strictest of several; shadow is stricter than draft."""
    return min(modes, key=_CAREFUL_FIRST.index)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Market = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class ModeRule(BaseModel):
    """One line of the file: what it does not name, it leaves open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode
    channel: Annotated[tuple[Channel, ...], BeforeValidator(_listed)] = ()
    market: Annotated[tuple[Market, ...], BeforeValidator(_listed)] = ()
    intent: Annotated[tuple[Intent, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _names_something(self) -> ModeRule:
        if not (self.channel or self.market or self.intent):
            raise ValueError("a rule names a channel, a market or an intent")
        return self

    def fits(self, channel: str, market: str | None, intent: str) -> bool:
        named = ((self.channel, channel), (self.market, market), (self.intent, intent))
        return all(not allowed or value in allowed for allowed, value in named)

    @property
    def weight(self) -> tuple[int, bool, bool]:
        """The more it names the more it weighs; an intent more than a market, a market more than a channel."""
        named = sum(map(bool, (self.channel, self.market, self.intent)))
        return named, bool(self.intent), bool(self.market)


class Modes:
    """The rules as the file has them now. It is looked at in every turn, and read again when it has changed."""

    def __init__(self, default: Mode = Mode.DRAFT, file: Path | None = None) -> None:
        """Raises ModesError where the file is there and wrong."""
        self.default = default
        self._file = file
        self._read_at: tuple[int, int] | None = None
        self._rules: tuple[ModeRule, ...] = ()
        self._wrong: str | None = None
        self._look()
        if self._wrong:
            raise ModesError(self._wrong)

    @property
    def rules(self) -> tuple[ModeRule, ...]:
        """In the order of the file; none where it is missing or has become wrong."""
        self._look()
        return self._rules

    @property
    def wrong(self) -> str | None:
        """Why the file cannot be read; then every turn is a draft at most."""
        self._look()
        return self._wrong

    def mode(self, conversation: Conversation, intents: Sequence[str], *, stopped: bool = False) -> Mode:
        """The most careful mode of what a turn is about; with the kill switch on, a draft at most.

        Without intents only rules count that name none.
        """
        rules = self.rules
        found = [self._of(rules, conversation, intent) for intent in intents or ("",)]
        if stopped or self._wrong:
            found.append(Mode.DRAFT)
        return most_careful(found)

    def _of(self, rules: tuple[ModeRule, ...], conversation: Conversation, intent: str) -> Mode:
        market = (conversation.market or "").upper()
        fitting = [rule for rule in rules if rule.fits(conversation.channel, market, intent)]
        # `max` keeps the first of several that weigh the same.
        return max(fitting, key=lambda rule: rule.weight).mode if fitting else self.default

    def _look(self) -> None:
        changed = self._changed()
        if changed == self._read_at:
            return
        self._read_at, self._rules, self._wrong = changed, (), None
        if self._file is None or changed is None:
            return
        try:
            self._rules = load_rules(self._file)
        except ModesError as error:
            self._wrong = str(error)
            log.error("modes_not_read", reason=self._wrong)

    def _changed(self) -> tuple[int, int] | None:
        """When the file was written and how long it is; None where there is none."""
        try:
            found = self._file.stat() if self._file else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size) if found else None


def load_rules(file: Path) -> tuple[ModeRule, ...]:
    """Read `modes.yaml`, a list of rules; raises ModesError with the rule that is wrong."""
    try:
        rows = read_words(file.read_text("utf-8")) or []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModesError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(rows, list):
        raise ModesError(f"{file.name} is not a list of rules")
    return tuple(_rule(file.name, number, row) for number, row in enumerate(rows, start=1))


def _rule(name: str, number: int, row: Any) -> ModeRule:
    try:
        return ModeRule.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModesError(f"{name}: rule {number}: {where or 'rule'}: {first['msg']}") from error
