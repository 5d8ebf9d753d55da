"""Keeps the vectors of training phrases from one training to the next. Development only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from nlu.encoder import Encoder
from nlu.perception import TextVectors

_AT_ONCE = 16
_E5 = 384
KEPT_IN = Path(__file__).resolve().parent.parent / "build" / "vectors.db"


class KeepingEncoder:
    """Encodes a text only once on this machine; the file may be deleted at any time, and must be when a model changes."""

    def __init__(self, encoder: Encoder, path: Path = KEPT_IN) -> None:
        self._encoder = encoder
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(
                "CREATE TABLE IF NOT EXISTS vectors (text TEXT PRIMARY KEY, numbers BLOB) WITHOUT ROWID"
            )

    def encode_queries(self, texts: Sequence[str]) -> list[TextVectors]:
        with closing(sqlite3.connect(self._path)) as file:
            known = {text: found for text in dict.fromkeys(texts) if (found := _read(file, text))}
            missing = sorted({text for text in texts if text not in known}, key=len)
            for portion in _portions(missing):
                vectors = self._encoder.encode_queries(portion)
                known.update(zip(portion, vectors, strict=True))
                rows = [
                    (t, np.concatenate((v.e5, v.use)).tobytes())
                    for t, v in zip(portion, vectors, strict=True)
                ]
                with file:
                    file.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        return [known[text] for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> list[TextVectors]:
        return self._encoder.encode_passages(texts)


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[first : first + _AT_ONCE] for first in range(0, len(texts), _AT_ONCE))


def _read(file: sqlite3.Connection, text: str) -> TextVectors | None:
    row = file.execute("SELECT numbers FROM vectors WHERE text = ?", (text,)).fetchone()
    if row is None:
        return None
    numbers = np.frombuffer(row[0], dtype=np.float32)
    return TextVectors(numbers[:_E5], numbers[_E5:])
