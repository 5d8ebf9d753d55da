"""A phrase is encoded once on a machine; what is kept equals what was made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.kept_vectors import KeepingEncoder
from nlu.perception import TextVectors


class Counting:
    """Vectors that tell the length of their text."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> list[TextVectors]:
        self.encoded += texts
        return [
            TextVectors(np.full(384, len(t), dtype=np.float32), np.full(512, -len(t), dtype=np.float32))
            for t in texts
        ]

    encode_passages = encode_queries


def test_each_text_is_encoded_once_and_comes_back_in_order(tmp_path: Path) -> None:
    encoder = Counting()
    texts = ["a longer text", "short", "short", "a longer text"]
    first = KeepingEncoder(encoder, tmp_path / "build" / "vectors.db").encode_queries(texts)
    again = KeepingEncoder(encoder, tmp_path / "build" / "vectors.db").encode_queries([*texts, "new one"])
    assert sorted(encoder.encoded) == ["a longer text", "new one", "short"]
    for made, kept, text in zip(first, again, texts, strict=False):
        assert (made.e5[0], made.use[0]) == (kept.e5[0], kept.use[0]) == (len(text), -len(text))
        assert (kept.e5.shape, kept.use.shape) == ((384,), (512,))
