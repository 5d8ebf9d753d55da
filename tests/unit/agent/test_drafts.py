"""The rules of free words, language by language."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from pydantic import ValidationError

from agent.drafts import DraftRules
from i18n.languages import BUILT_IN, load_languages


def of(folder: Path, text: str) -> DraftRules:
    (folder / "drafts.yaml").write_text(text, "utf-8")
    return DraftRules({"xx": [folder]}, lambda text, language: True)


def test_every_shipped_language_has_rules() -> None:
    assert [
        code for code in load_languages([BUILT_IN]) if not (BUILT_IN / code / "drafts.yaml").exists()
    ] == []


def test_a_vocabulary_knows_words_stems_and_compounds(tmp_path: Path) -> None:
    rules = of(tmp_path, "{commitments: [], number_words: [], words: 'your order* e-mail mail it’s'}")
    assert rules.strange("xx", "Your orders, your e-mail!", ()) is None
    assert rules.strange("xx", "Your mail-order", ()) is None
    assert rules.strange("xx", "Your mail’s", ()) == "mail's"
    assert rules.strange("xx", "Your parcel", ()) == "parcel"
    assert rules.strange("xx", "Your parcel", {"parcel"}) is None


def test_elided_words_are_known_by_their_parts(tmp_path: Path) -> None:
    rules = of(tmp_path, "{commitments: [], number_words: [], words: 'l article qu avez vous y a t il'}")
    assert rules.strange("xx", "L’article qu'avez-vous y a-t-il", ()) is None
    assert rules.strange("xx", "L’escroc", ()) == "l'escroc"


def test_letters_without_spaces_are_read_as_known_words(tmp_path: Path) -> None:
    rules = of(tmp_path, "{commitments: [], number_words: [], words: '您 您的 订单 的订'}")
    assert rules.strange("xx", "您的订单", ()) is None
    assert rules.strange("xx", "您的包裹", ()) == "您的包裹"
    assert rules.strange("xx", "您的包裹", {"这个包裹很大"}) is None


def test_thai_marks_are_parts_of_words_and_its_sara_am_may_be_taken_apart(tmp_path: Path) -> None:
    rules = of(tmp_path, "{commitments: [สำเร็จ], number_words: [], words: 'ขอบคุณ ค่ะ คำสั่งซื้อ'}")
    assert rules.strange("xx", normalize("NFKC", "ขอบคุณค่ะ คำสั่งซื้อค่ะ"), ()) is None
    assert rules.strange("xx", "ขอบคุณลินินค่ะ", ()) == "ขอบคุณลินินค่ะ"
    assert rules.strange("xx", "ขอบคุณลินินค่ะ", rules.lent("ผ้าลินินแท้")) is None
    assert rules.strange("xx", "ขอบคุณลิค่ะ", rules.lent("ผ้าลินินแท้")) == "ขอบคุณลิค่ะ"
    assert rules.commits("xx", normalize("NFKC", "คืนเงินสำเร็จค่ะ"))


def test_touchy_words_pass_only_as_a_wish(tmp_path: Path) -> None:
    rules = of(tmp_path, "{commitments: [], number_words: [], touchy: [refund], wishes: ['you want']}")
    assert rules.commits("xx", "A refund for you")
    assert not rules.commits("xx", "You want a refund")


def test_the_turkish_dotted_i_is_the_i_of_the_rules(tmp_path: Path) -> None:
    rules = of(tmp_path, "{commitments: ['iptal edildi', alındı], number_words: [], words: 'iade ışık'}")
    assert rules.commits("xx", "İptal edildi")
    assert rules.commits("xx", "ALINDI")
    assert rules.strange("xx", "İade IŞIK ışık", ()) is None


def test_english_rules_hold_in_every_language(rules: DraftRules) -> None:
    assert rules.commits("de", "Das ist guaranteed")


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        of(tmp_path, "{commitments: [], number_words: [], comitments: [x]}")
