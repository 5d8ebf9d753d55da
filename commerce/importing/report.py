"""What an import found: how many records, and every row that is wrong with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    WARNING = "warning"
    """The row is taken, or left out without loss."""
    ERROR = "error"
    """The row is bad: nothing is imported unless bad rows are to be skipped."""
    FATAL = "fatal"
    """A file is missing or unreadable as a whole: nothing is imported."""


@dataclass(frozen=True)
class Place:
    """Where a record begins; line 0 is the file itself."""

    file: str
    line: int


@dataclass(frozen=True)
class Problem:
    place: Place
    reason: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        line = f":{self.place.line}" if self.place.line else ""
        return f"{self.place.file}{line}: {self.severity}: {self.reason}"


@dataclass
class ImportReport:
    """`counts` is the number of good records by kind; `imported` tells whether they are in the database."""

    as_of: datetime
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    imported: bool = False

    def of(self, *severities: Severity) -> Sequence[Problem]:
        return [problem for problem in self.problems if problem.severity in severities]

    @property
    def errors(self) -> Sequence[Problem]:
        """Everything that stands in the way of an import."""
        return self.of(Severity.ERROR, Severity.FATAL)

    @property
    def warnings(self) -> Sequence[Problem]:
        return self.of(Severity.WARNING)
