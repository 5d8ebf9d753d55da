"""A yes moves money, so only a whole message that is plainly a yes counts; a correction is neither yes nor no."""

from __future__ import annotations

import pytest

from nlu.answers import AnswerReader
from nlu.folding import fold
from nlu.lexicon import Answers, Lexicon
from nlu.perception import Answer, Entity, EntityKind


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> AnswerReader:
    return AnswerReader(lexicons)


@pytest.mark.parametrize("text", [
    "yes", "Yes!", "yes please", "YES, cancel it", "ok", "okay, thanks", "that's right", "that’s fine",
    "go ahead", "👍", "👍🏽",
    "ja", "Ja, gerne", "ja bitte", "passt", "genau", "Ja, das ist richtig.", "好的", "好的，谢谢", "可以",
    "是的，确认", "嗯嗯", "没问题", "行", "Oui, cela me convient", "Cela me va très bien",
    "Oui, c'est exactement ce que je voulais",
])  # fmt: skip
def test_plain_yes(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is Answer.YES


@pytest.mark.parametrize("text", [
    "no", "No, thanks", "nope", "not yes", "not yet", "please don't", "nein", "nee", "nein danke", "lieber nicht",
    "不用了", "不要", "不是", "算了", "不用了，谢谢", "👎", "cela ne me convient pas",
])  # fmt: skip
def test_plain_no(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is Answer.NO


@pytest.mark.parametrize("text", [
    "yes?", "ok?", "yes but to another address", "yes or no, I don't know", "yes, and where is my other order",
    "yesterday",
    "maybe", "I guess", "no idea", "ja, aber nur die blauen", "ja und wo bleibt der rest", "jain", "好像不对",
    "可以退吗", "好吗",
    "不是不可以", "是不是退全款", "what does yes mean", "if I say yes, what happens", "no yes", "ja nein", "",
    "yes " * 100,
])  # fmt: skip
def test_doubtful_text_is_no_answer(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is None


@pytest.mark.parametrize("text", [
    "no, the blue one", "No. The blue one", "I meant the other order", "yes but to another address",
    "sorry, I meant size 40",
    "nein, die blauen", "ich meinte die andere", "nicht die schwarze, sondern die blaue", "不是，是蓝色的",
    "说错了，是38码",
])  # fmt: skip
def test_correction_is_marked(reader: AnswerReader, text: str) -> None:
    said = reader.read(fold(text))
    assert said.correction
    assert said.answer is None


@pytest.mark.parametrize(
    "text", ["no", "nein", "不是", "where is my order", "I want to return the blue shoes", "yes"]
)
def test_no_correction_where_nothing_is_corrected(reader: AnswerReader, text: str) -> None:
    assert not reader.read(fold(text)).correction


@pytest.mark.parametrize("text", [
    "yes swap it", "Yes please, send me a new one", "ok I'll send it back", "sure, refund me", "yes, ask the carrier",
    "Ja, tauschen Sie es um", "ja bitte nochmal schicken", "gerne, erstatten Sie mir das", "ja suchen lassen, ja suchen",
    "Sí, cámbielo", "vale, reembólseme", "sí, lo devuelvo", "Oui, échangez-la", "oui renvoyez-le moi",
    "Oui, je vous le renvoie", "はい、交換でお願いします", "はい、それで", "はい、返送します", "はい、調査をお願いします",
    "好的，换吧", "嗯换", "行 补发吧", "好 退款吧", "恩恩可以", "好的，谢谢，就补发",
])  # fmt: skip
def test_a_yes_may_name_the_deed(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is Answer.YES


@pytest.mark.parametrize("text", [
    "swap it", "send it", "umtauschen", "cámbielo", "échangez-la", "交換してください", "换吧", "补发",
    "yes, send the blue one", "yes swap it for a 42", "ja, umtauschen in 43", "oui, échangez la robe",
    "好的，换蓝色的", "好的不换", "はい、交換はやめます",
])  # fmt: skip
def test_a_deed_alone_or_of_another_piece_is_no_yes(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is not Answer.YES


def test_a_word_on_which_languages_disagree_is_no_answer() -> None:
    polish = Lexicon(language="pl", answers=Answers(yes=("no",)))
    english = Lexicon(language="en", answers=Answers(no=("no",)))
    assert AnswerReader((polish, english)).read(fold("no")).answer is None


@pytest.mark.parametrize(("text", "name", "named"), [
    ("Yes please, PayPal.", "PayPal", True), ("ja, PayPal bitte", "PayPal", True), ("对，请换成微信", "微信", True),
    ("yes, but PayPal was wrong", "PayPal", False), ("PayPal", "PayPal", False), ("no, PayPal", "PayPal", False),
    ("yes, PayPal?", "PayPal", False),
])  # fmt: skip
def test_what_a_plain_yes_names(reader: AnswerReader, text: str, name: str, named: bool) -> None:
    start = text.index(name)
    entity = Entity(EntityKind.PAYMENT_METHOD, "x", name, start, start + len(name))
    assert reader.agreed(fold(text), (entity,)) == ((entity,) if named else ())
