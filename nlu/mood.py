"""How the customer feels, and the signals that ask for a person: threats, law, danger, distress."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from nlu.folding import Folded
from nlu.heads import FusedHead, Scores, heads_folder, save_arrays
from nlu.lexicon import Lexicon, named_pattern, pattern
from nlu.perception import Mood, Signal, TextVectors

_LETTERS = re.compile(r"[^\W\d_]")
_CLAIM = re.compile(r"[!！]")


@dataclass(frozen=True, slots=True)
class Feeling:
    """`score` is the heat of the message from 0 to 1: all of anger and half of unhappiness."""

    mood: Mood
    score: float
    signals: frozenset[Signal]


class Cues:
    """What the words and their writing show beside their meaning."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        self._words = cache(self._compiled)
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
        words = self._words(language)
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

    def _compiled(self, language: str) -> tuple[re.Pattern[str], ...]:
        """The words of a mood count in their own language alone: "rot" is a colour in German. Long lists are
        compiled when the language is first spoken."""
        lexicon = self._lexicons.get(language)
        if lexicon is None:
            return (pattern(()),) * 3
        said = lexicon.feelings
        return tuple(pattern(words) for words in (said.furious, said.unhappy, said.calm))

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
        told = self._head.probabilities(vectors, plain, language, self.cues.features(folded, language))
        furious = told[Mood.FURIOUS] >= self._head.threshold(language)
        rest = Mood.CALM if told[Mood.CALM] >= max(told[Mood.UNHAPPY], told[Mood.FURIOUS]) else Mood.UNHAPPY
        heat = round(told[Mood.FURIOUS] + told[Mood.UNHAPPY] / 2, 4)
        return Feeling(Mood.FURIOUS if furious else rest, heat, self.cues.signals(folded))
