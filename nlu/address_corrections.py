"""Corrections of single parts of an address: "number 12, not 21", "the postcode is 20257", "Hamburg"."""

from __future__ import annotations

import re

from markets.addresses import AddressForm
from nlu.address_words import AddressWords
from nlu.folding import fold
from nlu.perception import AddressTold

LONGEST = 120
"""Who corrects is brief."""
_ALONE = re.compile(r"(?<![0-9a-z-])\d{1,4}(?:\s?[a-z](?![a-z]))?(?![0-9-])")
_KANA = re.compile(r"[\u3040-\u30ff]")


class AddressCorrections:
    """Reads what a short message changes of an address that is known."""

    def __init__(self, words: AddressWords) -> None:
        self._words = words
        self._number = re.compile(
            rf"{words.number}\W{{0,3}}(?:\w{{1,4}}\W{{1,2}})?(?P<number>\d{{1,5}}\s?[a-z]?)(?![\w])"
        )
        self._not = re.compile(
            rf"(?:{words.negations})\W{{0,3}}(?:\w{{1,8}}\W{{1,2}}){{0,2}}?(?P<number>\d{{1,5}}\s?[a-z]?)(?![\w])"
        )
        self._not_behind = re.compile(rf"(?P<number>\d{{1,5}})\D{{0,3}}(?:{words.negations})")

    def read(self, text: str, form: AddressForm, asked: bool) -> AddressTold | None:
        """A house number, or where one was asked for a town; None for everything longer."""
        folded = fold(text).text
        postcode = form.pattern and re.search(rf"(?<![\w-])(?:{form.pattern.pattern})(?![\w-])", text, re.I)
        if (
            len(folded) > LONGEST
            or self._words.street_span(text)
            or (postcode and any(c.isdigit() for c in postcode[0]))
        ):
            return None
        numbers = [m[0].strip() for m in _ALONE.finditer(folded)]
        wrong = self._refused(folded) if len(set(numbers)) > 1 else ""
        named = [m["number"].strip() for m in self._number.finditer(folded)]
        if named or (asked and wrong):
            number = next((n for n in (*named, *numbers) if n != wrong), "")
            return AddressTold(number=number, instead_of=wrong) if number else None
        if not asked:
            return None
        if len(numbers) == 1 and len(folded.split()) <= 4:
            return AddressTold(number=numbers[0])
        town = self._words.bare(self._words.until_end(text))
        if town and not re.search(r"[\d,;:?!]", town) and len(town.split()) <= 4 and town[:1].isupper():
            return AddressTold(city=self._words.town(town))
        return None

    def _refused(self, folded: str) -> str:
        """The number that is wrong: "not 21"; in Japanese the "not" stands behind it."""
        if _KANA.search(folded):
            behind = self._not_behind.search(folded)
            return behind["number"].strip() if behind else ""
        refused = list(self._not.finditer(folded))
        return refused[-1]["number"].strip() if refused else ""
