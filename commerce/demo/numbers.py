"""Figures that look random but follow from a text: jitter, and carriers' parcel numbers with their check digits."""

from __future__ import annotations

import zlib

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def salt(text: str, below: int) -> int:
    """A number in [0, below) that depends on the text alone."""
    return zlib.crc32(text.encode()) % below


def s10_check(serial: str) -> int:
    """The check digit of an eight-digit serial in an international parcel number (UPU standard S10)."""
    remainder = 11 - sum(int(d) * w for d, w in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(remainder, remainder)


def gs1_check(digits: str) -> int:
    """The check digit that GS1 puts behind a shipping container code: weights 3 and 1 from the right."""
    total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits)))
    return -total % 10


def parcel_number(mask: str, seed: str) -> str:
    """A parcel number by its mask: `#` is a digit, `*` the S10 check digit, `%` the GS1 one."""
    out = ""
    for place, sign in enumerate(mask):
        if sign == "#":
            out += str(salt(f"{seed}/{mask}/{place}", 10))
        elif sign == "*":
            out += str(s10_check(out[-8:]))
        elif sign == "%":
            out += str(gs1_check(out))
        else:
            out += sign
    return out
