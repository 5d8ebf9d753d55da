"""How a number or an address is written when it is looked up: people type it in many ways."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text without NUL, lone surrogates and other characters that no database stores or finds."""
    return "".join(character for character in text if character.isprintable())


def number_key(number: str) -> str:
    """An order or tracking number without spaces, a leading # and differences of case or width."""
    folded = unicodedata.normalize("NFKC", number)
    return "".join(printable(folded).split()).lstrip("#").upper()


def email_key(email: str) -> str:
    """An e-mail address without surrounding spaces and differences of case."""
    return printable(email).strip().lower()
