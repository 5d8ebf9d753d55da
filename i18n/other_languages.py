"""What is said, in her own language, to a customer whose language has no catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from facts.yaml_text import read_words
from i18n.names import language_name


def apology(language: str, answered_in: str) -> str | None:
    """One line in `language` that says in which one it goes on; None where no such line is kept."""
    line = lines().get(language)
    return line and line.format(language=language_name(answered_in, language))


@cache
def lines() -> Mapping[str, str]:
    """By the code of the language identification."""
    return dict(read_words((files(__package__) / "other_languages.yaml").read_text("utf-8")))
