"""Vectors of known texts, kept in a file, so that they need not be encoded again on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from knowledge.index import E5_DIMENSIONS, MODEL, PassageEncoder
from nlu.perception import TextVectors, Vector

DIGEST_BYTES = 12


class KeptVectors:
    """A passage encoder that looks into a file first; what the file lacks goes to `encoder`. Without a file, all does.

    The file holds half precision, which moves a cosine by less than 0.001. A digest names the text and the models: texts
    that have changed since are not found, they are only slower.
    """

    def __init__(self, encoder: PassageEncoder, file: Path) -> None:
        self._encoder = encoder
        self._file = file
        self._kept: dict[bytes, TextVectors] | None = None

    def encode_passages(self, texts: list[str]) -> list[TextVectors]:
        if self._kept is None:
            self._kept = read_vectors(self._file)
        missing = [text for text in dict.fromkeys(texts) if digest(text) not in self._kept]
        fresh = dict(zip(missing, self._encoder.encode_passages(missing) if missing else [], strict=True))
        return [fresh.get(text) or self._kept[digest(text)] for text in texts]


def digest(text: str) -> bytes:
    return hashlib.blake2b(f"{MODEL}\0{text}".encode(), digest_size=DIGEST_BYTES).digest()


def read_vectors(file: Path) -> dict[bytes, TextVectors]:
    """Digest → vectors; nothing where there is no file."""
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as kept:
        keys = kept["keys"]
        rows = kept["rows"].astype(np.float32)
    return {
        key.tobytes(): TextVectors(_unit(row[:E5_DIMENSIONS]), _unit(row[E5_DIMENSIONS:]))
        for key, row in zip(keys, rows, strict=True)
    }


def write_vectors(file: Path, vectors: Iterable[tuple[bytes, TextVectors]]) -> None:
    """The vectors in the order of their digests: the same ones give the same file."""
    known = sorted(vectors, key=lambda pair: pair[0])
    keys = np.frombuffer(b"".join(key for key, _ in known), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    rows = np.stack([np.concatenate([found.e5, found.use]) for _, found in known]).astype(np.float16)
    np.savez_compressed(file, keys=keys, rows=rows)


def _unit(vector: Vector) -> Vector:
    norm = float(np.linalg.norm(vector))
    return vector / norm if norm else vector
