"""Fits heads: logistic regression on each view, late fusion and a temperature chosen on unseen folds.

Development only: it needs scikit-learn, which the running product does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from nlu.heads import VIEWS, FusedHead, Linear, log_softmax
from nlu.perception import TextVectors
from nlu.wording import SIZE, wording

FOLDS = 5
STRENGTHS = {"e5": 20.0, "use": 3.0, "words": 30.0}
TEMPERATURES = tuple(round(0.3 + 0.05 * step, 2) for step in range(35))
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sample:
    """One training phrase as the heads see it: with neutral tokens in place of identifiers."""

    text: str
    vectors: TextVectors
    label: str
    language: str


def matrices(samples: Sequence[Sample]) -> dict[str, Matrix]:
    """The samples in each view."""
    words = np.zeros((len(samples), SIZE), np.float32)
    for row, sample in enumerate(samples):
        places, values = wording(sample.text)
        words[row, places] = values
    return {
        "e5": np.stack([s.vectors.e5 for s in samples]),
        "use": np.stack([s.vectors.use for s in samples]),
        "words": words,
    }


def fit_linear(data: Matrix, labels: Sequence[str], view: str) -> Linear:
    """Weights and bias over raw vectors; those of the encoders are fitted centred and scaled to spread them."""
    dense = view != "words"
    mean = data.mean(axis=0) if dense else np.zeros(data.shape[1], np.float32)
    scale = float(np.linalg.norm(data - mean, axis=1).mean()) if dense else 1.0
    model = LogisticRegression(C=STRENGTHS[view], max_iter=300, tol=1e-3, class_weight="balanced")
    model.fit((data - mean) / scale if dense else csr_matrix(data), labels)
    weights = model.coef_ / scale
    return weights.astype(np.float32), (model.intercept_ - weights @ mean).astype(np.float32)


def out_of_fold(samples: Sequence[Sample]) -> dict[str, Matrix]:
    """Log-probabilities of each sample by heads that have not seen it, in each view."""
    labels = np.array([s.label for s in samples])
    strata = [f"{s.language} {s.label}" for s in samples]
    data = matrices(samples)
    scores = {view: np.zeros((len(samples), len(set(labels))), np.float32) for view in VIEWS}
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(strata, strata):
        for view, matrix in data.items():
            weights, bias = fit_linear(matrix[seen], labels[seen], view)
            scores[view][unseen] = log_softmax(matrix[unseen] @ weights.T + bias)
    return scores


def fuse(scores: Mapping[str, Matrix], shares: Sequence[float], temperature: float) -> Matrix:
    mixed = sum(share * scores[view] for share, view in zip(shares, VIEWS, strict=True))
    return log_softmax(np.asarray(mixed) / temperature)


def fit_head(samples: Sequence[Sample]) -> tuple[FusedHead, Matrix]:
    """The head on all samples, and the log-probabilities that unseen folds gave."""
    names = tuple(sorted({s.label for s in samples}))
    truth = np.array([names.index(s.label) for s in samples])
    scores = out_of_fold(samples)

    def loss(shares: Sequence[float], temperature: float) -> float:
        return -float(fuse(scores, shares, temperature)[np.arange(len(truth)), truth].mean())

    grid = [(a / 10, b / 10, (10 - a - b) / 10) for a in range(2, 9) for b in range(1, 9 - a + 1)]
    shares = min(grid, key=lambda mix: min(loss(mix, t) for t in TEMPERATURES[::4]))
    temperature = min(TEMPERATURES, key=lambda t: loss(shares, t))
    labels = [s.label for s in samples]
    views = {view: fit_linear(matrix, labels, view) for view, matrix in matrices(samples).items()}
    languages = tuple(sorted({s.language for s in samples}))
    return FusedHead(names, languages, views, shares, temperature), fuse(scores, shares, temperature)


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
