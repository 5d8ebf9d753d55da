"""The parent's side of the worker process: starts it, gives it one file at a time, and ends it when it overstays."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from knowledge.documents import Document, UnreadableDocument

ROOT = Path(__file__).resolve().parent.parent
ANSWER_BYTES = 32 * 1024 * 1024


class ParserUnavailable(Exception):
    """The worker process did not start: the installation is broken, not a document."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """`memory_bytes` comes on top of what the parsers' own code takes (about 180 MB)."""

    seconds: float = 60.0
    start_seconds: float = 120.0
    memory_bytes: int = 320 * 1024 * 1024
    text_file_bytes: int = 4 * 1024 * 1024
    pdf_file_bytes: int = 32 * 1024 * 1024

    def file_bytes(self, path: Path) -> int:
        packed = path.suffix.lower() in (".pdf", ".docx")
        return self.pdf_file_bytes if packed else self.text_file_bytes


class Sandbox:
    """Parses documents in another process; `async with` it. Started at the first document, restarted after a failure."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def parse(self, path: Path) -> Document:
        """The document; raises UnreadableDocument with the reason."""
        process = await self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(str(path)).encode() + b"\n")
            await process.stdin.drain()
            answer = await self._answer(process, self._limits.seconds)
        except TimeoutError as error:
            await self._stop()
            raise UnreadableDocument(f"took longer than {self._limits.seconds:g} s") from error
        except (EOFError, ConnectionError, ValueError) as error:
            await self._stop()
            raise UnreadableDocument("broke the parser (too large or malformed)") from error
        if answer.get("spent"):
            # What such a document took is not given back; the next one gets a fresh process.
            await self._stop()
        if "refused" in answer:
            raise UnreadableDocument(str(answer["refused"]))
        return Document.model_validate(answer["document"])

    async def _start(self) -> asyncio.subprocess.Process:
        if self._process is not None:
            return self._process
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "knowledge.worker",
            str(self._limits.memory_bytes),
            cwd=ROOT,
            env=_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=ANSWER_BYTES,
        )
        try:
            await self._answer(self._process, self._limits.start_seconds)
        except (TimeoutError, EOFError, ValueError) as error:
            await self._stop()
            raise ParserUnavailable("the document parser did not start") from error
        return self._process

    @staticmethod
    async def _answer(process: asyncio.subprocess.Process, seconds: float) -> dict[str, Any]:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), seconds)
        if not line.endswith(b"\n"):
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _environment() -> dict[str, str]:
    """A worker that reads strangers' files gets no secrets, and one thread for each library."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "DO_NOT_TRACK": "1",
        "SCARF_NO_ANALYTICS": "1",
        "UNSTRUCTURED_DISABLE_NOTICE": "1",
    }
