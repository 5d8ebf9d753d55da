"""An address is completed from what is known, or refused with what does not fit."""

from __future__ import annotations

import pytest

from commerce.models import Address
from tools.addresses import ToldAddress, Unfit, address_facts, completed

HAMBURG = Address(
    name="Lena Hoffmann", line1="Eppendorfer Weg 118", line2="3. Stock", city="Hamburg", postcode="20259",
    country="DE", phone="040 1",
)  # fmt: skip
BRISTOL = Address(name="E H", line1="27 Whiteladies Road", city="Bristol", postcode="BS8 2NH", country="GB")


def whole(base: Address, **told: str) -> Address:
    found = completed(base, ToldAddress(**told))
    assert isinstance(found, Address), found
    return found


def unfit(base: Address, **told: str) -> str:
    found = completed(base, ToldAddress(**told))
    assert isinstance(found, Unfit), found
    return found.outcome


def test_new_street_and_town_keep_recipient_and_phone_and_nothing_else() -> None:
    found = whole(HAMBURG, line1="Osterstr. 12", postcode="20255", city="Hamburg")
    assert (found.name, found.phone, found.line2) == ("Lena Hoffmann", "040 1", "")


def test_only_the_house_number_changes() -> None:
    assert whole(HAMBURG, number="12", instead_of="118").line1 == "Eppendorfer Weg 12"
    assert whole(HAMBURG, number="12").line1 == "Eppendorfer Weg 12"
    assert whole(BRISTOL, number="72").line1 == "72 Whiteladies Road"
    assert whole(HAMBURG, number="12").line2 == "3. Stock"


def test_same_street_with_another_number_needs_no_town() -> None:
    assert whole(HAMBURG, line1="Eppendorfer Weg 12").postcode == "20259"


def test_only_the_postcode_changes() -> None:
    assert whole(HAMBURG, postcode="20253").line1 == "Eppendorfer Weg 118"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"line1": "Osterstr. 12"}, "incomplete"),
        ({"line1": "Osterstr. 12", "city": "Hamburg"}, "incomplete"),
        ({"city": "Bremen"}, "incomplete"),
        ({"postcode": "1070"}, "postcode_wrong"),
        ({"line1": "Osterstr.", "postcode": "20255", "city": "Hamburg"}, "number_missing"),
        ({"country": "AT"}, "other_country"),
        ({"country": "AT", "postcode": "20255"}, "postcode_wrong"),
        ({"line1": "Postfach 12", "postcode": "20255", "city": "Hamburg"}, "po_box"),
        ({"name": "<b>Lena</b>"}, "not_plausible"),
        ({"line1": "Osterstr. 12 https://evil.example", "postcode": "20255", "city": "Hamburg"}, "not_plausible"),
        ({"number": "118"}, "same"),
        ({}, "same"),
    ],
)  # fmt: skip
def test_what_cannot_be_delivered_to_says_why(told: dict[str, str], outcome: str) -> None:
    assert unfit(HAMBURG, **told) == outcome


def test_house_without_a_number_is_found_in_britain() -> None:
    assert whole(BRISTOL, line1="Rose Cottage, Mill Lane", postcode="BS9 1AA", city="Bristol")


def test_state_is_asked_for_where_it_belongs_to_the_address() -> None:
    austin = Address(
        name="D", line1="1532 S Congress Ave", city="Austin", region="TX", postcode="78704", country="US"
    )
    assert unfit(austin, line1="780 Clement St", city="San Francisco", postcode="94118") == "incomplete"


def test_every_line_is_told_in_the_order_of_its_country() -> None:
    assert str(address_facts(BRISTOL)["place"].model_dump()["value"]) == "Bristol BS8 2NH"
    assert str(address_facts(HAMBURG)["place"].model_dump()["value"]) == "20259 Hamburg"
    assert str(address_facts(HAMBURG)["street"].model_dump()["value"]) == "Eppendorfer Weg 118, 3. Stock"


def test_known_town_keeps_its_spelling() -> None:
    assert whole(HAMBURG, line1="osterstr. 12", postcode="20255", city="hamburg").city == "Hamburg"
    assert whole(HAMBURG, line1="wall 1", postcode="28195", city="Bremen").city == "Bremen"
