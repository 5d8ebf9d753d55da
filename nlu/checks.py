"""Check digits and issuer rules of cards, bank accounts and parcels."""

from __future__ import annotations

import re

# ISO/IEC 7812 issuer ranges in use, as (lowest prefix, highest prefix, lengths).
_ISSUERS: tuple[tuple[str, str, frozenset[int]], ...] = tuple(
    (low, high, frozenset(lengths))
    for low, high, lengths in (
        ("4", "4", (13, 16, 19)),
        ("51", "55", (16,)),
        ("2221", "2720", (16,)),
        ("34", "34", (15,)),
        ("37", "37", (15,)),
        ("300", "305", (14,)),
        ("36", "36", (14,)),
        ("38", "39", (14,)),
        ("6011", "6011", (16, 19)),
        ("644", "659", (16, 19)),
        ("3528", "3589", (16, 19)),
        ("62", "62", (16, 17, 18, 19)),
        ("81", "81", (16, 17, 18, 19)),
        ("5018", "5018", (13, 15, 16, 19)),
        ("5020", "5020", (13, 15, 16, 19)),
        ("5038", "5038", (13, 15, 16, 19)),
        ("6304", "6304", (13, 15, 16, 19)),
        ("6759", "6763", (13, 15, 16, 19)),
        ("508", "508", (16,)),
        ("60", "60", (16,)),
        ("82", "82", (16,)),
        ("2200", "2204", (16,)),
        ("9792", "9792", (16,)),
    )
)
_CARD_GROUPS = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (6, 13), (6, 10)})
# ISO 13616 registry: length of an IBAN by country.
_IBAN_LENGTHS = {
    **dict.fromkeys(("no",), 15),
    **dict.fromkeys(("be", "bi"), 16),
    **dict.fromkeys(("dk", "fk", "fi", "fo", "gl", "nl", "sd"), 18),
    **dict.fromkeys(("mk", "si"), 19),
    **dict.fromkeys(("at", "ba", "ee", "kz", "xk", "lt", "lu", "mn"), 20),
    **dict.fromkeys(("hr", "lv", "li", "ch"), 21),
    **dict.fromkeys(("bh", "bg", "cr", "de", "ge", "ie", "me", "rs", "gb", "va"), 22),
    **dict.fromkeys(("tl", "gi", "iq", "il", "om", "so", "ae"), 23),
    **dict.fromkeys(("ad", "cz", "md", "pk", "ro", "sa", "sk", "es", "se", "tn", "vg"), 24),
    **dict.fromkeys(("ly", "pt", "st"), 25),
    **dict.fromkeys(("is", "tr"), 26),
    **dict.fromkeys(("fr", "gr", "it", "mr", "mc", "sm"), 27),
    **dict.fromkeys(("al", "az", "by", "cy", "do", "sv", "gt", "hu", "lb", "ni", "pl"), 28),
    **dict.fromkeys(("br", "eg", "ps", "qa", "ua"), 29),
    **dict.fromkeys(("jo", "kw", "mu", "ye"), 30),
    **dict.fromkeys(("mt", "sc"), 31),
    **dict.fromkeys(("lc",), 32),
    **dict.fromkeys(("ru",), 33),
}
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def luhn_valid(digits: str) -> bool:
    """The mod-10 check of ISO/IEC 7812; one in ten long numbers passes by chance."""
    total = 0
    for index, character in enumerate(reversed(digits)):
        value = int(character) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card_length_fits(digits: str) -> bool:
    """Whether an issuer's prefix and length fit."""
    return any(
        low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS
    )


def groups_like_a_card(sizes: tuple[int, ...]) -> bool:
    """Whether the digits are grouped as issuers print them."""
    return sizes in _CARD_GROUPS


def iban_length(country: str) -> int:
    """The length of a country's IBAN; 0 where it has none."""
    return _IBAN_LENGTHS.get(country, 0)


def iban_valid(iban: str) -> bool:
    """The mod-97 check of ISO 13616 on a lower-case IBAN without spaces."""
    if not re.fullmatch(r"[a-z]{2}\d{2}[a-z0-9]+", iban):
        return False
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def s10_valid(number: str) -> bool:
    """The check digit of UPU standard S10 (`RR123456785DE`), the postal item number."""
    match = re.fullmatch(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}", number.upper())
    if not match:
        return False
    rest = 11 - sum(int(d) * w for d, w in zip(match[1], _S10_WEIGHTS, strict=True)) % 11
    return int(match[2]) == {10: 0, 11: 5}.get(rest, rest)


def ups_valid(number: str) -> bool:
    """The check digit of a UPS 1Z number."""
    match = re.fullmatch(r"1Z([A-Z0-9]{15})(\d)", number.upper())
    if not match:
        return False
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in match[1]]
    return (10 - (sum(values[0::2]) + 2 * sum(values[1::2])) % 10) % 10 == int(match[2])
