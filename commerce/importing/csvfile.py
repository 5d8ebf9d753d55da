"""Rows of a CSV file by column name, each with the line where it begins."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from commerce.importing.report import Place, Problem, Severity
from commerce.importing.source import NOT_UTF8, encoding_problem, is_text, text_lines


@dataclass(frozen=True)
class Row:
    place: Place
    values: dict[str, str]

    def get(self, *names: str) -> str:
        """The first value among the columns that is not empty; the years named them differently."""
        for name in names:
            value = self.values.get(name.lower(), "")
            if value:
                return value
        return ""


def rows(path: Path, required: Sequence[str]) -> Iterator[Row | Problem]:
    """The file's rows; a FATAL problem when it is no such file, an ERROR for each row that cannot be read."""
    unreadable = encoding_problem(path)
    if unreadable:
        yield Problem(Place(path.name, 0), unreadable, Severity.FATAL)
        return
    reader = csv.reader(text_lines(path), delimiter=_delimiter(path))
    header = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in required if name.lower() not in header]
    if missing:
        reason = f"columns are missing: {', '.join(missing)}"
        yield Problem(Place(path.name, 1), reason, Severity.FATAL)
        return
    while True:
        place = Place(path.name, reader.line_num + 1)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(place, f"not CSV: {error}")
            continue
        if any(cells):
            yield _row(place, header, cells)


def _delimiter(path: Path) -> str:
    """A comma, or the semicolon that spreadsheets of many countries save."""
    header = next(text_lines(path), "")
    return ";" if header.count(";") > header.count(",") else ","


def _row(place: Place, header: list[str], cells: list[str]) -> Row | Problem:
    if len(cells) > len(header) and any(cells[len(header) :]):
        return Problem(place, f"{len(cells)} cells under {len(header)} columns")
    if not all(map(is_text, cells)):
        return Problem(place, NOT_UTF8)
    # Shopify and spreadsheets put an apostrophe before what must stay text: postcodes, numbers, phones.
    values = (cell.strip().removeprefix("'") for cell in cells)
    return Row(place, dict(zip(header, values, strict=False)))
