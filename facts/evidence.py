"""Evidence: what a tool or a document said, in a form a reply can point at."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from facts.values import Fact


class EvidenceKind(StrEnum):
    TOOL = "tool"
    POLICY = "policy"
    PASSAGE = "passage"


class Quote(BaseModel):
    """A verbatim passage of a document with the place where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    document: str
    section: str = ""
    page: int | None = None
    version: str = ""
    language: str
    url: str | None = None


class Evidence(BaseModel):
    """One source of facts for a turn; `id` is unique in the conversation's turn (`e1`, `e2`, …).

    `statement` names the catalogue message that words this result. It is the only way a commitment
    (refunded, cancelled, will arrive) can be said; its arguments are `facts`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: EvidenceKind
    source: str
    title: Fact
    facts: dict[str, Fact] = Field(default_factory=dict)
    quote: Quote | None = None
    statement: str | None = None
