"""Slips are put right where a usual word is meant; real words, names and codes stay what they are."""

from __future__ import annotations

import pytest

from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.masking import DEFAULT_ORDER_NUMBER
from nlu.perception import EntityKind
from nlu.reading import MessageReader


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> MessageReader:
    return MessageReader(lexicons, DEFAULT_ORDER_NUMBER)


def read(reader: MessageReader, text: str, language: str) -> str:
    return reader.respelt(fold(text), language).text


@pytest.mark.parametrize(("text", "language", "meant"), [
    ("meine bestelung", "de", "meine bestellung"), ("rücksednung", "de", "rücksendung"),
    ("moechte stornieren", "de", "möchte stornieren"), ("zu gros", "de", "zu gross"),
    ("my pakage", "en", "my package"), ("remvoe it", "en", "remove it"), ("cancle my oder", "en", "cancel my oder"),
    ("我的定单", "zh-Hans", "我的订单"), ("想推货", "zh-Hans", "想退货"), ("tui款", "zh-Hans", "退款"),
])  # fmt: skip
def test_a_slip_is_read_as_it_was_meant(reader: MessageReader, text: str, language: str, meant: str) -> None:
    assert read(reader, text, language) == meant


@pytest.mark.parametrize(("text", "meant"), [
    ("trop grd", "trop grand"), ("vs prenez koi kom carte", "vous prenez quoi comme carte"),
    ("cb de jours", "combien de jours"), ("cb de tps", "combien de temps"),
    ("payé par cb", "payé par cb"), ("c combien", "c'est combien"),
    ("vitamine c", "vitamine c"), ("sava ?", "ça va ?"),
])  # fmt: skip
def test_shorthand_is_read_as_the_word_it_stands_for(reader: MessageReader, text: str, meant: str) -> None:
    assert read(reader, text, "fr") == meant
    assert read(reader, "vs", "en") == "vs"


@pytest.mark.parametrize(("text", "language"), [
    ("wie wird das wetter", "de"), ("die rechnungen", "de"), ("merino und lotte", "de"), ("grösse xxl", "de"),
    ("the water is cold", "en"), ("mf-10428 lena@posthaus.example", "de"), ("the president", "en"),
    ("我不想活了", "zh-Hans"), ("知道了", "zh-Hans"), ("这些东西", "zh-Hans"),
])  # fmt: skip
def test_what_is_no_slip_stays(reader: MessageReader, text: str, language: str) -> None:
    assert read(reader, text, language) == text


def test_places_still_refer_to_what_was_typed(reader: MessageReader) -> None:
    message = reader.read("posleitzahl 20259, MF-10428 zurük", "de")
    told = [(e.kind.value, e.text) for e in message.entities if e.kind is not EntityKind.CHANGE]
    assert told[:2] == [
        ("postcode", "20259"),
        ("order_number", "MF-10428"),
    ]
    assert message.text == "posleitzahl 20259, MF-10428 zurük"


@pytest.mark.parametrize(("text", "language", "plain"), [
    ("Where is my parcel? Order MF-10428, 10115.", "en", "Where is my parcel?"),
    ("My email is a@b.example, I want to cancel MF-10428", "en", "I want to cancel #1"),
    ("wo is MF-10428 mail lena@posthaus.example", "de", "wo is #1"),
    ("我的邮箱是a@b.example，帮我取消MF-10428", "zh-Hans", "帮我取消#1"),
])  # fmt: skip
def test_details_are_left_out_of_what_is_encoded(
    reader: MessageReader, text: str, language: str, plain: str
) -> None:
    assert reader.plain(reader.read(text, language)) == plain


@pytest.mark.parametrize(("text", "language", "only"), [
    ("MF-10428, a@b.example", "en", True), ("die Bestellnummer ist MF-10428", "de", True),
    ("邮箱是a@b.example", "zh-Hans", True),
    ("wo ist MF-10428", "de", False), ("cancel MF-10428", "en", False), ("MF-10428要退", "zh-Hans", False),
    ("hello", "en", False),
])  # fmt: skip
def test_a_message_of_details_alone_asks_for_nothing(
    reader: MessageReader, text: str, language: str, only: bool
) -> None:
    assert reader.only_details(reader.read(text, language)) is only
