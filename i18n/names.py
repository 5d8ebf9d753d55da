"""What languages are called, in words of another language."""

from __future__ import annotations

from babel import Locale as BabelLocale


def language_name(language: str, told_in: str) -> str:
    """A language as readers of another call it."""
    name = BabelLocale.parse(language, sep="-").get_display_name(told_in.replace("-", "_"))
    return name or language
