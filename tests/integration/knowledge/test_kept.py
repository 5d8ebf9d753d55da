"""Kept vectors stand in for the encoders where the text is known, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from commerce.demo import demo_documents_dir, demo_vectors_file
from knowledge.index import ChromaIndex
from knowledge.ingest import ingest_directory
from knowledge.kept import KeptVectors, digest, read_vectors, write_vectors
from nlu.perception import TextVectors
from tests.integration.knowledge.conftest import CountingEncoder

QUESTION = "Can I cancel my order?"


class Asked:
    """An encoder that notes what it is asked and knows no text."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_passages(self, texts: list[str]) -> list[TextVectors]:
        self.texts += texts
        return [TextVectors(np.eye(1, 384, dtype=np.float32)[0], np.eye(1, 512, dtype=np.float32)[0])] * len(
            texts
        )


async def test_the_demo_s_documents_need_no_encoder(tmp_path: Path) -> None:
    asked = Asked()
    index = ChromaIndex(tmp_path, KeptVectors(asked, demo_vectors_file()))
    report = await ingest_directory(demo_documents_dir(), index)
    index.close()
    assert not report.refused
    assert len(report.read) == 54
    assert not asked.texts, "a text has changed: run python -m bootstrap.keep_vectors"


def test_kept_vectors_are_those_of_the_encoders(encoder: CountingEncoder) -> None:
    kept = read_vectors(demo_vectors_file())[digest(QUESTION)]
    (fresh,) = encoder.encode_passages([QUESTION])
    assert float(kept.e5 @ fresh.e5) > 0.9999
    assert float(kept.use @ fresh.use) > 0.9999


def test_what_is_not_kept_is_encoded_in_its_place(tmp_path: Path) -> None:
    asked, file = Asked(), tmp_path / "vectors.npz"
    half = np.full(384, 1, dtype=np.float32) / np.sqrt(np.float32(384))
    other = np.full(512, 1, dtype=np.float32) / np.sqrt(np.float32(512))
    write_vectors(file, [(digest("known"), TextVectors(half, other))])
    first, second, third = KeptVectors(asked, file).encode_passages(["new", "known", "new"])
    assert asked.texts == ["new"]
    assert first.e5[0] == third.e5[0] == 1
    assert abs(float(second.e5 @ half) - 1) < 1e-3
    assert abs(float(np.linalg.norm(second.use)) - 1) < 1e-5


def test_without_a_file_everything_is_encoded(tmp_path: Path) -> None:
    asked = Asked()
    KeptVectors(asked, tmp_path / "none.npz").encode_passages(["one", "two"])
    assert asked.texts == ["one", "two"]
