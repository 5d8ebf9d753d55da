"""The trained heads: probabilities, languages without training data, and the bars on held-out phrases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu.bench import Bench, held_out
from nlu.encoder import EmbeddedEncoder
from nlu.fitting import auroc, macro_f1, wilson
from nlu.heads import FusedHead, heads_folder
from nlu.intents import Intent, IntentHead
from nlu.lexicon import Lexicon
from nlu.perception import TextVectors


def random_vectors(seed: int) -> TextVectors:
    random = np.random.default_rng(seed)
    return TextVectors(random.normal(size=384).astype(np.float32), random.normal(size=512).astype(np.float32))


def test_the_head_knows_every_intent() -> None:
    assert set(IntentHead().labels) == set(Intent)


def test_probabilities_sum_to_one_in_each_language() -> None:
    head = FusedHead.load(heads_folder() / "intents.npz")
    for language in ("en", "sv", "hi"):
        scores = head.log_probabilities(random_vectors(1), "where is my order", language)
        assert np.exp(scores).sum() == pytest.approx(1.0, abs=1e-4)


def test_the_wording_has_no_say_in_a_language_without_training_phrases() -> None:
    head = FusedHead.load(heads_folder() / "intents.npz")
    vectors = random_vectors(2)
    first, second = (head.log_probabilities(vectors, text, "sv") for text in ("cancel my order", "hello"))
    assert np.array_equal(first, second)


def test_what_is_saved_is_what_is_read(tmp_path: Path) -> None:
    head = FusedHead.load(heads_folder() / "intents.npz")
    head.save(tmp_path / "a.npz")
    FusedHead.load(tmp_path / "a.npz").save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("language", ["en", "de", "zh-Hans"])
def test_every_fourth_held_out_phrase_is_understood_well_enough(
    lexicons: tuple[Lexicon, ...], language: str
) -> None:
    encoder = EmbeddedEncoder()
    bench = Bench(lexicons, encoder)
    phrases = [(label, text) for label, texts in held_out()[language].items() for text in texts[::4]]
    guessed = [bench.intents(text, language)[0].intent for _, text in phrases]
    encoder.close()
    assert macro_f1([label for label, _ in phrases], guessed) >= 0.9


def test_measures() -> None:
    assert macro_f1(["a", "b"], ["a", "b"]) == 1.0
    assert macro_f1(["a", "b"], ["a", "a"]) == pytest.approx(1 / 3)
    assert auroc([0.9, 0.8], [0.1, 0.8]) == pytest.approx(0.875)
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-3)
    assert wilson(0, 300) == pytest.approx((0.0, 0.0126), abs=1e-3)
