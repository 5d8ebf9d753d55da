"""Imports a folder: looks at every row first, then replaces all records in one transaction or none."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol

from commerce.errors import FilesChanged, RecordsClash
from commerce.importing.checking import Checker
from commerce.importing.jsonl import JsonLines
from commerce.importing.report import ImportReport, Place, Problem, Severity
from commerce.importing.shopify import ShopifyExport
from commerce.importing.source import Found, Source
from commerce.models import Order, Record

BATCH = 500


class ImportFormat(StrEnum):
    JSONL = "jsonl"
    SHOPIFY = "shopify"


class ImportTarget(Protocol):
    """A back end that can be filled; the embedded one is."""

    async def replace(self, batches: AsyncIterable[Sequence[Record]], as_of: datetime) -> None: ...


async def import_directory(
    path: Path,
    format: ImportFormat,
    target: ImportTarget,
    as_of: datetime,
    *,
    skip_bad_rows: bool = False,
    currency: str | None = None,
) -> ImportReport:
    """Import the folder's files as the state of the shop at `as_of`; the report names every bad row.

    With a bad row nothing is imported, unless bad rows are to be skipped; with an unreadable file nothing is
    imported at all. `currency` is that of Shopify's product prices where no order tells it. Raises
    ShopLivesHere, FilesChanged and BackendUnavailable.
    """
    report = ImportReport(as_of=as_of)
    if not await asyncio.to_thread(path.is_dir):
        report.problems.append(Problem(Place(str(path), 0), "there is no such folder", Severity.FATAL))
        return report
    source = JsonLines(path) if format is ImportFormat.JSONL else ShopifyExport(path, as_of, currency)
    await asyncio.to_thread(_survey, source, report)
    stopped_by = [Severity.FATAL] if skip_bad_rows else [Severity.FATAL, Severity.ERROR]
    if not report.of(*stopped_by):
        try:
            await target.replace(_batches(source, as_of, report.counts), as_of)
            report.imported = True
        except RecordsClash:
            reason = "a number belongs to another record of an earlier import; use a new database"
            report.problems.append(Problem(Place(str(path), 0), reason, Severity.FATAL))
    return report


def _survey(source: Source, report: ImportReport) -> None:
    for record in _accepted(source, report.problems):
        report.counts[_kind(record)] += 1


def _accepted(source: Source, problems: list[Problem]) -> Iterator[Record]:
    checker = Checker()
    for entry in source.read():
        found = checker.problems(entry)
        problems += found
        if isinstance(entry, Found) and all(problem.severity is Severity.WARNING for problem in found):
            yield entry.record


def _kind(record: Record) -> str:
    return f"{type(record).__name__.lower()}s"


async def _batches(
    source: Source, as_of: datetime, expected: Counter[str]
) -> AsyncIterator[Sequence[Record]]:
    """The good records again, which are not kept in memory in between; raises FilesChanged."""
    seen: Counter[str] = Counter()
    records = _accepted(source, [])
    while batch := await asyncio.to_thread(_next, records):
        for kind, same in groupby(batch, key=_kind):
            ready = [_dated(record, as_of) for record in same]
            seen[kind] += len(ready)
            yield ready
    if seen != expected:
        raise FilesChanged()


def _next(records: Iterator[Record]) -> list[Record]:
    try:
        return list(islice(records, BATCH))
    except OSError as error:
        raise FilesChanged() from error


def _dated(record: Record, as_of: datetime) -> Record:
    return record.model_copy(update={"as_of": as_of}) if isinstance(record, Order) else record
