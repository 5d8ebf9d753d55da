"""What a message chooses in answer to one of the flows' questions, by its meaning where no listed word tells it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nlu.heads import FusedHead, heads_folder
from nlu.perception import TextVectors


class ChoiceHead:
    """Scores texts by the trained head; its labels are `slot.value`, and `none`."""

    def __init__(self, path: Path | None = None) -> None:
        self._head = FusedHead.load(path or heads_folder() / "choices.npz")

    def probabilities(self, vectors: TextVectors, text: str, language: str) -> Mapping[str, float]:
        """Of all labels."""
        scores = np.exp(self._head.log_probabilities(vectors, text, language))
        return dict(zip(self._head.labels, scores.tolist(), strict=True))
