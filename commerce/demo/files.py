"""Where the demo shop's files lie and how its data files are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facts.yaml_text import read_values

HERE = Path(__file__).parent


def demo_policy_file() -> Path:
    """The shop's structured policy."""
    return HERE / "policies" / "policy.yaml"


def demo_documents_dir() -> Path:
    """The shop's pages, one folder for each language (`en`, `de`, `zh-Hans`, …)."""
    return HERE / "policies" / "documents"


def demo_vectors_file() -> Path:
    """What the encoders made of the shop's pages."""
    return HERE / "policies" / "vectors.npz"


def read_yaml(path: Path) -> Any:
    """One YAML file."""
    return read_values(path.read_text("utf-8"))


def read_data(name: str) -> Any:
    """One of the shop's data files by its name without the ending."""
    return read_yaml(HERE / "data" / f"{name}.yaml")


def read_entries(name: str) -> list[dict[str, Any]]:
    """A list that is told in a file, if there is one, and in the files of the folder of its name, in their order."""
    return [entry for part in _parts(name) for entry in part]


def read_table(name: str) -> dict[str, Any]:
    """A table that is told in a file and in the files of the folder of its name, in their order."""
    return {key: value for part in _parts(name) for key, value in part.items()}


def _parts(name: str) -> Iterator[Any]:
    first = HERE / "data" / f"{name}.yaml"
    more = sorted((HERE / "data" / name).glob("*.yaml"))
    return (read_yaml(path) for path in ([first] if first.is_file() else []) + more)
