"""How the customer feels, and the signals that ask for a person: threats, law, danger, distress."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.folding import Folded
from nlu.heads import USE_UNKNOWN, Linear, Scores, heads_folder, log_softmax, save_arrays
from nlu.lexicon import Lexicon, named_pattern, pattern
from nlu.perception import Mood, Signal, TextVectors

_LETTERS = re.compile(r"[^\W\d_]")
_CLAIM = re.compile(r"[!！]")
MOODS = (Mood.CALM, Mood.UNHAPPY, Mood.FURIOUS)
_ARRAYS = ("hidden_w", "hidden_b", "output_w", "output_b", "middle")


@dataclass(frozen=True, slots=True)
class Feeling:
    """`score` is the heat of the message from 0 to 1: all of anger and half of unhappiness."""

    mood: Mood
    score: float
    signals: frozenset[Signal]


class Cues:
    """What the words and their writing show beside their meaning."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        # "rot" is a colour in German: the words of a mood count in their own language alone.
        self._words = {
            lexicon.language: tuple(
                pattern(words)
                for words in (lexicon.feelings.furious, lexicon.feelings.unhappy, lexicon.feelings.calm)
            )
            for lexicon in lexicons
        }
        self._orders = pattern(
            tuple(sorted({p for lexicon in lexicons for p in lexicon.injection.get("strong", ())}))
        )
        signals = named_pattern(item for lexicon in lexicons for item in lexicon.feelings.signals.items())
        self._signals = {Signal(name): expression for name, expression in signals.items()}

    def features(self, folded: Folded, language: str) -> Scores:
        """Insults, complaints, courtesies, orders to the machine, capitals, exclamation marks, threats: 0 to 1."""
        letters = _LETTERS.findall(folded.original)
        capitals = sum(c.isupper() for c in letters) / len(letters) if len(letters) >= 8 else 0.0
        signals = self.signals(folded)
        words = self._words.get(language, (pattern(()),) * 3)
        return np.array(
            [
                *(min(2, len(expression.findall(folded.text))) / 2 for expression in words),
                float(self._orders.search(folded.text) is not None),
                max(0.0, capitals - 0.3) / 0.7,
                min(4, len(_CLAIM.findall(folded.original))) / 4,
                float(Signal.THREAT in signals or Signal.LEGAL in signals),
            ],
            dtype=np.float32,
        )

    def signals(self, folded: Folded) -> frozenset[Signal]:
        return frozenset(signal for signal, p in self._signals.items() if p.search(folded.text))


@dataclass(frozen=True, slots=True)
class MoodHead:
    """A network with one hidden layer over the vectors of the whole message and its cues.

    `middle` is the mean vector of the second encoder, which stands in where it does not know the language;
    `thresholds` tell, for each language of the training phrases, from which probability a message is furious.
    """

    hidden: Linear
    output: Linear
    middle: Scores
    thresholds: Mapping[str, float]

    def log_probabilities(self, vectors: TextVectors, cues: Scores, language: str) -> Scores:
        """Of the MOODS, in their order."""
        use = self.middle if language.split("-")[0] in USE_UNKNOWN else vectors.use
        weights, bias = self.hidden
        hidden = np.maximum(weights @ np.concatenate([vectors.e5, use, cues]) + bias, 0.0)
        return log_softmax(self.output[0] @ hidden + self.output[1])

    def threshold(self, language: str) -> float:
        return self.thresholds.get(language, max(self.thresholds.values()))

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[np.generic]] = {
            name: np.asarray(values, np.float32)
            for name, values in zip(_ARRAYS, (*self.hidden, *self.output, self.middle), strict=True)
        }
        arrays["languages"] = np.array(tuple(self.thresholds))
        arrays["thresholds"] = np.array(tuple(self.thresholds.values()), np.float32)
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> MoodHead:
        with np.load(path, allow_pickle=False) as data:
            weights, bias, output, end, middle = (data[name] for name in _ARRAYS)
            thresholds = zip(data["languages"].tolist(), data["thresholds"].tolist(), strict=True)
            return cls((weights, bias), (output, end), middle, dict(thresholds))


class MoodReader:
    """Reads the mood of a message from its vectors and its cues."""

    def __init__(self, lexicons: Sequence[Lexicon], folder: Path | None = None) -> None:
        self.cues = Cues(lexicons)
        self._head = MoodHead.load((folder or heads_folder()) / "mood.npz")

    def read(self, folded: Folded, vectors: TextVectors, language: str) -> Feeling:
        scores = self._head.log_probabilities(vectors, self.cues.features(folded, language), language)
        calm, unhappy, furious = np.exp(scores).tolist()
        if furious >= self._head.threshold(language):
            mood = Mood.FURIOUS
        else:
            mood = Mood.CALM if calm >= max(unhappy, furious) else Mood.UNHAPPY
        return Feeling(mood, round(furious + unhappy / 2, 4), self.cues.signals(folded))
