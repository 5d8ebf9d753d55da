"""Imports shops and documents from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from bootstrap.wiring import backend_of, index_of, understanding_of
from cli.settings import settings_for
from commerce.errors import CommerceError
from commerce.importing.report import ImportReport
from commerce.importing.service import ImportFormat, import_directory
from facts.clock import SystemClock
from knowledge.ingest import IngestError, ingest_directory
from persistence.engine import Database
from persistence.migrate import migrate

FORMATS = {"dragoman": ImportFormat.JSONL, "shopify-csv": ImportFormat.SHOPIFY}
MOST_PROBLEMS = 200


async def run_import(
    folder: Path, format_: str, as_of: datetime, skip_bad_rows: bool, currency: str | None, console: Console
) -> int:
    """Import and report; 0 when the data is in, 1 when nothing was imported."""
    if format_ not in FORMATS:
        raise typer.BadParameter(f"use {' or '.join(FORMATS)}", param_hint="--format")
    settings = settings_for(demo=False)
    database = Database(settings.database)
    try:
        await migrate(database)
        backend = await backend_of(database, SystemClock())
        report = await import_directory(
            folder, FORMATS[format_], backend, as_of, skip_bad_rows=skip_bad_rows, currency=currency
        )
    except CommerceError as error:
        console.print(f"Nothing was imported: {escape(str(error))}")
        return 1
    finally:
        await database.close()
    _print(report, console)
    if report.imported and (folder / "policies").is_dir():
        return await run_ingest(folder / "policies", console)
    return 0 if report.imported else 1


def _print(report: ImportReport, console: Console) -> None:
    for problem in report.problems[:MOST_PROBLEMS]:
        console.print(escape(str(problem)), soft_wrap=True)
    if len(report.problems) > MOST_PROBLEMS:
        console.print(f"… and {len(report.problems) - MOST_PROBLEMS} more")
    counts = ", ".join(f"{number} {kind}" for kind, number in report.counts.items())
    done = (
        f"Imported {counts}, as of {report.as_of:%Y-%m-%d %H:%M} UTC."
        if report.imported
        else "Nothing was imported."
    )
    console.print(done)


async def run_ingest(folder: Path, console: Console) -> int:
    """Read documents and report; 0 when the folder could be read."""
    settings = settings_for(demo=False)
    settings.home.mkdir(parents=True, exist_ok=True)
    understanding = understanding_of(settings)
    index = index_of(settings, understanding)
    try:
        report = await ingest_directory(folder, index)
    except IngestError as error:
        console.print(escape(str(error)))
        return 1
    finally:
        index.close()
        understanding.close()
    for refusal in report.refused:
        console.print(escape(f"{refusal.document}: {refusal.reason}"), soft_wrap=True)
    console.print(
        f"{len(report.read)} read, {len(report.unchanged)} unchanged, {len(report.removed)} removed, "
        f"{len(report.refused)} refused."
    )
    return 0
