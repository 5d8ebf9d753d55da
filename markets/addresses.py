"""What a postal address of a country must look like: its postcode, and what it may not lack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Part = Literal["city", "region", "postcode"]


@dataclass(frozen=True, slots=True)
class AddressForm:
    """`pattern` is None where a country has no postcodes; `example` is one of its postcodes."""

    country: str
    pattern: re.Pattern[str] | None
    example: str
    needs: frozenset[Part]
    number: bool
    """Whether a street without a house number cannot be found there."""

    def postcode(self, written: str) -> str | None:
        """The postcode as that country writes it; None where it is none of that country's."""
        whole = " ".join(written.upper().split())
        plain = PREFIX.sub("", whole)
        if self.pattern is None:
            return plain
        for spelling in (whole, plain, plain.replace(" ", ""), self._spaced(plain)):
            if self.pattern.fullmatch(spelling):
                return self._spaced(spelling)
        return None

    def _spaced(self, postcode: str) -> str:
        """Spaced or hyphenated as the example is, where the signs are as many."""
        signs = re.sub(r"[ -]", "", postcode)
        if len(signs) != len(re.sub(r"[ -]", "", self.example)):
            # British outward codes differ in length; what follows them never does.
            return f"{signs[:-3]} {signs[-3:]}" if self.country == "GB" and len(signs) > 4 else postcode
        left = iter(signs)
        return "".join(each if each in " -" else next(left) for each in self.example)


ANY = frozenset[Part]({"city"})
PREFIX = re.compile(r"^(?:[A-Z]{1,2}-|〒 ?)(?=\d)")
"""What some write before a postcode: D-10115."""


@cache
def address_form(country: str) -> AddressForm:
    """The form of a country's addresses; where nothing is known of them only a town is asked for."""
    known = _table().get(country, {})
    pattern = known.get("postcode")
    return AddressForm(
        country=country,
        pattern=re.compile(pattern) if pattern else None,
        example=known.get("example", ""),
        needs=frozenset(known.get("needs", ANY)),
        number=known.get("number", False),
    )


def is_po_box(address: str) -> bool:
    """Whether a line of an address is a box at a post office, where a courier rings no bell."""
    return bool(_boxes().search(address.casefold()))


@cache
def _boxes() -> re.Pattern[str]:
    text = (files(__package__) / "po_boxes.yaml").read_text("utf-8")
    return re.compile("|".join(f"(?:{each})" for each in yaml.safe_load(text)))


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = (files(__package__) / "addresses.yaml").read_text("utf-8")
    # The plain loader: a country of this file is "NO", and quoted there.
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return loaded
