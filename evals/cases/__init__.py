"""Cases, as data, and their reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversations.models import ActionState, HandoffReason, Owner

CASES = Path(__file__).parent
VARIANTS = 4


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpectedAction(Data):
    tool: str
    state: ActionState


class Expected(Data):
    """What must hold of the reply to one message; what is not named is not checked, save what always holds."""

    statements: tuple[str, ...] = ()
    """Catalogue statements whose evidence the reply must stand on."""
    absent: tuple[str, ...] = ()
    """Statements that it must not stand on."""
    says: tuple[str, ...] = ()
    """Catalogue messages without arguments whose words must be in the reply."""
    asks: tuple[str, ...] = ()
    """Catalogue messages with arguments whose opening words must be in the reply."""
    cites: bool = False
    """A passage must be quoted."""
    owner: Owner | None = None
    handoff: HandoffReason | None = None
    any_handoff: bool = False
    """Whether a person comes in does not matter here, nor why."""
    action: ExpectedAction | None = None
    silent: bool = False


class Said(Data):
    """One message of the customer: the same wish in four wordings. `{number}`, `{email}`, `{postcode}`, `{code}` and
    `{other_number}`, `{other_email}` (of `other_story`) are filled in."""

    say: tuple[str, ...]
    expect: Expected = Expected()
    later: int = Field(0, ge=0)
    """Minutes that pass before it."""
    photo: bool = False
    """A picture comes with it."""
    staff: tuple[str, ...] = ()
    """What staff do after the reply: `take`, `reply: words`, `hand_back`."""

    @model_validator(mode="after")
    def _four(self) -> Said:
        if len(self.say) not in (1, VARIANTS):
            raise ValueError(f"a message has one wording or {VARIANTS}")
        return self

    def variant(self, number: int) -> str:
        return self.say[number % len(self.say)]


class ExpectedReturn(Data):
    order: str = "{number}"
    skus: tuple[str, ...] | None = None
    quantity: int | None = None
    reason: str | None = None


class ExpectedClaim(Data):
    order: str = "{number}"
    kind: str
    remedy: str | None = None
    skus: tuple[str, ...] | None = None


class ExpectedChange(Data):
    """An order that is otherwise than before: each value by its path, `shipping_address.city` or `lines.0.sku`."""

    order: str = "{number}"
    values: dict[str, str | int] = Field(min_length=1)


class EndState(Data):
    """How the shop differs from its start; nothing named means nothing may have changed."""

    cancelled: tuple[str, ...] = ()
    returns: tuple[ExpectedReturn, ...] = ()
    claims: tuple[ExpectedClaim, ...] = ()
    changed: tuple[ExpectedChange, ...] = ()


class Case(Data):
    case: str
    language: str
    story: str
    other_story: str | None = None
    market: str | None = None
    signed_in: bool = False
    turns: tuple[Said, ...] = Field(min_length=1)
    end: EndState = EndState()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Case:
        """Doing nothing must never pass: where the shop stays as it was, some reply must show something."""
        demands = (turn.expect.model_dump(exclude_defaults=True) for turn in self.turns)
        if self.end == EndState() and not any(demands):
            raise ValueError(f"{self.case} would pass without a reply")
        return self


def load_cases(suite: str, language: str | None = None) -> Iterator[Case]:
    """The cases of a suite, in the order of their files; the folder is the language."""
    for folder in sorted((CASES / suite).iterdir()):
        if folder.is_dir() and language in (None, folder.name):
            for file in sorted(folder.glob("*.yaml")):
                rows: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))
                yield from (Case.model_validate({"language": folder.name, **row}) for row in rows)
