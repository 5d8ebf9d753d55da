"""Texts for models, one file each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def prompt(name: str) -> str:
    """The prompt file `name.md`; its `<placeholders>` are filled by the caller."""
    return (files(__package__) / f"{name}.md").read_text("utf-8")
