"""Identifiers and attributes are found by shape and context, in canonical form, at their place in the text."""

from __future__ import annotations

import pytest

from nlu.entities import CONTACT, EntityReader, neutral
from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.masking import DEFAULT_ORDER_NUMBER
from nlu.perception import EntityKind as Kind


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> EntityReader:
    return EntityReader(lexicons, DEFAULT_ORDER_NUMBER)


def values(reader: EntityReader, text: str, kind: Kind) -> list[str]:
    return [e.value for e in reader.read(fold(text)) if e.kind is kind]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Where is my order MF-10428?", Kind.ORDER_NUMBER, ["MF-10428"]),
        ("mf-10428", Kind.ORDER_NUMBER, ["MF-10428"]),
        ("ＭＦ－１０４２８", Kind.ORDER_NUMBER, ["MF-10428"]),
        ("order 10428 please", Kind.ORDER_NUMBER, ["10428"]),
        ("order MF 10428", Kind.ORDER_NUMBER, ["MF-10428"]),
        ("#99812", Kind.ORDER_NUMBER, ["99812"]),
        ("Bestellung 20331", Kind.ORDER_NUMBER, ["20331"]),
        ("我的订单号是10428", Kind.ORDER_NUMBER, ["10428"]),
        ("it cost 1299 EUR", Kind.ORDER_NUMBER, []),
        ("I ordered in 2024", Kind.ORDER_NUMBER, []),
        ("call +49 171 1234567", Kind.ORDER_NUMBER, []),
        ("parcel RR123456785DE", Kind.TRACKING_NUMBER, ["RR123456785DE"]),
        ("1Z999AA10123456784", Kind.TRACKING_NUMBER, ["1Z999AA10123456784"]),
        ("tracking 1234 5678 9012", Kind.TRACKING_NUMBER, ["123456789012"]),
        ("快递单号SF1234567890123", Kind.TRACKING_NUMBER, ["SF1234567890123"]),
        ("mail Anna.B+x@Example.COM.", Kind.EMAIL, ["anna.b+x@example.com"]),
        ("邮箱是anna@mail.example谢谢", Kind.EMAIL, ["anna@mail.example"]),
        ("my code is 482 913", Kind.ONE_TIME_CODE, ["482913"]),
        ("482913", Kind.ONE_TIME_CODE, ["482913"]),
        ("验证码482913", Kind.ONE_TIME_CODE, ["482913"]),
        ("MF-10428, 10115", Kind.POSTCODE, ["10115"]),
        ("荷物届いた? MF-10428 390-0874", Kind.POSTCODE, ["390-0874"]),
        ("荷物届いた? MF-10428 390-0874", Kind.TRACKING_NUMBER, []),
        ("PLZ 8001", Kind.POSTCODE, ["8001"]),
        ("MF-10428, SW1A 1AA", Kind.POSTCODE, ["SW1A 1AA"]),
        ("my zip is 90210-1234", Kind.POSTCODE, ["90210-1234"]),
        ("邮编200000", Kind.POSTCODE, ["200000"]),
        ("do you ship to Germany or the UK?", Kind.COUNTRY, ["DE", "GB"]),
        ("liefern Sie in die Schweiz", Kind.COUNTRY, ["CH"]),
        ("可以寄到英国吗", Kind.COUNTRY, ["GB"]),
        ("tell us more", Kind.COUNTRY, []),
        ("quiten el jersey del pedido", Kind.COUNTRY, []),
        ("¿envían a la isla de Jersey?", Kind.COUNTRY, ["JE"]),
        ("the navy blue one", Kind.COLOUR, ["navy"]),
        ("die dunkelblauen", Kind.COLOUR, ["blue"]),
        ("不是,是蓝色的", Kind.COLOUR, ["blue"]),
        ("明白了", Kind.COLOUR, []),
        ("Größe 42,5 bitte", Kind.SIZE, ["42.5"]),
        ("EU 42 or US 9.5", Kind.SIZE, ["42", "US 9.5"]),
        ("what size, 38 or 39?", Kind.SIZE, ["38", "39"]),
        ("38码", Kind.SIZE, ["38"]),
        ("the medium one", Kind.SIZE, ["M"]),
        ("I'm happy", Kind.SIZE, []),
        ("2 pairs", Kind.QUANTITY, ["2"]),
        ("zwei Stück", Kind.QUANTITY, ["2"]),
        ("两双", Kind.QUANTITY, ["2"]),
        ("2 towels", Kind.QUANTITY, ["2"]),
        ("zwei von den drei Kissen", Kind.QUANTITY, ["2", "3"]),
        ("since two weeks, 3 days ago", Kind.QUANTITY, []),
        ("nach 28195 Bremen", Kind.POSTCODE, ["28195"]),
        ("chez ma soeur à Nantes (44000)", Kind.POSTCODE, ["44000"]),
        ("l'année dernière à Nantes (2025)", Kind.POSTCODE, []),
        ("44000, numéro MF-10428", Kind.POSTCODE, ["44000"]),
        ("j'en renvoie 2, j'en garde trois", Kind.QUANTITY, ["2", "3"]),
        ("je les renvoie sous 2 jours", Kind.QUANTITY, []),
        ("Oui, je vous les renvoie", Kind.CLAIM_REMEDY, []),
        ("renvoyez-les moi", Kind.CLAIM_REMEDY, ["replacement"]),
        ("bon, je les renvoie", Kind.WAY, ["return"]),
        ("la commande est-elle arrivée ?", Kind.POLICY_TOPIC, ["arrived"]),
        ("elle n'est pas arrivée", Kind.POLICY_TOPIC, []),
        ("MF-10428, post code BS8 2NH", Kind.POSTCODE, ["BS8 2NH"]),
        ("they are too small", Kind.RETURN_REASON, ["too_small"]),
        ("sie sind zu groß", Kind.RETURN_REASON, ["too_large"]),
        ("发错颜色了", Kind.RETURN_REASON, ["wrong_item"]),
        ("found it cheaper", Kind.CANCEL_REASON, ["found_cheaper"]),
        ("aus Versehen bestellt", Kind.CANCEL_REASON, ["ordered_by_mistake"]),
        ("How much is return shipping?", Kind.POLICY_TOPIC, ["return_cost"]),
        ("Was kostet der Versand?", Kind.POLICY_TOPIC, ["shipping_cost"]),
        ("要交关税吗", Kind.POLICY_TOPIC, ["duties"]),
        ("Wie schnell ist mein Geld nach einer Retoure wieder da?", Kind.POLICY_TOPIC, ["refund_time"]),
        ("钱几天能退回来", Kind.POLICY_TOPIC, ["refund_time", "return_window"]),
    ],
)
def test_entity_is_read_in_canonical_form(
    reader: EntityReader, text: str, kind: Kind, expected: list[str]
) -> None:
    assert values(reader, text, kind) == expected


@pytest.mark.parametrize(
    "text",
    ["Ｏrder ＭＦ－１０４２８ ok", "e\u0301te\u0301 MF-10428 \u200b size 38", "ﬁne: MF-10428, die Größe 38"],
)
def test_positions_refer_to_the_original_text(reader: EntityReader, text: str) -> None:
    found = reader.read(fold(text))
    assert found
    assert all(text[e.start : e.end] == e.text for e in found)


def test_a_lone_number_gets_every_reading_so_that_the_question_decides(reader: EntityReader) -> None:
    kinds = {e.kind for e in reader.read(fold("482913"))}
    assert {Kind.ORDER_NUMBER, Kind.ONE_TIME_CODE, Kind.POSTCODE} <= kinds


def test_a_shops_own_order_number_pattern_is_used(lexicons: tuple[Lexicon, ...]) -> None:
    reader = EntityReader(lexicons, r"S-\d{3}-\d{3}")
    assert values(reader, "where is s-123-456", Kind.ORDER_NUMBER) == ["S-123-456"]


def test_neutral_text_says_nothing_about_whom_or_which_order(reader: EntityReader) -> None:
    text = "MF-10428 and anna@mail.example"
    assert neutral(fold(text), reader.read(fold(text))) == f"#1 and {CONTACT}"
