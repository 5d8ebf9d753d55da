"""Reads the YAML that rooms keep their rules and words in, by the fast parser where PyYAML was built with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WordLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Keeps every scalar the text it is: "no" and "on" are words."""


def read_values(text: str) -> Any:
    """The document with its numbers, dates and booleans; raises yaml.YAMLError."""
    return yaml.load(text, Loader=Loader)


def read_words(text: str) -> Any:
    """The document with nothing but text; raises yaml.YAMLError."""
    return yaml.load(text, Loader=WordLoader)


def parts(folder: Path, name: str) -> list[Path]:
    """The files that make up one kind of data: `name.yaml` where there is one, and those in the folder `name`."""
    whole = folder / f"{name}.yaml"
    return [*([whole] if whole.exists() else []), *sorted((folder / name).glob("*.yaml"))]
