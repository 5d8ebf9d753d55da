"""Order numbers and names of large marketplaces, to tell somebody who writes to the wrong shop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from facts.yaml_text import read_values


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rows = read_values((files(__package__) / "marketplaces.yaml").read_text("utf-8"))
    return {name: re.compile(rf"(?<![\w-])(?:{row['order_number']})(?![\w-])") for name, row in rows.items()}


def marketplace_of(text: str) -> str | None:
    """The marketplace whose order number stands in the text, if one does."""
    plain = unicodedata.normalize("NFKC", text)
    return next((name for name, expression in _patterns().items() if expression.search(plain)), None)


def order_number_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where such numbers stand in a plain text."""
    for expression in _patterns().values():
        yield from (match.span() for match in expression.finditer(text))


@cache
def _names() -> re.Pattern[str]:
    names = read_values((files(__package__) / "other_shops.yaml").read_text("utf-8"))
    latin = [re.escape(name) for name in names if name[0].isascii()]
    others = [re.escape(name) for name in names if not name[0].isascii()]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(latin)})(?![a-z0-9])|{'|'.join(others)}")


def names_another_shop(text: str) -> bool:
    """Whether one of them is named; that alone does not say that the order is theirs."""
    return _names().search(unicodedata.normalize("NFKC", text).casefold()) is not None
