"""The words of the pages: every language says the same things, and the pages ask for nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from i18n.languages import load_languages

WEB = Path(__file__).parent.parent.parent.parent / "web"
CUSTOMERS = set(load_languages())
PAGES = {"chat": CUSTOMERS, "desk": {"en", "de", "zh-Hans"}, "outbox": CUSTOMERS}
"""The languages that each page speaks at least: customers read two of them."""
HOLE = re.compile(r"\{(\w+)\}")
ASKED = re.compile(r'data-(?:word|label|placeholder)="([^"]+)"|\b(?:say|find)\("([\w.]+)"')


def _words(page: str, language: str) -> dict[str, str]:
    words: dict[str, str] = json.loads((WEB / page / "words" / f"{language}.json").read_text("utf-8"))
    return words


@pytest.mark.parametrize("page", PAGES)
def test_every_language_words_the_same_things_with_the_same_holes(page: str) -> None:
    english = _words(page, "en")
    languages = {path.stem for path in (WEB / page / "words").glob("*.json")}
    assert PAGES[page] <= languages
    for language in languages:
        words = _words(page, language)
        assert words.keys() == english.keys(), language
        for name, text in words.items():
            assert set(HOLE.findall(text)) == set(HOLE.findall(english[name])), f"{language}: {name}"


@pytest.mark.parametrize("page", PAGES)
def test_whatever_a_page_says_is_worded(page: str) -> None:
    known = _words(page, "en").keys() | (_words("chat", "en").keys() if page == "desk" else set())
    for path in [*(WEB / page).glob("*.js"), WEB / page / "index.html"]:
        for found in ASKED.finditer(path.read_text("utf-8")):
            assert (found[1] or found[2]) in known, f"{path.name}: {found[0]}"


def test_no_page_builds_markup_from_text_or_names_another_host() -> None:
    for path in WEB.rglob("*"):
        if path.suffix in {".js", ".css", ".html"}:
            text = path.read_text("utf-8")
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), (
                path
            )
            assert not re.search(r"""(?:src|href|import|from|url\()[="'( ]+(?:https?:)?//""", text), path
            assert not re.search(r"<style|style=\"|<script(?! type=\"module\" src=)| on\w+=\"", text), path
