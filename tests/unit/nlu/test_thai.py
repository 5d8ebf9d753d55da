"""Thai is written without spaces between words: what it says is found inside the run, and no word inside another."""

from __future__ import annotations

import pytest

from nlu.answers import AnswerReader
from nlu.attributes import AttributeReader
from nlu.folding import fold
from nlu.identifiers import IdentifierReader
from nlu.language import LanguageReader
from nlu.lexicon import Lexicon
from nlu.mood import Cues
from nlu.perception import Answer, EntityKind, Signal
from nlu.spelling import Speller


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ใช่ค่ะ", Answer.YES),
        ("ได้เลยครับ", Answer.YES),
        ("โอเคค่ะ ขอบคุณค่ะ", Answer.YES),
        ("ครับ", Answer.YES),
        ("ตกลงคืนเงินเลยค่ะ", Answer.YES),
        ("ไม่ค่ะ", Answer.NO),
        ("ไม่ใช่ครับ", Answer.NO),
        ("ไม่เป็นไรค่ะ", Answer.NO),
        ("อย่าเพิ่งยกเลิกนะคะ", Answer.NO),
        ("ขอคิดดูก่อนนะคะ", Answer.NO),
        ("ใช่ไหมคะ", None),
        ("คะ", None),
        ("แล้วแต่", None),
        ("คืนเงินค่ะ", None),
        ("ได้รับเงินคืน", None),
        ("ตกลงแต่ขอเปลี่ยนที่อยู่ก่อน", None),
    ],
)
def test_a_yes_is_sure_and_a_doubt_is_none(
    said: str, answer: Answer | None, lexicons: tuple[Lexicon, ...]
) -> None:
    assert AnswerReader(lexicons).read(fold(said)).answer is answer


@pytest.mark.parametrize(
    ("said", "kind", "values"),
    [
        ("ส่งไปญี่ปุ่นกี่วันคะ", EntityKind.COUNTRY, ["JP"]),
        ("เช็กพัสดุให้หน่อยค่ะ", EntityKind.COUNTRY, []),
        ("ส่งมาเลยค่ะ", EntityKind.COUNTRY, []),
        ("ตอบเป็นภาษาอังกฤษได้ไหม", EntityKind.COUNTRY, []),
        ("โอนผ่านกสิกรไทยได้ไหม", EntityKind.COUNTRY, []),
        ("รองเท้าคู่นี้ขอเป็นไซส์42สีดำค่ะ", EntityKind.SIZE, ["42"]),
        ("รองเท้าคู่นี้ขอเป็นไซส์42สีดำค่ะ", EntityKind.COLOUR, ["black"]),
        ("ขอคืนสองคู่ค่ะ", EntityKind.QUANTITY, ["2"]),
        ("ขอคืน๒คู่ค่ะ", EntityKind.QUANTITY, ["2"]),
        ("ห้ามส่งตัวเก่านะคะ", EntityKind.QUANTITY, []),
        ("โดนหลอกค่ะ", EntityKind.RETURN_REASON, []),
        ("ของมาไม่ครบค่ะ", EntityKind.CLAIM_KIND, ["missing"]),
        ("เก็บเงินปลายทางได้ไหม", EntityKind.POLICY_TOPIC, ["cash_on_delivery"]),
    ],
)
def test_words_are_found_in_the_run(
    said: str, kind: EntityKind, values: list[str], lexicons: tuple[Lexicon, ...]
) -> None:
    read = AttributeReader(lexicons).read(fold(said))
    assert [entity.value for entity in read if entity.kind is kind] == values


def test_codes_stand_right_beside_words(lexicons: tuple[Lexicon, ...]) -> None:
    reader = IdentifierReader(lexicons, r"[a-z]{2}-\d{4,6}")
    assert [e.value for e in reader.read(fold("ออเดอร์MF-10428ถึงไหนแล้วคะ"))] == ["MF-10428"]
    for said in ("ออเดอร์MF-10428ถึงไหนแล้วคะ", "สั่งเมื่อวันที่5มากี่วันจะถึง"):
        assert LanguageReader(lexicons, "en").read(said, None).language == "th"


@pytest.mark.parametrize(
    ("typed", "read"), [("ได้มั้ยคะ", "ได้ไหมคะ"), ("เเล้วของหล่ะ", "แล้วของหล่ะ"), ("ม่ายทำ", "ไม่ทำ")]
)
def test_chat_spelling_is_read_as_the_word_it_stands_for(
    typed: str, read: str, lexicons: tuple[Lexicon, ...]
) -> None:
    folded = fold(typed)
    speller = Speller([lx for lx in lexicons if lx.language == "th"], {})
    assert folded.changed(speller.changes(folded, "th", ())).text == fold(read).text


@pytest.mark.parametrize(
    ("said", "signal"),
    [
        ("พาวเวอร์แบงค์มีควันขึ้น", Signal.SAFETY),
        ("หูฟังเสียงเบสระเบิดมาก", None),
        ("จะแจ้งความแล้วนะ", Signal.LEGAL),
        ("ร้านอยู่แถวศาลาแดงไหม", None),
        ("ส่งโรงพยาบาลตึก 2 ชั้น 5", None),
        ("ไม่อยากอยู่แล้ว", Signal.VULNERABLE),
        ("ตุ๊กตาเสียแล้วค่ะ", None),
        ("ของพี่เสียแล้วค่ะ", None),
        ("หนูอายุ15ค่ะ", Signal.MINOR),
        ("ผมอยู่ม.3ครับ", Signal.MINOR),
        ("ผมอยู่ม.6 ต.บางพลี", None),
        ("ลูก 15 ปีใส่ไซซ์ไหนคะ", None),
        ("แม่ไม่รู้ว่าไซซ์อะไรค่ะ", None),
    ],
)
def test_alarms_are_no_parts_of_harmless_words(
    said: str, signal: Signal | None, lexicons: tuple[Lexicon, ...]
) -> None:
    assert Cues(lexicons).signals(fold(said)) == (frozenset({signal}) if signal else frozenset())
