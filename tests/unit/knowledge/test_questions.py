"""The questions that calibrate retrieval exist in every language that the demo shop's documents have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.calibrate import KEY_LANGUAGE, QUESTIONS

DOCUMENTS = Path("commerce/demo/policies/documents")
LANGUAGES = sorted(folder.name for folder in DOCUMENTS.iterdir() if folder.is_dir())


def questions(language: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((QUESTIONS / f"{language}.yaml").read_text("utf-8"))
    return data


def sections(language: str) -> set[str]:
    return {heading for key in questions(language)["answerable"] for heading in key.split(" | ")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_asks_about_the_same_sections(language: str) -> None:
    assert sections(language) == sections(KEY_LANGUAGE)
    assert len(questions(language)["unanswerable"]) >= 25
