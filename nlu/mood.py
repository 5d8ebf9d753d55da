"""How the customer feels, and the signals that ask for a person: threats, law, danger, distress."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.folding import Folded
from nlu.heads import FusedHead, Scores, heads_folder, log_softmax
from nlu.lexicon import Lexicon, named_pattern, pattern
from nlu.perception import Mood, Signal, TextVectors

_LETTERS = re.compile(r"[^\W\d_]")
_CLAIM = re.compile(r"[!！]")
MOODS = (Mood.CALM, Mood.UNHAPPY, Mood.FURIOUS)


@dataclass(frozen=True, slots=True)
class Feeling:
    """`score` is the heat of the message from 0 to 1: all of anger and half of unhappiness."""

    mood: Mood
    score: float
    signals: frozenset[Signal]


class Cues:
    """What the words and their writing show beside their meaning."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        # "rot" is a colour in German: heated words count in their own language alone.
        self._heated = {
            lexicon.language: (pattern(lexicon.feelings.furious), pattern(lexicon.feelings.unhappy))
            for lexicon in lexicons
        }
        signals = named_pattern(item for lexicon in lexicons for item in lexicon.feelings.signals.items())
        self._signals = {Signal(name): expression for name, expression in signals.items()}

    def features(self, folded: Folded, language: str) -> Scores:
        """Insults, complaints, capitals, exclamation marks, threats: each from 0 to 1."""
        letters = _LETTERS.findall(folded.original)
        capitals = sum(c.isupper() for c in letters) / len(letters) if len(letters) >= 8 else 0.0
        signals = self.signals(folded)
        furious, unhappy = self._heated.get(language, (pattern(()), pattern(())))
        return np.array(
            [
                min(2, len(furious.findall(folded.text))) / 2,
                min(2, len(unhappy.findall(folded.text))) / 2,
                max(0.0, capitals - 0.3) / 0.7,
                min(4, len(_CLAIM.findall(folded.original))) / 4,
                float(Signal.THREAT in signals or Signal.LEGAL in signals),
            ],
            dtype=np.float32,
        )

    def signals(self, folded: Folded) -> frozenset[Signal]:
        return frozenset(signal for signal, p in self._signals.items() if p.search(folded.text))


class MoodReader:
    """A head over the vectors of the whole message, and a second one that weighs it with the cues."""

    def __init__(self, lexicons: Sequence[Lexicon], folder: Path | None = None) -> None:
        folder = folder or heads_folder()
        self.cues = Cues(lexicons)
        self._head = FusedHead.load(folder / "mood.npz")
        with np.load(folder / "mood_cues.npz", allow_pickle=False) as data:
            self._weights, self._bias = data["w"], data["b"]
            thresholds = [float(threshold) for threshold in data["thresholds"]]
        self._thresholds = dict(zip(self._head.languages, thresholds, strict=False))
        self._threshold = thresholds[-1]

    def read(self, folded: Folded, vectors: TextVectors, text: str, language: str) -> Feeling:
        inputs = np.concatenate(
            [self._head.log_probabilities(vectors, text, language), self.cues.features(folded, language)]
        )
        calm, unhappy, furious = np.exp(log_softmax(self._weights @ inputs + self._bias)).tolist()
        if furious >= self._thresholds.get(language, self._threshold):
            mood = Mood.FURIOUS
        else:
            mood = Mood.CALM if calm >= max(unhappy, furious) else Mood.UNHAPPY
        return Feeling(mood, round(furious + unhappy / 2, 4), self.cues.signals(folded))
