"""Fits the mood head: a small network, and for each language the threshold at which a message is furious.

Development only: it needs scikit-learn, which the running product does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlu.fitting import Matrix, Recipe, Sample, fit_head
from nlu.mood import MoodHead
from nlu.perception import Mood

RECIPE = Recipe(hidden=128, balanced=False, words=10.0)
ALARMS = 0.06
"""The share of calm phrases that were written to look like anger, unseen by the network, that may be taken for
furious: they tempt more than what customers write."""
LIKELY = 0.2
"""Who is handed over as furious is so at least with this probability."""
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


def fit_mood(samples: Sequence[Sample], written: Sequence[bool], cues: Matrix) -> MoodHead:
    """The head on all samples; the thresholds look at calm phrases that were `written` to look like anger."""
    head, unseen = fit_head(samples, RECIPE, cues)
    furious = np.exp(unseen[:, head.labels.index(Mood.FURIOUS)])
    tempting = np.array(written) & np.array([s.label == Mood.CALM for s in samples])
    spoken = np.array([s.language for s in samples])
    return MoodHead(head, {each: threshold(furious[tempting & (spoken == each)]) for each in head.languages})


def threshold(furious: Matrix) -> float:
    """The lowest threshold at which no more of the calm than `ALARMS` are taken for furious, and never below `LIKELY`."""
    return max(LIKELY, float(np.quantile(furious, 1 - ALARMS, method="higher")) + 1e-4)
