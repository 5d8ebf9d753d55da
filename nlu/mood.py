"""How the customer feels, and the signals that ask for a person: threats, law, danger, distress."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.folding import Folded
from nlu.heads import FusedHead, Scores, heads_folder, save_arrays
from nlu.lexicon import Lexicon
from nlu.perception import Mood, Signal, TextVectors
from nlu.phrases import NamedPhrases, PhraseSet

_LETTERS = re.compile(r"[^\W\d_]")
_CLAIM = re.compile(r"[!！]")
_CALM = 2
"""Which of the cues is that of courtesies."""
_UNMARKED = 0.5
"""From which probability a message is furious that neither by its words nor by its writing shows it."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """`score` is the heat of the message from 0 to 1: all of anger and half of unhappiness."""

    mood: Mood
    score: float
    signals: frozenset[Signal]
    heated: bool = True
    """Whether its words or its writing show anger."""


_NO_WORDS = (PhraseSet(()),) * 3


class Cues:
    """What the words and their writing show beside their meaning."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._words = {
            lexicon.language: tuple(
                PhraseSet(words)
                for words in (lexicon.feelings.furious, lexicon.feelings.unhappy, lexicon.feelings.calm)
            )
            for lexicon in lexicons
        }
        """The words of a mood count in their own language alone: "rot" is a colour in German."""
        self._orders = PhraseSet(p for lexicon in lexicons for p in lexicon.injection.get("strong", ()))
        signals = NamedPhrases(item for lexicon in lexicons for item in lexicon.feelings.signals.items())
        self._signals = {Signal(name): phrases for name, phrases in signals.items()}

    def features(self, folded: Folded, language: str) -> Scores:
        """Insults, complaints, courtesies, orders to the machine, capitals, exclamation marks, threats: 0 to 1."""
        letters = _LETTERS.findall(folded.original)
        capitals = sum(c.isupper() for c in letters) / len(letters) if len(letters) >= 8 else 0.0
        signals = self.signals(folded)
        words = self._words.get(language, _NO_WORDS)
        return np.array(
            [
                *(min(2, phrases.count(folded.text)) / 2 for phrases in words),
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
    """A head over the whole message and its cues, whose labels are the moods.

    `thresholds` tell, for each language of the training phrases, from which probability a message is furious.
    """

    head: FusedHead
    thresholds: Mapping[str, float]

    def probabilities(
        self, vectors: TextVectors, text: str, language: str, cues: Scores
    ) -> dict[Mood, float]:
        scores = np.exp(self.head.log_probabilities(vectors, text, language, cues))
        return {Mood(label): float(score) for label, score in zip(self.head.labels, scores, strict=True)}

    def threshold(self, language: str) -> float:
        return self.thresholds.get(language, max(self.thresholds.values()))

    def save(self, path: Path) -> None:
        thresholds = np.array([self.thresholds[each] for each in self.head.languages], np.float32)
        save_arrays(path, {**self.head.arrays(), "thresholds": thresholds})

    @classmethod
    def load(cls, path: Path) -> MoodHead:
        head = FusedHead.load(path)
        with np.load(path, allow_pickle=False) as data:
            return cls(head, dict(zip(head.languages, data["thresholds"].tolist(), strict=True)))


class MoodReader:
    """Reads the mood of a message from its vectors and its cues."""

    def __init__(self, lexicons: Sequence[Lexicon], folder: Path | None = None) -> None:
        self.cues = Cues(lexicons)
        self._head = MoodHead.load((folder or heads_folder()) / "mood.npz")

    def read(self, folded: Folded, plain: str, vectors: TextVectors, language: str) -> Feeling:
        """`plain` is the text as it was encoded, `folded` as it was typed."""
        cues = self.cues.features(folded, language)
        told = self._head.probabilities(vectors, plain, language, cues)
        furious = told[Mood.FURIOUS] >= max(
            self._head.threshold(language), 0.0 if np.delete(cues, _CALM).any() else _UNMARKED
        )
        rest = Mood.CALM if told[Mood.CALM] >= max(told[Mood.UNHAPPY], told[Mood.FURIOUS]) else Mood.UNHAPPY
        heat = round(told[Mood.FURIOUS] + told[Mood.UNHAPPY] / 2, 4)
        mood = Mood.FURIOUS if furious else rest
        return Feeling(mood, heat, self.cues.signals(folded), bool(cues[0] or cues[len(Mood) :].any()))
