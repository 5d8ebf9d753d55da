"""Sample folders to import, and a shelf that takes what is imported."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commerce.models import Record

SAMPLES = Path(__file__).parent / "samples"


class Shelf:
    """An import target in memory, with the same promise: all of it or nothing."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.as_of: datetime | None = None

    async def replace(self, batches: AsyncIterable[Sequence[Record]], as_of: datetime) -> None:
        records = [record async for batch in batches for record in batch]
        self.records, self.as_of = records, as_of

    def of(self, kind: type[Record]) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def as_of() -> datetime:
    return datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture
def jsonl_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "jsonl", tmp_path / "jsonl"))


@pytest.fixture
def shopify_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "shopify", tmp_path / "shopify"))
