"""Keeps the vectors of the demo's documents, so that it starts without encoding them; run it after a text has changed."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from commerce.demo import demo_documents_dir, demo_vectors_file
from knowledge.index import ChromaIndex, PassageEncoder
from knowledge.ingest import ingest_directory
from knowledge.kept import KeptVectors, digest, write_vectors
from nlu.encoder import EmbeddedEncoder
from nlu.perception import TextVectors


class _Recording:
    """Remembers what an encoder was asked and what it answered."""

    def __init__(self, encoder: PassageEncoder) -> None:
        self._encoder = encoder
        self.known: dict[bytes, TextVectors] = {}

    def encode_passages(self, texts: list[str]) -> list[TextVectors]:
        found = self._encoder.encode_passages(texts)
        self.known.update(zip(map(digest, texts), found, strict=True))
        return found


async def keep_vectors(target: Path) -> int:
    """Write the vectors of every text that the demo's documents need; only new texts are encoded. Returns how many."""
    models = EmbeddedEncoder()
    recording = _Recording(KeptVectors(models, target))
    with tempfile.TemporaryDirectory() as folder:
        index = ChromaIndex(Path(folder), recording)
        try:
            await ingest_directory(demo_documents_dir(), index)
        finally:
            index.close()
            models.close()
    write_vectors(target, recording.known.items())
    return len(recording.known)


if __name__ == "__main__":
    asyncio.run(keep_vectors(demo_vectors_file()))
