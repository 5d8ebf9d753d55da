"""A trained head: a small network over what a text means and a classifier over its wording, calibrated; numpy alone."""

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

NO_CUES = np.zeros(0, np.float32)
_ARRAYS = ("hidden_w", "hidden_b", "output_w", "output_b", "middle")
_STEPS = 127
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
        use = self.middle if family(language) in USE_UNKNOWN else vectors.use
        weights, bias = self.hidden
        hidden = np.maximum(weights @ np.concatenate([vectors.e5, use, cues]) + bias, 0.0)
        return log_softmax(self.output[0] @ hidden + self.output[1])


@dataclass(frozen=True, slots=True)
class Words:
    """A linear classifier over the wording of one family of languages; weights in 127 steps of each label's `scale`."""

    weights: NDArray[np.int8]
    scale: Scores
    bias: Scores

    @classmethod
    def rounded(cls, weights: NDArray[np.floating], bias: NDArray[np.floating]) -> Words:
        scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / _STEPS
        steps = np.round(weights / scale[:, None]).astype(np.int8)
        return cls(steps, scale.astype(np.float32), np.asarray(bias, np.float32))

    def log_probabilities(self, wording: Sparse) -> Scores:
        places, values = wording
        return log_softmax((self.weights[:, places].astype(np.float32) @ values) * self.scale + self.bias)


def family(language: str) -> str:
    """What languages have in common that share their words: `zh` of `zh-Hant`."""
    return language.partition("-")[0]


@dataclass(frozen=True, slots=True)
class FusedHead:
    """A network over a text's meaning, one for all languages, and a linear classifier over its wording for each
    family of languages, whose `share` is that of the sum.

    `languages` are those of the training phrases: in another one the wording is unknown and the network alone counts.
    """

    labels: tuple[str, ...]
    languages: tuple[str, ...]
    network: Network
    words: Mapping[str, Words]
    share: float
    temperature: float

    def log_probabilities(
        self, vectors: TextVectors, text: str, language: str, cues: Scores = NO_CUES
    ) -> Scores:
        """Calibrated log-probabilities of the labels for one text."""
        meant = self.network.log_probabilities(vectors, cues, language)
        words = self.words.get(family(language))
        if words is None:
            return log_softmax(meant / self.temperature)
        said = words.log_probabilities(wording(text))
        return log_softmax(((1 - self.share) * meant + self.share * said) / self.temperature)

    def save(self, path: Path) -> None:
        """Write plain arrays without pickle; equal numbers give equal files."""
        save_arrays(path, self.arrays())

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        numbers = (*self.network.hidden, *self.network.output, self.network.middle)
        found: dict[str, NDArray[np.generic]] = {
            "labels": np.array(self.labels),
            "languages": np.array(self.languages),
            "fusion": np.array([self.share, self.temperature], np.float32),
            **{name: np.asarray(values, np.float32) for name, values in zip(_ARRAYS, numbers, strict=True)},
        }
        for name, words in sorted(self.words.items()):
            found |= {
                f"words_{name}": words.weights,
                f"scale_{name}": words.scale,
                f"bias_{name}": words.bias,
            }
        return found

    @classmethod
    def load(cls, path: Path) -> FusedHead:
        with np.load(path, allow_pickle=False) as data:
            hidden, hidden_b, output, output_b, middle = (data[name] for name in _ARRAYS)
            share, temperature = (float(value) for value in data["fusion"])
            languages = tuple(str(language) for language in data["languages"])
            families = dict.fromkeys(family(language) for language in languages)
            return cls(
                tuple(str(label) for label in data["labels"]),
                languages,
                Network((hidden, hidden_b), (output, output_b), middle),
                {n: Words(data[f"words_{n}"], data[f"scale_{n}"], data[f"bias_{n}"]) for n in families},
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
