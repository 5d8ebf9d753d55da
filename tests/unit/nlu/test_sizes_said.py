"""Sizes beside a size that is known: which numbers are one, and which of them it fits like."""

from __future__ import annotations

import pytest

from i18n.languages import BUILT_IN
from nlu.attributes import AttributeReader
from nlu.folding import fold
from nlu.lexicon import load_lexicons
from nlu.perception import Mood, Perception
from nlu.sizes_said import like_said, sizes_said

READER = AttributeReader(load_lexicons([BUILT_IN]))


def seen(text: str) -> Perception:
    return Perception(
        text=text, language="en", language_sure=True, segments=(), entities=tuple(READER.read(fold(text))),
        answer=None, correction=False, mood=Mood.CALM, mood_score=0.0, signals=frozenset(), injection=0.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "this 38 fits like a 36",
        "Die 38 fällt aus wie eine 36",
        "这双38码穿起来像36码",
        "38なのに36みたいです",
        "Esta 38 talla como una 36",
        "Le 38 taille comme un 36",
    ],
)
def test_the_size_that_it_fits_like_is_told_from_the_size_that_it_is(text: str) -> None:
    said = sizes_said(seen(text), "38")
    assert [value for _, value in said] == ["38", "36"]
    assert like_said(seen(text), said) == "36"
    assert like_said(seen(text), said, "38") == "36"


@pytest.mark.parametrize(
    ("text", "own", "sizes"),
    [
        ("in 39 please", "38", ["39"]),
        ("41,5 wäre richtig", "EU 41", ["41.5"]),
        ("it runs two sizes small", "38", []),
        ("I paid 40 € 39 days ago", "38", []),
        ("order FH-10438 from 2026", "38", []),
        ("1", "M", []),
        ("XL", "M", ["XL"]),
        ("size 99", "38", []),
    ],
)
def test_other_numbers_are_no_sizes(text: str, own: str, sizes: list[str]) -> None:
    assert [value for _, value in sizes_said(seen(text), own)] == sizes


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("they run really small", "fit", "smaller"),
        ("fallen viel zu groß aus", "fit", "larger"),
        ("这件偏大", "fit", "larger"),
        ("小さめでした", "fit", "smaller"),
        ("talla muy pequeña", "fit", "smaller"),
        ("ça taille grand", "fit", "larger"),
        ("one size bigger", "size_step", "up"),
        ("eine Nummer kleiner", "size_step", "down"),
        ("大一码的", "size_step", "up"),
        ("ワンサイズ大きいもの", "size_step", "up"),
        ("una talla más", "size_step", "up"),
        ("la taille en dessous, une taille en dessous", "size_step", "down"),
        ("Return it", "way", "return"),
        ("Behalten", "way", "keep"),
        ("换货", "way", "exchange"),
        ("返品したい", "way", "return"),
        ("Quedármelo", "way", "keep"),
        ("L’échanger", "way", "exchange"),
    ],
)
def test_words_about_fit_and_wishes_are_heard(text: str, kind: str, value: str) -> None:
    assert (kind, value) in {(e.kind.value, e.value) for e in READER.read(fold(text))}
