"""How signals become one score, zero being "good enough to say"; fitted by `python -m knowledge.calibrate --fit`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from knowledge.index import USE_UNKNOWN
from knowledge.shelf import SIGNALS

FILE = Path(__file__).with_name("calibration.json")


class Weights(BaseModel):
    """A linear score of the signals; below zero a passage does not answer.

    Plain cosines, not z-scores: both rank alike, but in telling answerable questions from others (AUROC) cosines reach
    0.95 and z-scores 0.80, because every question has some passage that stands out of its shelf.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: tuple[float, ...] = Field(min_length=len(SIGNALS), max_length=len(SIGNALS))
    bias: float
    by_language: dict[str, float] = Field(default_factory=dict)
    """The bias for questions in a language for which it was fitted: cosines run higher in some languages."""

    def score(self, figures: NDArray[np.float32], question_language: str) -> NDArray[np.float32]:
        weighted: NDArray[np.float32] = figures @ np.array(self.weights, dtype=np.float32)
        return weighted + np.float32(self.by_language.get(question_language, self.bias))


class Calibration(BaseModel):
    """Four weightings: question and passage in one language or in two, with both encoders or with e5 alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    same: Weights
    cross: Weights
    same_e5: Weights
    cross_e5: Weights
    own_language: float = Field(ge=0)
    """How good another language's passage must be where the customer's own language has documents too."""
    own_market: float = Field(ge=0)
    """The advantage of a passage written for the customer's market over one for all."""

    def weights(self, question: str, passage: str) -> Weights:
        """The weighting for a question in one language and passages in another."""
        if USE_UNKNOWN & {question, passage}:
            return self.same_e5 if question == passage else self.cross_e5
        return self.same if question == passage else self.cross


@cache
def load_calibration(file: Path = FILE) -> Calibration:
    return Calibration.model_validate_json(file.read_text("utf-8"))
