"""What an address of a country looks like."""

from __future__ import annotations

import re

import pytest

from markets.addresses import _table, address_form, is_po_box


@pytest.mark.parametrize(
    ("country", "written", "postcode"),
    [
        ("DE", "D-20259", "20259"),
        ("DE", "1070", None),
        ("GB", "bs82nh", "BS8 2NH"),
        ("GB", "12345", None),
        ("NL", "3511nm", "3511 NM"),
        ("PL", "31147", "31-147"),
        ("ES", "01001", "01001"),
        ("ES", "52999", "52999"),
        ("ES", "99999", None),
        ("ES", "00123", None),
        ("JP", "〒155-0031", "155-0031"),
        ("US", "98103-1234", "98103-1234"),
        ("CA", "v6j1m7", "V6J 1M7"),
        ("NO", "0025", "0025"),
        ("HK", "anything", "ANYTHING"),
    ],
)
def test_postcode_is_written_as_its_country_does_or_is_none(
    country: str, written: str, postcode: str | None
) -> None:
    assert address_form(country).postcode(written) == postcode


def test_every_example_fits_its_own_country() -> None:
    for country, form in _table().items():
        assert re.fullmatch(r"[A-Z]{2}", country)
        if "postcode" in form:
            assert address_form(country).postcode(form["example"]), country


@pytest.mark.parametrize(
    "line", ["PO Box 12", "P.O.Box 3", "Postfach 12 34", "BP 45", "Apartado 33", "私書箱5号"]
)
def test_box_at_a_post_office_is_known(line: str) -> None:
    assert is_po_box(line)


@pytest.mark.parametrize("line", ["12 Box Hill Road", "Poststraße 4", "Rue du Apartado"])
def test_street_is_no_box(line: str) -> None:
    assert not is_po_box(line)
