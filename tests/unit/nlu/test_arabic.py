"""Arabic chat: hamzas, vowel signs and digits as people type them, short answers, and names that are also words."""

from __future__ import annotations

import pytest

from nlu.answers import AnswerReader
from nlu.attributes import AttributeReader
from nlu.folding import fold, folded_letters
from nlu.lexicon import load_lexicons, shipped_languages
from nlu.perception import Answer

LEXICONS = load_lexicons([shipped_languages()])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("إلغـــاء الطلب", "الغا الطلب"),
        ("أينَ طلبي رقم ١٢٣٤؟", "اين طلبي رقم 1234?"),
        ("شُكرًا، قطعة واحدة؛", "شكرا, قطعه واحده;"),
        ("مسؤول على", "مسوول علي"),
    ],
)
def test_what_chat_leaves_out_is_not_read(typed: str, read: str) -> None:
    folded = fold(typed)
    assert folded.text == read == folded_letters(typed)
    assert len(folded.offsets) == len(read)


def test_a_word_lies_where_it_was_typed() -> None:
    typed = "رقم الإلغــاء"
    folded = fold(typed)
    start = folded.text.index("الالغا")
    assert typed[slice(*folded.span(start, start + 6))].startswith("الإلغــا")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("نعم", Answer.YES),
        ("ايوه، تمام", Answer.YES),
        ("موافقة، شكرًا", Answer.YES),
        ("إي ارجعه لو سمحت", Answer.YES),
        ("لا", Answer.NO),
        ("لا شكرا", Answer.NO),
        ("مو الحين", Answer.NO),
        ("مش عايزة", Answer.NO),
        ("خلاص خليه عندي", Answer.NO),
        ("نعم؟", None),
        ("نعم بس غير العنوان", None),
        ("موافق بشرط ما أدفع شي", None),
        ("نعم لكن لا تلغوا الطلب", None),
        ("لا تمام", None),
        ("ماشي", None),
        ("إن شاء الله", None),
    ],
)
def test_a_yes_is_sure_and_a_doubt_is_none(said: str, answer: Answer | None) -> None:
    assert AnswerReader(LEXICONS).read(fold(said)).answer is answer


@pytest.mark.parametrize(
    ("said", "country"),
    [
        ("توصلون للسعودية؟", ["SA"]),
        ("أبي التوصيل بدبي", ["AE"]),
        ("أنا مصر على استرجاع فلوسي", []),
        ("مالي خلق انتظر", []),
    ],
)
def test_countries_carry_their_prepositions_and_hide_in_no_word(said: str, country: list[str]) -> None:
    assert [code for code in AttributeReader(LEXICONS).countries(said) if code] == country
