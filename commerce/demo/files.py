"""Where the demo shop's files lie and how its data files are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from facts.yaml_text import read_values

HERE = Path(__file__).parent


def demo_policy_file() -> Path:
    """The shop's structured policy."""
    return HERE / "policies" / "policy.yaml"


def demo_documents_dir() -> Path:
    """The shop's pages, one folder for each language (`en`, `de`, `zh-Hans`)."""
    return HERE / "policies" / "documents"


def read_yaml(path: Path) -> Any:
    """One YAML file."""
    return read_values(path.read_text("utf-8"))


def read_data(name: str) -> Any:
    """One of the shop's data files by its name without the ending."""
    return read_yaml(HERE / "data" / f"{name}.yaml")
