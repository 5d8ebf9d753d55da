"""Numbers and addresses are compared as people mean them, not as they type them."""

from __future__ import annotations

import pytest

from commerce.keys import email_key, number_key


@pytest.mark.parametrize("typed", ["DR-1001", "#dr-1001", " dr - 1001\n", "＃ＤＲ-１００１", "DR-1001\x00"])
def test_spellings_of_one_number_have_one_key(typed: str) -> None:
    assert number_key(typed) == "DR-1001"


def test_different_numbers_stay_different() -> None:
    assert len({number_key(number) for number in ("DR-1001", "DR1001", "DR-10011", "1001")}) == 4


def test_email_key_ignores_case_and_spaces_only() -> None:
    assert email_key(" Aylin+Shop@Example.COM ") == "aylin+shop@example.com"
