"""Fits heads: small networks over the vectors and classifiers over the wording, fused and calibrated on unseen folds.

Development only: it needs scikit-learn, which the running product does not.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlu.heads import FusedHead, Network, Words, family, log_softmax
from nlu.perception import TextVectors
from nlu.wording import SIZE, wording

FOLDS = 5
SHARES = tuple(step / 20 for step in range(8, 15))
"""The wording has two fifths at least: among phrases of the same writers, folds give it less than other people's
phrases need."""
TEMPERATURES = tuple(round(0.3 + 0.05 * step, 2) for step in range(35))
CUE_WEIGHT = 5.0
Matrix = NDArray[np.float32]
Rows = NDArray[np.int64] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """One training phrase as the heads see it: with neutral tokens in place of identifiers.

    Copies of a phrase in another dress keep its `source`, so that no fold sees half of a pair.
    """

    text: str
    vectors: TextVectors
    label: str
    language: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is fitted: networks of `hidden` units, one for each seed, put side by side, as their mean is
    steadier than each; the rounds are few on purpose, more of them learn the phrases by heart."""

    hidden: int = 256
    rounds: int = 20
    decay: float = 0.03
    seeds: tuple[int, ...] = (1, 2, 3)
    words: float = 30.0
    balanced: bool = True


class Fit:
    """Samples as matrices: vectors, centred and scaled to spread, beside weighted cues; and their wording."""

    def __init__(self, samples: Sequence[Sample], recipe: Recipe, cues: Matrix | None = None) -> None:
        self.recipe = recipe
        self.labels = tuple(sorted({s.label for s in samples}))
        self.truth = np.array([self.labels.index(s.label) for s in samples])
        self.languages = tuple(sorted({s.language for s in samples}))
        self._families = np.array([family(s.language) for s in samples])
        views = [np.stack([s.vectors.e5 for s in samples]), np.stack([s.vectors.use for s in samples])]
        middles = [view.mean(axis=0) for view in views]
        spreads = [float(np.linalg.norm(v - m, axis=1).mean()) for v, m in zip(views, middles, strict=True)]
        told = np.zeros((len(samples), 0), np.float32) if cues is None else cues
        self._use_middle = middles[1]
        self._middle = np.concatenate([*middles, np.zeros(told.shape[1])])
        weights = [np.full(m.size, 1 / s) for m, s in zip(middles, spreads, strict=True)]
        self._scale = np.concatenate([*weights, np.full(told.shape[1], CUE_WEIGHT)])
        self._meant = ((np.hstack([*views, told]) - self._middle) * self._scale).astype(np.float32)
        self._said = _wordings([s.text for s in samples])

    def unseen(self, samples: Sequence[Sample]) -> tuple[Matrix, Matrix]:
        """Log-probabilities by networks and by wording that have not seen the sample or its source."""
        strata = [f"{s.language} {s.label}" for s in samples]
        sources = [f"{s.language} {s.source or s.text}" for s in samples]
        meant, said = (np.zeros((len(samples), len(self.labels)), np.float32) for _ in range(2))
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=7)
        for seen, rest in folds.split(strata, strata, sources):
            networks = self._networks(seen, self.recipe.seeds[:1])
            meant[rest] = log_softmax(np.log(networks[0].predict_proba(self._meant[rest]) + 1e-9))
            said[rest] = self._unseen_words(seen, rest)
        return meant, said

    def head(self, share: float, temperature: float) -> FusedHead:
        """The head on all samples; the networks side by side, over raw vectors and cues."""
        everything = np.arange(len(self.truth))
        networks = self._networks(everything, self.recipe.seeds)
        first = np.vstack([network.coefs_[0].T for network in networks]) * self._scale
        bias = np.concatenate([network.intercepts_[0] for network in networks]) - first @ self._middle
        last = np.hstack([network.coefs_[1].T for network in networks]) / len(networks)
        end = np.mean([network.intercepts_[1] for network in networks], axis=0)
        network = Network(
            (first.astype(np.float32), bias.astype(np.float32)),
            (last.astype(np.float32), end.astype(np.float32)),
            self._use_middle,
        )
        words = {
            name: Words.rounded(*self._words(self._families == name)) for name in sorted(set(self._families))
        }
        return FusedHead(self.labels, self.languages, network, words, share, temperature)

    def _networks(self, rows: Rows, seeds: Sequence[int]) -> list[MLPClassifier]:
        # One thread: the sums do not depend on the number of cores, and small matrices are not worth more.
        recipe = self.recipe
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return [
                MLPClassifier(
                    (recipe.hidden,),
                    alpha=recipe.decay,
                    max_iter=recipe.rounds,
                    random_state=seed,
                    learning_rate_init=2e-3,
                    batch_size=128,
                ).fit(self._meant[rows], self.truth[rows])
                for seed in seeds
            ]

    def _unseen_words(self, seen: Rows, rest: Rows) -> Matrix:
        said = np.zeros((len(rest), len(self.labels)), np.float32)
        for name in set(self._families[rest]):
            theirs = self._families[rest] == name
            weights, bias = self._words(seen[self._families[seen] == name])
            said[theirs] = log_softmax(self._said[rest[theirs]] @ weights.T + bias)
        return said

    def _words(self, rows: Rows) -> tuple[Matrix, Matrix]:
        """Weights and bias of every label; one without a phrase in the family is as unlikely as the least likely."""
        balance = "balanced" if self.recipe.balanced else None
        model = LogisticRegression(C=self.recipe.words, max_iter=300, tol=1e-3, class_weight=balance)
        model.fit(self._said[rows], self.truth[rows])
        weights = np.zeros((len(self.labels), SIZE), np.float32)
        bias = np.full(len(self.labels), model.intercept_.min(), np.float32)
        weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
        return weights, bias


def _wordings(texts: Sequence[str]) -> csr_matrix:
    found = [wording(text) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(places) for places, _ in found])
    places, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return csr_matrix((values, (rows, places)), shape=(len(texts), SIZE), dtype=np.float32)


def fuse(meant: Matrix, said: Matrix, share: float, temperature: float) -> Matrix:
    return log_softmax(((1 - share) * meant + share * said) / temperature)


def fit_head(
    samples: Sequence[Sample], recipe: Recipe | None = None, cues: Matrix | None = None
) -> tuple[FusedHead, Matrix]:
    """The head on all samples, and the log-probabilities that unseen folds gave."""
    fit = Fit(samples, recipe or Recipe(), cues)
    meant, said = fit.unseen(samples)

    def loss(share: float, temperature: float) -> float:
        return -float(fuse(meant, said, share, temperature)[np.arange(len(fit.truth)), fit.truth].mean())

    share = min(SHARES, key=lambda s: min(loss(s, t) for t in TEMPERATURES[::4]))
    temperature = min(TEMPERATURES, key=lambda t: loss(share, t))
    return fit.head(share, temperature), fuse(meant, said, share, temperature)


def macro_f1(truth: Sequence[str], guessed: Sequence[str]) -> float:
    """Mean F1 over the labels that occur in the truth."""
    scores = []
    for label in set(truth):
        hits = sum(t == g == label for t, g in zip(truth, guessed, strict=True))
        wrong = sum((t == label) != (g == label) for t, g in zip(truth, guessed, strict=True))
        scores.append(2 * hits / (2 * hits + wrong))
    return sum(scores) / len(scores)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive scores above a negative; ties count half."""
    values = np.asarray(negative)
    above = sum(float((values < p).sum() + (values == p).sum() / 2) for p in positive)
    return above / (len(positive) * len(values))


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927)."""
    z = 1.96
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / count / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
