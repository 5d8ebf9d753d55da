"""A rule with its source and its date, none of them more certain than it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from facts.values import Money

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


def _money(written: object) -> object:
    """`150 EUR` as Money; anything else is left to pydantic."""
    if not isinstance(written, str) or len(parts := written.split()) != 2:
        return written
    try:
        return Money.of(*parts)
    except ArithmeticError:
        raise ValueError(f"{written} is no amount with its currency, such as 150 EUR") from None


Amount = Annotated[Money, BeforeValidator(_money)]


class Clause(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Clause):
    """A rule of law or of an authority. What could not be checked is `unverified`: told as far as we know, never a reason
    to deny anything."""

    source: str = Field(min_length=8)
    """The law or the authority, in our words."""
    since: date | None = None
    """The first day on which it holds, or is known to hold; None only where it is unverified."""
    until: date | None = None
    """The last day on which it holds, where it is known to end."""
    checked: date | None = None
    """When somebody last compared the rule with its source."""
    unverified: bool = False
    note: str | None = None
    """For people: what the fields cannot say."""

    @model_validator(mode="after")
    def _is_checked_or_says_so(self) -> Self:
        if self.unverified == (self.checked is not None):
            raise ValueError("a rule has either the date on which it was checked or `unverified: true`")
        if self.since is None and not self.unverified:
            raise ValueError("a checked rule has the date since which it holds")
        if self.since and self.until and self.until < self.since:
            raise ValueError("ends before it begins")
        return self

    @property
    def may_deny(self) -> bool:
        """Whether something may be refused to a customer because of this rule."""
        return not self.unverified

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


R = TypeVar("R", bound=Rule)


class Dated(RootModel[tuple[R, ...]], Generic[R]):
    """One rule and what it was before or will be: a single mapping, or a list of them."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, written: object) -> object:
        return (written,) if isinstance(written, dict) else written

    @model_validator(mode="after")
    def _each_its_own_day(self) -> Self:
        if len({rule.since for rule in self.root}) != len(self.root):
            raise ValueError("two alternatives begin on the same day")
        return self

    def on(self, day: date) -> R | None:
        """The rule of that day; None where none is known."""
        holding = [rule for rule in self.root if rule.holds(day)]
        return max(holding, key=lambda rule: rule.since or date.min, default=None)
