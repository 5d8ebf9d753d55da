"""Keeps personal details out of prompts: a model handles placeholders that tools resolve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nlu.perception import Entity, EntityKind

HIDDEN = (EntityKind.EMAIL, EntityKind.POSTCODE)
EMAIL = re.compile(r"[\w.+%-]+[@＠][\w-]+(?:[.。．][\w-]+)+")
PHONE = re.compile(
    r"(?<![\w-])(?:[+＋]|00)\d[\d\s()./-]{6,}\d|(?<![\w-])0\d{1,4}[\s/()-]+\d[\d\s-]{4,}\d(?![\w-])|(?<!\d)1[3-9]\d{9}(?!\d)"
)
ADDRESS = re.compile(
    r"\b\d{1,4}[a-z]?,? (?:[A-Z][\w'’-]* ){1,3}"
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Dr|Close|Court|Place|Square|Way|Terrace|Gardens)\b\.?"
    r"|\b[A-ZÄÖÜ][\w.-]*\s?(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)\s?\d+\s?[a-z]?\b"
    r"|[\u4e00-\u9fff]{2,12}(?:路|街|大道|巷|弄|胡同)\s?\d+\s?(?:号|弄)(?:[\u4e00-\u9fff\d-]{0,12}(?:室|楼|单元|栋))?",
)
POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b|\b\d{4}\s?[A-Z]{2}\b|\b[A-Z]\d{2}\s[A-Z\d]{4}\b",
    re.I,
)
NUMBER = re.compile(r"(?<![A-Za-z0-9_-])\d{4,}(?![A-Za-z0-9_-])(?:-\d{3,4}\b)?")
"""A bare number may be a postcode, a code or an order number without its letters: tools know what it is."""
SHAPES = (("email", EMAIL), ("phone", PHONE), ("address", ADDRESS), ("postcode", POSTCODE))
PLACEHOLDER = re.compile(r"<?\b((?:email|postcode|phone|address|number)_\d+)\b>?", re.I)


class Redaction:
    """`<email_1>` for the customer's address, and back again in a call's arguments."""

    def __init__(self, details: Sequence[Entity], address_lines: Iterable[str] = ()) -> None:
        """`address_lines` are parts of an address as she wrote them: a street, a recipient, a town."""
        self._placeholder_of: dict[str, str] = {}
        self._value_of: dict[str, str] = {}
        for detail in details:
            if detail.kind in HIDDEN:
                self._name(detail.kind.value, detail.text, detail.value)
                # The same detail may stand elsewhere as it is kept rather than as it was typed.
                self._placeholder_of.setdefault(detail.value, self._placeholder_of[detail.text])

        for line in address_lines:
            self._name("address", line, line)

    def hide(self, text: str, *, figures: bool = True) -> str:
        """The text with its details replaced, longest first: those that were recognised, and all that looks like one.

        `figures` also hides bare numbers, which in a customer's words may be a postcode."""
        for value in sorted(self._placeholder_of, key=len, reverse=True):
            whole = rf"(?<![A-Za-z0-9-]){re.escape(value)}(?![A-Za-z0-9])"
            text = re.sub(whole, self._placeholder_of[value], text, flags=re.I)
        for kind, shape in (*SHAPES, ("number", NUMBER)) if figures else SHAPES:
            for found in reversed(list(shape.finditer(text))):
                text = text[: found.start()] + self._name(kind, found[0], found[0]) + text[found.end() :]
        return text

    def restore(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with placeholders resolved, however deep they lie."""
        return {name: self._restored(value) for name, value in arguments.items()}

    def _name(self, kind: str, text: str, value: str) -> str:
        if text not in self._placeholder_of:
            number = 1 + sum(name.startswith(f"{kind}_") for name in self._value_of)
            self._placeholder_of[text] = f"<{kind}_{number}>"
            self._value_of[f"{kind}_{number}"] = value
        return self._placeholder_of[text]

    def _restored(self, value: Any) -> Any:
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda found: self._value_of.get(found[1].lower(), found[0]), value)
        if isinstance(value, list):
            return [self._restored(each) for each in value]
        if isinstance(value, dict):
            return {name: self._restored(each) for name, each in value.items()}
        return value
