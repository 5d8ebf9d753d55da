"""A document as its reader sees it: what it says about itself, and its blocks in order."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from babel import Locale as Cldr
from babel import UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SCRIPTS = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant"}


class UnreadableDocument(Exception):
    """The document cannot be taken in; the message is the reason that the merchant reads."""


class Kind(StrEnum):
    TITLE = "title"
    TEXT = "text"
    ITEM = "item"
    TABLE = "table"


class Block(BaseModel):
    """A heading, paragraph, list item or table (one line for each row), with whitespace normalised only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    text: str
    depth: int = 0
    page: int | None = None
    anchor: str | None = None


class About(BaseModel):
    """What a document says about itself; `language` is a BCP 47 tag without a country (`de`, `zh-Hans`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str = ""
    language: str = ""
    version: str = ""
    market: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    effective: date | None = None
    expires: date | None = None
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")

    @field_validator("title", "version", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """YAML reads `version: 2026-01-15` as a date and `version: 3` as a number."""
        return value if isinstance(value, str) else str(value)

    @field_validator("language")
    @classmethod
    def _known(cls, value: str) -> str:
        return language_tag(value) if value else ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective and self.expires and self.expires < self.effective:
            raise ValueError("expires before it is effective")
        return self


class Document(BaseModel):
    """A parsed document: the answer of the worker process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: About
    blocks: tuple[Block, ...]


def language_tag(name: str) -> str:
    """The tag under which a language's documents are kept: `de-AT` → `de`, `zh_CN` → `zh-Hans`.

    Raises ValueError where CLDR does not know the language.
    """
    name = name.strip().replace("_", "-")
    try:
        locale = Cldr.parse(name, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{name!r} is not a language") from error
    if locale.language == "zh" and not locale.script:
        return SCRIPTS.get(name, "zh-Hans")
    return f"{locale.language}-{locale.script}" if locale.script else locale.language
