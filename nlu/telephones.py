"""Tells telephone numbers from the other long numbers of a shop: orders, parcels, prices, dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

Span = tuple[int, int]

_LETTER = r"0-9a-z\u00aa-\u024f\u0370-\u052f_"
_RUN = re.compile(
    rf"(?<![{_LETTER}#*\-+(])[+(]{{0,2}}\d(?:[ \u00a0\u202f()./\-\u2010-\u2015]{{0,3}}\d)+(?![{_LETTER}\-])"
)
_MASKED = (
    re.compile(r"(?<!\d)\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)"),
    re.compile(r"(?<!\d)\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2})(?!\d)"),
    re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"),
)
_MONEY = r"[€$£¥₩₫฿₹₽₺₴₪元円원đ]|eur|usd|gbp|chf|jpy|cny|krw|pln|zł|idr|rp|vnd|rub|руб|brl|sek|nok|dkk|kr|aed|sar|twd"
_MONEY_BEFORE = re.compile(rf"(?:{_MONEY})[ \u00a0\u202f]?$")
_MONEY_BEHIND = re.compile(rf"(?:[.,]\d{{1,3}})*[ \u00a0\u202f]?(?:{_MONEY})(?![a-z])")
NEAR = 16
"""Characters between a word for an order or a parcel and its number."""


def telephone_spans(text: str, words: re.Pattern[str], named: Collection[int]) -> Iterator[Span]:
    """Where telephone numbers stand in folded text with plain digits.

    `words` matches a word for a telephone at the end of what stands before; `named` is where words end that announce
    an order or a parcel.
    """
    plain = text
    for pattern in _MASKED:
        plain = pattern.sub(lambda match: " " * len(match[0]), plain)
    for match in _RUN.finditer(plain):
        before = plain[max(0, match.start() - 40) : match.start()]
        if _MONEY_BEFORE.search(before) or _MONEY_BEHIND.match(plain, match.end()):
            continue
        if _is_telephone(match[0], bool(words.search(before)), _announced(match.start(), named)):
            yield match.span()


def _announced(start: int, named: Collection[int]) -> bool:
    return any(0 <= start - end <= NEAR for end in named)


def _is_telephone(written: str, called: bool, announced: bool) -> bool:
    groups = re.findall(r"\d+", written)
    lengths, digits = [len(group) for group in groups], "".join(groups)
    count = len(digits)
    if "+" in written:
        return 8 <= count <= 15
    if called and not announced:
        return 6 <= count <= 15
    if announced:
        return False
    return _national(written, digits, lengths) or (
        digits.startswith("00") and len(groups) > 1 and 10 <= count <= 16
    )


def _national(written: str, digits: str, lengths: list[int]) -> bool:
    """Shapes in which a country writes its numbers and nobody writes anything else."""
    count, spaced = len(digits), len(lengths) > 1
    if re.match(r"\(0?\d{1,4}\)", written):
        return 8 <= count <= 12
    if digits[0] == "0" and digits[1] != "0":
        return 9 <= count <= 12 if spaced else count in (10, 11)
    if lengths in ([3, 3, 4], [1, 3, 3, 4]):
        return len(lengths) == 3 or digits[0] == "1" or digits[0] == "8"
    if lengths in ([11], [3, 4, 4]):
        return digits[0] == "1" and digits[1] in "3456789"
    if lengths == [1, 3, 3, 2, 2]:
        return digits[0] in "78"
    return lengths in ([3, 2, 2, 2], [3, 3, 3]) and digits[0] in "56789" and "." not in written
