"""Reads a postal address, or a correction of one, out of a message in free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from markets.addresses import address_form
from nlu.address_corrections import AddressCorrections
from nlu.address_parts import AddressParts
from nlu.address_words import HAN, AddressWords
from nlu.han_addresses import read_han
from nlu.lexicon import Lexicon
from nlu.perception import AddressTold

LONGEST = 600
BIG_FIRST = ("CN", "JP", "TW", "HK", "MO")
"""Where an address in Han characters goes from the large to the small."""
_HANDLE = re.compile(r"\S*@\S*|https?://\S*|www\.\S*|<[^>]*>")


class AddressReader:
    """Reads by the postcodes of the country that a parcel goes to and by the words of the lexicons."""

    def __init__(self, lexicons: Sequence[Lexicon], countries: Callable[[str], Iterable[str]]) -> None:
        """`countries` gives the ISO codes of the countries that a text names."""
        self._words = AddressWords(lexicons)
        self._parts = AddressParts(self._words, countries)
        self._corrections = AddressCorrections(self._words)

    def read(self, text: str, country: str, asked: bool = False) -> AddressTold | None:
        """What it tells of an address in that country; `asked` where nothing but an address is expected."""
        plain = _HANDLE.sub(" ", _narrow(text[:LONGEST]))
        form = address_form(country)
        han = HAN.search(plain) and country in BIG_FIRST
        if han and (found := read_han(plain, country, self._words.until_end, self._words.after_label)):
            return AddressTold(**found)
        part = self._corrections.read(plain, form, asked)
        if part and part.number:
            return part
        return self._parts.read(plain, form, asked) or part or None


def _narrow(text: str) -> str:
    """Full-width signs as plain ones; superscripts and fractions stay what they are in an address."""
    return "".join(
        unicodedata.normalize("NFKC", c) if "\uff00" <= c <= "\uffef" or c == "\u3000" else c for c in text
    )
