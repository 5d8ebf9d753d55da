"""How a country's people may be written to: in which language, when, and with which words."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from markets.rule import Clause, Rule

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class MandatoryLanguages(Rule):
    codes: tuple[Language, ...] = Field(min_length=1)
    """Of what a consumer must be told before buying; one of them is enough."""


class Channel(StrEnum):
    CALL = "call"
    TEXT = "text"
    EMAIL = "email"


class AllowedHours(Clause):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    days: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), min_length=1)
    from_: time = Field(alias="from")
    to: time

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("ends before it begins")
        return self


class QuietHours(Rule):
    """Advertising is sent in the allowed hours only, by the recipient's clock; all others are quiet."""

    channels: tuple[Channel, ...] = Field(min_length=1)
    allowed: tuple[AllowedHours, ...] = Field(min_length=1)
    holidays_quiet: bool = False


class ForbiddenWords(Rule):
    """Words by language, in small letters where the script has any. A list is never complete."""

    never: dict[Language, tuple[str, ...]] = Field(default_factory=dict)
    unless_proven: dict[Language, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not self.never and not self.unless_proven:
            raise ValueError("names no words")
        return self
