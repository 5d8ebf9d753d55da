"""The vectors of what products are called, kept in a file by the digest of their text: nothing is encoded twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from commerce.models import Product
from knowledge.index import MODEL, PassageEncoder

DESCRIBED = 300
"""How many characters of a description say what a thing is."""
COLUMNS = 384 + 512
PORTION = 16

Vectors = dict[str, NDArray[np.float16]]


def texts_of(product: Product) -> list[str]:
    """What a product is called in each language, and its description with its name."""
    titles = dict.fromkeys((product.title, *product.titles.values()))
    described = f"{product.title}. {product.description[:DESCRIBED]}"
    return [*titles, described] if product.description else [*titles]


def digest(text: str) -> str:
    return hashlib.sha256(f"{MODEL}\x1f{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


class GoodsVectors:
    """A row for each text, e5 beside USE. Blocking; a file that cannot be read is made anew."""

    def __init__(self, file: Path, encoder: PassageEncoder) -> None:
        self._file = file
        self._encoder = encoder
        self._known: Vectors = {}
        self._loaded = False

    def load(self) -> None:
        """What an earlier process has encoded; read once."""
        if self._loaded:
            return
        self._loaded = True
        try:
            with np.load(self._file, allow_pickle=False) as kept:
                rows: NDArray[np.float16] = kept["vectors"]
                keys = [str(key) for key in kept["keys"]]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return
        if rows.shape == (len(keys), COLUMNS):
            self._known = dict(zip(keys, rows, strict=True))

    def missing(self, texts: Iterable[str]) -> list[str]:
        return [text for text in dict.fromkeys(texts) if digest(text) not in self._known]

    def encode(self, texts: Sequence[str]) -> None:
        """Make a portion of vectors."""
        for text, made in zip(texts, self._encoder.encode_passages(list(texts)), strict=True):
            self._known[digest(text)] = np.concatenate([made.e5, made.use]).astype(np.float16)

    def keep(self, texts: Iterable[str]) -> None:
        """Write the vectors of these texts and of no others."""
        self._known = {key: self._known[key] for key in map(digest, texts) if key in self._known}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # Beside the file first: a process that dies leaves the old one whole.
        fresh = self._file.with_suffix(".new.npz")
        np.savez(
            fresh, keys=np.array(list(self._known)), vectors=np.array(list(self._known.values()), np.float16)
        )
        fresh.replace(self._file)

    def rows(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """The vectors in the order of the texts, None while one is missing."""
        if not texts or self.missing(texts):
            return None
        return np.array([self._known[digest(text)] for text in texts], np.float32)
