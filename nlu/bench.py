"""Runs the heads over held-out phrases as a turn does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from facts.yaml_text import read_words
from nlu.choices import ChoiceHead
from nlu.encoder import Encoder
from nlu.folding import Folded, fold
from nlu.intents import IntentHead
from nlu.lexicon import Lexicon
from nlu.masking import DEFAULT_ORDER_NUMBER
from nlu.mood import Feeling, MoodReader
from nlu.perception import OUT_OF_SCOPE, IntentScore, TextVectors, chosen
from nlu.reading import MessageReader

ROOM = Path(__file__).resolve().parent
Held = dict[str, dict[str, list[str]]]


class Bench:
    """Runs the heads over texts as a turn does."""

    def __init__(self, lexicons: Sequence[Lexicon], encoder: Encoder) -> None:
        self._reader = MessageReader(lexicons, DEFAULT_ORDER_NUMBER)
        self._encoder = encoder
        self._head = IntentHead()
        self._choices = ChoiceHead()
        self._mood = MoodReader(lexicons)

    def encode(self, text: str, language: str) -> tuple[Folded, str, TextVectors]:
        message = self._reader.read(text, language)
        plain = self._reader.plain(message)
        return message.folded, plain, self._encoder.encode_queries([plain])[0]

    def intents(self, text: str, language: str) -> tuple[IntentScore, float]:
        """The best intent, and the probability that the text is out of scope."""
        _, plain, vectors = self.encode(text, language)
        scores = self._head.scores(vectors, plain, language)
        foreign = float(scores[self._head.labels.index(OUT_OF_SCOPE)])
        return self._head.ranked(scores)[0], foreign

    def choice(self, text: str, language: str, slot: str, values: Sequence[str]) -> tuple[str, float] | None:
        """What the text chooses of a question's values, and how surely."""
        _, plain, vectors = self.encode(text, language)
        return chosen(self._choices.probabilities(vectors, plain, language), slot, values)

    def mood(self, text: str, language: str) -> Feeling:
        _, plain, vectors = self.encode(text, language)
        return self._mood.read(fold(text), plain, vectors, language)


def held_out(name: str = "") -> Held:
    """The held-out phrases of the intents, or of `mood`, without those that somebody wrote for training as well.

    "Thanks" and "cancel" are written by everybody: they are learned, so they measure nothing.
    """
    found: Held = {}
    for path in sorted((ROOM / "heldout" / name).glob("*.yaml")):
        training = ROOM / "training" / name / path.name
        learned = read_words(training.read_text("utf-8")) if training.exists() else {}
        known = {_letters(text) for texts in learned.values() for text in texts}
        labels = read_words(path.read_text("utf-8"))
        found[path.stem] = {
            label: [text for text in texts if _letters(text) not in known] for label, texts in labels.items()
        }
    return found


def _letters(text: str) -> str:
    """What tells a text from another: neither case nor marks nor spaces. A text of marks alone is itself."""
    return re.sub(r"\W+", "", fold(text).text) or text
