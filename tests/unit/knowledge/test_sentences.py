"""Sentences of several languages are found where a reader would find them."""

import pytest

from knowledge.sentences import sentences, weight


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "We ship daily. It costs $4.95. Really?", ["We ship daily.", "It costs $4.95.", "Really?"]),
        ("en", "Mr. Smith agrees, e.g. today. Next.", ["Mr. Smith agrees, e.g. today.", "Next."]),
        (
            "de",
            "Am 3. Oktober ist zu. Es geht z. B. per Post.",
            ["Am 3. Oktober ist zu.", "Es geht z. B. per Post."],
        ),
        (
            "zh-Hans",
            "30天内可退。免费!好吗?“可以。”他说。",
            ["30天内可退。", "免费!", "好吗?", "“可以。”", "他说。"],
        ),
        ("ja", "返品できます。送料は無料です。", ["返品できます。", "送料は無料です。"]),
        ("hi", "यह अच्छा है। हम भेजते हैं।", ["यह अच्छा है।", "हम भेजते हैं।"]),
        ("en", "😀 Hello there. Next 😀 one.", ["😀 Hello there.", "Next 😀 one."]),
        ("en", "First row\nSecond row", ["First row", "Second row"]),
        ("en", "", []),
    ],
)
def test_sentences_end_where_a_reader_stops(language: str, text: str, expected: list[str]) -> None:
    assert sentences(text, language) == expected


def test_an_ideograph_weighs_more_than_a_letter() -> None:
    assert weight("退货") == 4
    assert weight("ab") == 2
