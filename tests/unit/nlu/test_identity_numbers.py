"""Numbers of identity cards and taxpayers are masked; parcels, orders and telephones stay."""

from __future__ import annotations

import pytest

from nlu.masking import MASK, mask


@pytest.mark.parametrize("number", [
    "529.982.247-25", "12.345.678-5", "078-05-1120", "11010519491231002X", "850101-1234567", "P123456789012",
    "HEGG560427MVZRRL04",
])  # fmt: skip
def test_a_number_that_is_known_by_its_writing_is_masked(number: str) -> None:
    masked = mask(f"Customs wrote, here it is: {number}, is that enough?")
    assert number not in masked.text
    assert MASK in masked.text
    assert masked.found == ("national_id",)


@pytest.mark.parametrize("text", [
    "my CPF is 52998224725", "mi RUT: 12345678-5", "Meine Ausweisnummer ist T220001293", "DNI 12345678Z",
    "マイナンバーは1234 5678 9018です", "my aadhaar is 234123412346", "kimlik no 10000000146", "my PAN is ABCDE1234F",
    "mi RFC es GODE561231GR8", "身份证号 11010519491231002X", "身份证号，我的是110105198806153028",
    "mój PESEL to 44051401359",
])  # fmt: skip
def test_a_number_that_is_named_is_masked(text: str) -> None:
    masked = mask(text)
    assert "national_id" in masked.found
    assert masked.text.endswith((MASK, f"{MASK}です"))


@pytest.mark.parametrize("text", [
    "my parcel 1234 5678 9018 is late", "order FH-12345", "tracking LX398848794NL", "call me on 11 98765-4321",
    "529.982.247-26 is no CPF", "the number 000-12-3456", "tracking number 110105194912310021",
    "JJD000390012345678901", "I ordered 12345678 pieces", "parcel 52998224725",
])  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert mask(text).text == text
