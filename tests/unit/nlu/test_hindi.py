"""Hindi chat: dots, nasals, stops and digits as typed, Latin letters, short answers, and words that are also others."""

from __future__ import annotations

import pytest

from nlu.answers import AnswerReader
from nlu.attributes import AttributeReader
from nlu.folding import fold, folded_letters
from nlu.lexicon import Lexicon
from nlu.perception import Answer
from nlu.phrases import PhraseSet
from nlu.vocabulary import words_of


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("हाँ। ज़रूर", "हां. जरूर"),
        ("ऑर्डर नंबर १२३४५", "ऑर्डर नंबर 12345"),
        ("पढ़ा नहीं॥", "पढा नहीं."),
    ],
)
def test_what_is_typed_in_several_ways_is_read_in_one(typed: str, read: str) -> None:
    folded = fold(typed)
    assert folded.text == read == folded_letters(typed)
    assert len(folded.offsets) == len(read)


def test_vowel_signs_belong_to_words() -> None:
    assert [word for _, _, word in words_of(fold("मेरा पार्सल नहीं मिला।").text)] == [
        "मेरा",
        "पार्सल",
        "नहीं",
        "मिला",
    ]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("हाँ, कर दें", Answer.YES),
        ("जी हाँ कैंसल कर दीजिए", Answer.YES),
        ("ठीक है।", Answer.YES),
        ("haan ji kar do bhai", Answer.YES),
        ("thik h", Answer.YES),
        ("नहीं", Answer.NO),
        ("रहने दीजिए", Answer.NO),
        ("nhi rehne do", Answer.NO),
        ("cancel mat karo", Answer.NO),
        ("हाँ लेकिन पता बदल दो", None),
        ("haan nahi", None),
        ("pata nahi", None),
    ],
)
def test_a_yes_is_sure_and_a_doubt_is_none(
    said: str, answer: Answer | None, lexicons: tuple[Lexicon, ...]
) -> None:
    assert AnswerReader(lexicons).read(fold(said)).answer is answer


@pytest.mark.parametrize(
    ("said", "kind", "values"),
    [
        ("शर्ट बहुत ढीली है", "return_reason", ["too_large"]),
        ("joote bahut tight hain", "return_reason", ["too_small"]),
        ("dabbe me ek item kam hai", "claim_kind", ["missing"]),
        ("पार्सल अभी तक नहीं मिला", "arrived", ["no"]),
        ("मुझे पता नहीं", "change", []),
        ("पता बदलना है", "change", ["address"]),
    ],
)
def test_what_is_said_is_understood(
    said: str, kind: str, values: list[str], lexicons: tuple[Lexicon, ...]
) -> None:
    found = AttributeReader(lexicons).read(fold(said))
    assert [entity.value for entity in found if entity.kind.value == kind] == values


@pytest.mark.parametrize(
    ("said", "signals"),
    [
        ("चार्जर से धुआँ निकल रहा है", {"safety"}),
        ("aag laga dunga", {"threat", "safety"}),
        ("उपभोक्ता फोरम में जाऊँगा", {"legal"}),
        ("मैं 14 साल का हूँ", {"minor"}),
        ("मेरा पार्सल चोरी हो गया", set()),
        ("शर्ट फट गई है", set()),
    ],
)
def test_danger_and_threats_are_told_from_trouble(
    said: str, signals: set[str], lexicons: tuple[Lexicon, ...]
) -> None:
    names = {name for lexicon in lexicons for name in lexicon.feelings.signals}
    phrases = {
        name: PhraseSet(p for lexicon in lexicons for p in lexicon.feelings.signals.get(name, ()))
        for name in names
    }
    assert {name for name, known in phrases.items() if known.search(fold(said).text)} == signals
