"""Personal details stay out of prompts and come back in tool calls."""

from __future__ import annotations

import pytest

from agent.redaction import Redaction
from nlu.perception import Entity, EntityKind

EMAIL = Entity(EntityKind.EMAIL, "emily@letterbox.example", "Emily@Letterbox.example", 0, 23)
POSTCODE = Entity(EntityKind.POSTCODE, "BS8 2NH", "bs8 2nh", 0, 7)


def test_recognised_details_become_placeholders() -> None:
    hidden = Redaction([EMAIL, POSTCODE]).hide("I'm Emily@Letterbox.example, postcode bs8 2nh.")
    assert hidden == "I'm <email_1>, postcode <postcode_1>."


def test_a_detail_is_hidden_in_every_spelling() -> None:
    hidden = Redaction([EMAIL, POSTCODE]).hide("emily@letterbox.example EMILY@LETTERBOX.EXAMPLE BS8 2NH")
    assert hidden == "<email_1> <email_1> <postcode_1>"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mail a.b@c.example", "a.b@c.example"),
        ("邮箱a.b@c.example谢谢", "a.b@c.example"),
        ("call +49 170 1234567", "170 1234567"),
        ("电话13800138000", "13800138000"),
        ("EH9 1HF please", "EH9 1HF"),
        ("邮编200135", "200135"),
        ("PLZ 20259", "20259"),
        ("send it to 14 Park Lane", "14 Park Lane"),
        ("an die Musterstraße 12a", "Musterstraße 12a"),
        ("上海市世纪大道100号", "世纪大道100号"),
    ],
)
def test_what_looks_like_a_detail_is_hidden_though_nobody_recognised_it(text: str, secret: str) -> None:
    assert secret not in Redaction([]).hide(text)


def test_an_order_number_stays_although_a_postcode_has_its_digits() -> None:
    postcode = Entity(EntityKind.POSTCODE, "20259", "20259", 0, 5)
    assert Redaction([postcode]).hide("FH-20259, 20259") == "FH-20259, <postcode_1>"


def test_what_the_shop_said_keeps_its_figures() -> None:
    assert Redaction([]).hide("In 2026.", figures=False) == "In 2026."


def test_placeholders_are_resolved_however_deep_they_lie() -> None:
    redaction = Redaction([EMAIL])
    assert redaction.hide("code 482913") == "code <number_1>"
    restored = redaction.restore({"email": "<email_1>", "lines": [{"code": "number_1"}], "quantity": 2})
    assert restored == {"email": EMAIL.value, "lines": [{"code": "482913"}], "quantity": 2}


def test_an_unknown_placeholder_stays_as_it_is() -> None:
    assert Redaction([]).restore({"email": "<email_7>"}) == {"email": "<email_7>"}


def test_parts_of_an_address_are_hidden_and_come_back_however_deep() -> None:
    redaction = Redaction([], ["Quetzalweg 12", "Hamburg"])
    assert redaction.hide("to Quetzalweg 12, Hamburg") == "to <address_1>, <address_2>"
    restored = redaction.restore({"address": {"line1": "<address_1>", "city": "<address_2>"}})
    assert restored == {"address": {"line1": "Quetzalweg 12", "city": "Hamburg"}}
