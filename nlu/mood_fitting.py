"""Fits the mood head: a small network, and for each language the threshold at which a message is furious.

Development only: it needs scikit-learn, which the running product does not.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlu.fitting import FOLDS, Matrix
from nlu.heads import log_softmax
from nlu.mood import MOODS, MoodHead
from nlu.perception import Mood, TextVectors

HIDDEN, ROUNDS, DECAY, SEEDS = 64, 15, 0.03, (1, 2, 3)
"""Networks of this size, one for each seed, put side by side in one: their mean is steadier than each."""
CUE_WEIGHT = 5.0
ALARMS = 0.03
"""The share of calm phrases, unseen by the network, that may be taken for furious."""
LIKELY = 0.5
"""Who is handed over as furious is more likely so than not."""
_DRESS = re.compile(r"[^\w\s?？<>@]+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase with its mood; copies in another dress keep their `source`, so that no fold sees half of a pair."""

    text: str
    language: str
    mood: Mood
    source: str


def dressed(found: Sequence[Spoken]) -> list[Spoken]:
    """The phrases, calm ones also in capitals or with exclamation marks: loudness alone is no anger."""
    calm = [s for s in found if s.mood is Mood.CALM]
    shouted = [_again(s, s.text.rstrip(".!。！").upper()) for s in calm[::12]]
    claimed = [_again(s, s.text.rstrip(".!。！") + "!!!") for s in calm[6::12]]
    return [*found, *(s for s in [*shouted, *claimed] if s.text != s.source)]


def undressed(found: Sequence[Spoken]) -> list[Spoken]:
    """Copies in lower case and without punctuation, as many people write."""
    copies = [_again(s, " ".join(_DRESS.sub(" ", s.text).lower().split())) for s in found]
    return [s for s in copies if s.text and s.text != s.source]


def _again(spoken: Spoken, text: str) -> Spoken:
    return Spoken(text, spoken.language, spoken.mood, spoken.source)


def fit_mood(
    found: Sequence[Spoken], vectors: Sequence[TextVectors], cues: Matrix
) -> tuple[MoodHead, dict[str, Matrix]]:
    """The head on all phrases, and for each language the log-probabilities of its phrases on unseen folds."""
    inputs = _Inputs(vectors, cues)
    moods = np.array([MOODS.index(s.mood) for s in found])
    strata = [f"{s.language} {s.mood}" for s in found]
    sources = [f"{s.language} {s.source}" for s in found]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=7)
    unseen = np.zeros((len(found), len(MOODS)), np.float32)
    for seen, rest in folds.split(strata, strata, sources):
        unseen[rest] = inputs.scores(_networks(inputs.matrix[seen], moods[seen]), rest)
    spoken = np.array([s.language for s in found])
    plain = np.array([s.text == s.source for s in found])
    by_language = {
        language: unseen[(spoken == language) & plain] for language in sorted(set(spoken.tolist()))
    }
    thresholds = {
        language: threshold(np.exp(scores[moods[(spoken == language) & plain] == 0, 2]))
        for language, scores in by_language.items()
    }
    return inputs.head(_networks(inputs.matrix, moods), thresholds), by_language


def threshold(furious: Matrix) -> float:
    """The lowest threshold at which no more of the calm than `ALARMS` are taken for furious, and never below `LIKELY`."""
    return max(LIKELY, float(np.quantile(furious, 1 - ALARMS, method="higher")) + 1e-4)


class _Inputs:
    """Vectors, centred and scaled to spread, beside weighted cues."""

    def __init__(self, vectors: Sequence[TextVectors], cues: Matrix) -> None:
        views = [np.stack([v.e5 for v in vectors]), np.stack([v.use for v in vectors])]
        middles = [view.mean(axis=0) for view in views]
        spreads = [float(np.linalg.norm(v - m, axis=1).mean()) for v, m in zip(views, middles, strict=True)]
        self.use_middle = middles[1]
        self._middle = np.concatenate([*middles, np.zeros(cues.shape[1])])
        self._scale = np.concatenate(
            [
                *(np.full(m.size, 1 / s) for m, s in zip(middles, spreads, strict=True)),
                np.full(cues.shape[1], CUE_WEIGHT),
            ]
        )
        self.matrix = ((np.hstack([*views, cues]) - self._middle) * self._scale).astype(np.float32)

    def scores(self, networks: Sequence[MLPClassifier], rows: Matrix) -> Matrix:
        logits = [np.log(network.predict_proba(self.matrix[rows]) + 1e-9) for network in networks]
        return log_softmax(np.mean(logits, axis=0))

    def head(self, networks: Sequence[MLPClassifier], thresholds: dict[str, float]) -> MoodHead:
        """The networks side by side, over raw vectors and cues."""
        first = np.vstack([network.coefs_[0].T for network in networks]) * self._scale
        bias = np.concatenate([network.intercepts_[0] for network in networks]) - first @ self._middle
        last = np.hstack([network.coefs_[1].T for network in networks]) / len(networks)
        end = np.mean([network.intercepts_[1] for network in networks], axis=0)
        return MoodHead(
            (first.astype(np.float32), bias.astype(np.float32)),
            (last.astype(np.float32), end.astype(np.float32)),
            self.use_middle,
            thresholds,
        )


def _networks(inputs: Matrix, moods: Matrix) -> list[MLPClassifier]:
    # One thread: the sums do not depend on the number of cores, and small matrices are not worth more.
    with threadpool_limits(1), warnings.catch_warnings():
        # The rounds are few on purpose: more of them learn the phrases by heart.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return [
            MLPClassifier(
                (HIDDEN,),
                alpha=DECAY,
                max_iter=ROUNDS,
                random_state=seed,
                learning_rate_init=2e-3,
                batch_size=128,
            ).fit(inputs, moods)
            for seed in SEEDS
        ]
