"""Ingestion: a folder of documents into the index, incrementally, where one bad file never stops the others."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.chunking import passages_of
from knowledge.documents import UnreadableDocument, language_tag
from knowledge.index import ChromaIndex, Entry, batches
from knowledge.passages import Passage
from knowledge.sandbox import ParseLimits, Sandbox

SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm", ".pdf", ".docx"})
UNREAD = frozenset(
    {".txt", ".rtf", ".doc", ".odt", ".ppt", ".pptx", ".xls", ".xlsx", ".csv", ".xml", ".epub"}
)
"""Documents too, but not of a kind that is read: they are refused by name so that nobody waits for them."""

DIGEST_CHARACTERS = 16


class IngestError(Exception):
    """The folder cannot be read at all; the index is unchanged."""


@dataclass(frozen=True, slots=True)
class Refusal:
    document: str
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What a run did, by document name (the path below the folder, with slashes).

    A refused document that was readable before keeps its earlier passages.
    """

    read: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    passages: int = 0
    """Current passages after the run."""


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    path: Path


async def ingest_directory(
    folder: Path, index: ChromaIndex, *, limits: ParseLimits | None = None
) -> IngestReport:
    """Bring the index up to date with the folder's documents; the change becomes visible at once, at the end.

    Documents lie in a folder named for their language or name it themselves. Raises IngestError where the folder is
    missing and ParserUnavailable where the installation is broken.
    """
    return await _Run(await asyncio.to_thread(_existing, folder), index, limits or ParseLimits()).go()


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise IngestError(f"{folder} is not a folder")
    return folder.resolve()


class _Run:
    def __init__(self, folder: Path, index: ChromaIndex, limits: ParseLimits) -> None:
        self._folder = folder
        self._index = index
        self._limits = limits
        self._report = IngestReport()
        self._entries: dict[str, Entry] = {}

    async def go(self) -> IngestReport:
        before = await asyncio.to_thread(self._index.entries)
        async with Sandbox(self._limits) as sandbox:
            for found in await asyncio.to_thread(lambda: list(_documents(self._folder))):
                try:
                    self._entries[found.name] = await self._take(found, before.get(found.name), sandbox)
                except UnreadableDocument as error:
                    self._report.refused.append(Refusal(found.name, str(error)))
                    if found.name in before:
                        self._entries[found.name] = before[found.name]
        self._report.removed = sorted(before.keys() - self._entries.keys())
        self._report.passages = sum(entry.passages for entry in self._entries.values())
        if self._entries != before:
            await asyncio.to_thread(self._finish)
        return self._report

    async def _take(self, found: _Found, before: Entry | None, sandbox: Sandbox) -> Entry:
        digest = await asyncio.to_thread(self._digest, found)
        if before is not None and before.digest == digest:
            self._report.unchanged.append(found.name)
            return before
        language, passages = await self._passages(found, digest, sandbox)
        for batch in batches(passages):
            await asyncio.to_thread(self._index.add, language, batch)
        self._report.read.append(found.name)
        return Entry(digest, language, len(passages))

    async def _passages(self, found: _Found, digest: str, sandbox: Sandbox) -> tuple[str, list[Passage]]:
        document = await sandbox.parse(found.path)
        language = document.about.language or _folder_language(found.name)
        if not language:
            raise UnreadableDocument("does not name its language, and neither does its folder")
        return language, passages_of(document, name=found.name, language=language, digest=digest)

    def _digest(self, found: _Found) -> str:
        """The name of this content as this index would store it; raises UnreadableDocument."""
        if found.path.is_dir():
            raise UnreadableDocument("is a linked folder, which is not followed")
        if found.path.suffix.lower() not in SUFFIXES:
            raise UnreadableDocument(f"{found.path.suffix} is not a kind of document that is read")
        if not found.path.resolve().is_relative_to(self._folder):
            raise UnreadableDocument("is a link that leads out of the folder")
        try:
            size = found.path.stat().st_size
            limit = self._limits.file_bytes(found.path)
            if size > limit:
                raise UnreadableDocument(f"has {size / 1e6:.1f} MB; the limit is {limit / 1e6:.1f} MB")
            content = found.path.read_bytes()
        except OSError as error:
            raise UnreadableDocument(f"cannot be opened ({error.strerror})") from error
        if not content.strip():
            raise UnreadableDocument("is empty")
        return hashlib.sha256(self._index.fingerprint.encode() + b"\0" + content).hexdigest()[
            :DIGEST_CHARACTERS
        ]

    def _finish(self) -> None:
        lines = [f"{name}@{entry.digest}" for name, entry in sorted(self._entries.items())]
        generation = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGEST_CHARACTERS]
        self._index.commit(self._entries, generation)
        self._index.sweep()


def _documents(folder: Path) -> Iterator[_Found]:
    """The files that look like documents, in a stable order; hidden ones are passed over."""
    for root, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = [name for name in folders if Path(root, name).is_symlink()]
        for name in linked + sorted(files):
            path = Path(root, name)
            kind = path.suffix.lower()
            if name in linked or (kind in SUFFIXES | UNREAD and not name.startswith(".")):
                yield _Found(path.relative_to(folder).as_posix(), path)


def _folder_language(name: str) -> str:
    first, slash, _ = name.partition("/")
    try:
        return language_tag(first) if slash else ""
    except ValueError:
        return ""
