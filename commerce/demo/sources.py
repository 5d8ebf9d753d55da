"""The texts in policies/sources, which are set as PDF or DOCX pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from commerce.demo.files import HERE

SOURCES = HERE / "policies" / "sources"


@dataclass(frozen=True, slots=True)
class Source:
    """One text: where its page goes, what it says about itself, its paragraphs."""

    language: str
    name: str
    about: dict[str, Any]
    paragraphs: tuple[str, ...]

    @property
    def keywords(self) -> str:
        """The facts that a page has no other place for."""
        about = self.about
        return f"version={about['version']}; effective={about['effective']}; url={about['url']}"


def sources(kind: str) -> Iterator[Source]:
    """Those that are set as this kind of page: `format` names it, PDF where nothing does."""
    for path in sorted(SOURCES.glob("*/*.md")):
        _, front, body = path.read_text("utf-8").split("---\n", 2)
        about = yaml.safe_load(front)
        if about.get("format", "pdf") == kind:
            yield Source(path.parent.name, path.stem, about, tuple(body.strip().split("\n\n")))
