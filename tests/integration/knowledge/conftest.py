"""A folder of documents, an index in a temporary folder, the real encoders, and no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import pytest_socket

from knowledge.index import ChromaIndex
from knowledge.passages import Passage
from knowledge.retrieval import HybridRetriever
from nlu.encoder import EmbeddedEncoder
from nlu.perception import TextVectors

TODAY = date(2026, 11, 1)


class CountingEncoder(EmbeddedEncoder):
    """The embedded pair, which counts the passages that it had to encode."""

    encoded = 0

    def encode_passages(self, texts: Sequence[str]) -> list[TextVectors]:
        self.encoded += len(texts)
        return super().encode_passages(texts)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a document."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture(scope="session")
def encoder() -> Iterator[CountingEncoder]:
    opened = CountingEncoder()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    return documents


@pytest.fixture
def index(tmp_path: Path, encoder: CountingEncoder) -> Iterator[ChromaIndex]:
    opened = ChromaIndex(tmp_path / "index", encoder)
    yield opened
    opened.close()


class Shop:
    """Asks the shop's documents."""

    def __init__(self, index: ChromaIndex, encoder: EmbeddedEncoder) -> None:
        self._retriever = HybridRetriever(index)
        self._encoder = encoder

    async def ask(
        self, text: str, language: str = "en", market: str | None = None, on: date = TODAY
    ) -> list[Passage]:
        (vectors,) = self._encoder.encode_queries([text])
        return list(await self._retriever.search(vectors, text=text, language=language, market=market, on=on))


@pytest.fixture
def shop(index: ChromaIndex, encoder: CountingEncoder) -> Shop:
    return Shop(index, encoder)
