"""Sentences are joined as their language writes."""

import pytest

from conversations.wording import joined


@pytest.mark.parametrize(
    ("pieces", "language", "text"),
    [
        ([], "en", ""),
        (["One.", "Two."], "en", "One. Two."),
        (["One.", "\n\nTwo."], "en", "One.\n\nTwo."),
        (["One. ", "Two."], "de-CH", "One. Two."),
        (["一。", "二。"], "zh-Hans", "一。二。"),
        (["一。", "二。"], "ja", "一。二。"),
        (["ได้ค่ะ", "ขอบคุณค่ะ"], "th", "ได้ค่ะ ขอบคุณค่ะ"),
        (["", "Two."], "en", "Two."),
    ],
)
def test_pieces_become_one_text(pieces: list[str], language: str, text: str) -> None:
    assert joined(pieces, language) == text
