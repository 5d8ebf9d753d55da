"""The port through which every sentence and fact becomes words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from facts.values import Fact
from i18n.locale import Locale

Argument = Fact | str | int


class MessageMissing(LookupError):
    """No catalogue has the message."""


class ArgumentMissing(LookupError):
    """A message was rendered without one of its arguments."""


class Renderer(Protocol):
    """Renders catalogue messages (ICU MessageFormat) and single facts for a locale."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The complete languages."""
        ...

    def message(self, locale: Locale, message_id: str, arguments: Mapping[str, Argument]) -> str:
        """The message in the locale's language; raises MessageMissing or ArgumentMissing."""
        ...

    def fact(self, locale: Locale, fact: Fact) -> str:
        """A fact as that locale writes it."""
        ...

    def has(self, message_id: str) -> bool: ...

    def direction(self, language: str) -> str:
        """`ltr` or `rtl`."""
        ...

    def quote(self, language: str, text: str) -> str:
        """The text in the language's quotation marks."""
        ...

    def join(self, language: str, sentences: Iterable[str]) -> str:
        """Sentences as one text, spaced as the language spaces them."""
        ...
