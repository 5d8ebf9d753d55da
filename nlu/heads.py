"""A trained head: linear classifiers over three views of a text, fused late and calibrated; numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.perception import TextVectors
from nlu.wording import Sparse, wording

Scores = NDArray[np.float32]
Linear = tuple[Scores, Scores]

VIEWS = ("e5", "use", "words")
USE_UNKNOWN = frozenset({"hi", "vi"})
"""Languages that the second encoder does not know."""


def heads_folder() -> Path:
    """Where the trained heads lie."""
    return Path(__file__).resolve().parent / "heads"


@dataclass(frozen=True, slots=True)
class FusedHead:
    """`views` are weights and biases; `shares` are the views' parts of the fused log-probabilities, summing to 1.

    `languages` are those of the training phrases: in another one the wording is unknown and only vectors count.
    """

    labels: tuple[str, ...]
    languages: tuple[str, ...]
    views: Mapping[str, Linear]
    shares: tuple[float, float, float]
    temperature: float

    def log_probabilities(self, vectors: TextVectors, text: str, language: str) -> Scores:
        """Calibrated log-probabilities of the labels for one text."""
        shares = np.array(self.shares, dtype=np.float32)
        if language.split("-")[0] in USE_UNKNOWN:
            shares[1] = 0.0
        if language not in self.languages:
            shares[2] = 0.0
        scores = (
            log_softmax(self.views["e5"][0] @ vectors.e5 + self.views["e5"][1]),
            log_softmax(self.views["use"][0] @ vectors.use + self.views["use"][1]),
            log_softmax(_sparse_product(self.views["words"], wording(text))),
        )
        fused = sum(share * score for share, score in zip(shares / shares.sum(), scores, strict=True))
        return log_softmax(np.asarray(fused) / self.temperature)

    def save(self, path: Path) -> None:
        """Write plain arrays without pickle; equal numbers give equal files."""
        arrays: dict[str, NDArray[np.generic]] = {
            "labels": np.array(self.labels),
            "languages": np.array(self.languages),
            "fusion": np.array([*self.shares, self.temperature], np.float32),
        }
        for view, (weights, bias) in self.views.items():
            arrays |= {f"{view}_w": weights.astype(np.float32), f"{view}_b": bias.astype(np.float32)}
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> FusedHead:
        with np.load(path, allow_pickle=False) as data:
            first, second, third, temperature = (float(value) for value in data["fusion"])
            return cls(
                tuple(str(label) for label in data["labels"]),
                tuple(str(language) for language in data["languages"]),
                {view: (data[f"{view}_w"], data[f"{view}_b"]) for view in VIEWS},
                (first, second, third),
                temperature,
            )


def save_arrays(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """`numpy.savez` stamps no time, so equal arrays give equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def log_softmax(scores: NDArray[np.floating]) -> Scores:
    """Stable, over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)


def _sparse_product(linear: Linear, words: Sparse) -> Scores:
    places, values = words
    return np.asarray(linear[0][:, places] @ values + linear[1], dtype=np.float32)
