"""A trained head: a small network over what a text means and a classifier over its wording, calibrated; numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.perception import TextVectors
from nlu.wording import Sparse, wording

Scores = NDArray[np.float32]
Linear = tuple[Scores, Scores]

NO_CUES = np.zeros(0, np.float32)
_ARRAYS = ("hidden_w", "hidden_b", "output_w", "output_b", "middle", "words_w", "words_b")
USE_UNKNOWN = frozenset({"hi", "vi"})
"""Languages that the second encoder does not know."""


def heads_folder() -> Path:
    """Where the trained heads lie."""
    return Path(__file__).resolve().parent / "heads"


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer over the vectors of both encoders, and over cues where it has learned some.

    `middle` is the mean vector of the second encoder, which stands in where it does not know the language.
    """

    hidden: Linear
    output: Linear
    middle: Scores

    def log_probabilities(self, vectors: TextVectors, cues: Scores, language: str) -> Scores:
        use = self.middle if language.split("-")[0] in USE_UNKNOWN else vectors.use
        weights, bias = self.hidden
        hidden = np.maximum(weights @ np.concatenate([vectors.e5, use, cues]) + bias, 0.0)
        return log_softmax(self.output[0] @ hidden + self.output[1])


@dataclass(frozen=True, slots=True)
class FusedHead:
    """A network over a text's meaning and a linear classifier over its wording, whose `share` is that of the sum.

    `languages` are those of the training phrases: in another one the wording is unknown and the network alone counts.
    """

    labels: tuple[str, ...]
    languages: tuple[str, ...]
    network: Network
    words: Linear
    share: float
    temperature: float

    def log_probabilities(
        self, vectors: TextVectors, text: str, language: str, cues: Scores = NO_CUES
    ) -> Scores:
        """Calibrated log-probabilities of the labels for one text."""
        meant = self.network.log_probabilities(vectors, cues, language)
        share = self.share if language in self.languages else 0.0
        said = log_softmax(_sparse_product(self.words, wording(text))) if share else np.zeros_like(meant)
        return log_softmax(((1 - share) * meant + share * said) / self.temperature)

    def save(self, path: Path) -> None:
        """Write plain arrays without pickle; equal numbers give equal files."""
        save_arrays(path, self.arrays())

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        numbers = (*self.network.hidden, *self.network.output, self.network.middle, *self.words)
        return {
            "labels": np.array(self.labels),
            "languages": np.array(self.languages),
            "fusion": np.array([self.share, self.temperature], np.float32),
            **{name: np.asarray(values, np.float32) for name, values in zip(_ARRAYS, numbers, strict=True)},
        }

    @classmethod
    def load(cls, path: Path) -> FusedHead:
        with np.load(path, allow_pickle=False) as data:
            hidden, hidden_b, output, output_b, middle, words, words_b = (data[name] for name in _ARRAYS)
            share, temperature = (float(value) for value in data["fusion"])
            return cls(
                tuple(str(label) for label in data["labels"]),
                tuple(str(language) for language in data["languages"]),
                Network((hidden, hidden_b), (output, output_b), middle),
                (words, words_b),
                share,
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
