"""`python -m knowledge.calibrate [--fit] FOLDER`: how well questions find their sections, and when to say nothing.

FOLDER holds the demo shop's documents. Without `--fit` the present calibration is measured; with it, the weights and
thresholds are chosen anew and written to `calibration.json`, and a split of the questions in halves shows what such a
fit is worth.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.calibration import FILE, Calibration, Weights, load_calibration
from knowledge.index import ChromaIndex
from knowledge.ingest import ingest_directory
from knowledge.passages import Passage
from knowledge.retrieval import Library, Question, load_library
from knowledge.shelf import SIGNALS, Shelf
from nlu.encoder import EmbeddedEncoder
from nlu.perception import TextVectors

QUESTIONS = Path(__file__).with_name("questions")
KEY_LANGUAGE = "en"
GRID = {"e5": (4.0, 5.0, 6.0, 8.0), "use": (1.0,), "lexical": (0.0, 0.1, 0.2, 0.3, 0.4)}
GRID_E5 = {"e5": (6.0,), "use": (0.0,), "lexical": (0.0, 0.1, 0.2, 0.3, 0.4)}

Section = tuple[str, int]
"""A section by its document's name and its place in it: the documents of all languages run in parallel."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `answers` is empty where the documents do not answer it."""

    text: str
    language: str
    vectors: TextVectors
    answers: frozenset[Section]


@dataclass(frozen=True, slots=True)
class Trial:
    """One question at one shelf: the signals of every passage, and which passages answer."""

    language: str
    figures: NDArray[np.float32]
    right: NDArray[np.bool_]

    @property
    def answerable(self) -> bool:
        return bool(self.right.any())


@dataclass(frozen=True, slots=True)
class Figures:
    """Recall over answerable questions (before a threshold), then precision and recall of "no answer" with it."""

    questions: int
    recall_at_1: float
    recall_at_3: float
    auroc: float
    silent_precision: float
    silent_recall: float

    def __str__(self) -> str:
        return (
            f"{self.questions:4} questions  recall@1 {self.recall_at_1:.2f}  recall@3 {self.recall_at_3:.2f}  "
            f"AUROC {self.auroc:.3f}  no answer: precision {self.silent_precision:.2f} recall {self.silent_recall:.2f}"
        )


def sections(shelf: Shelf) -> list[Section]:
    """For each passage of a shelf, its section; -1 is a document's introduction."""
    places: dict[str, list[tuple[str, ...]]] = {}
    found: list[Section] = []
    for passage in shelf.passages:
        name = Path(passage.document).stem
        paths = places.setdefault(name, [])
        if len(passage.title_path) > 1 and passage.title_path not in paths:
            paths.append(passage.title_path)
        found.append((name, paths.index(passage.title_path) if passage.title_path in paths else -1))
    return found


def read_questions(language: str, headings: dict[str, Section], encoder: EmbeddedEncoder) -> list[Asked]:
    """The questions of one language; raises KeyError for a heading that the documents no longer have."""
    data = yaml.safe_load((QUESTIONS / f"{language}.yaml").read_text("utf-8"))
    pairs: list[tuple[str, frozenset[Section]]] = []
    for key, texts in data["answerable"].items():
        answers = frozenset(headings[heading] for heading in key.split(" | "))
        pairs += [(text, answers) for text in texts]
    pairs += [(text, frozenset()) for text in data["unanswerable"]]
    vectors = encoder.encode_queries([text for text, _ in pairs])
    return [Asked(text, language, v, answers) for (text, answers), v in zip(pairs, vectors, strict=True)]


def trial(asked: Asked, shelf: Shelf, e5_only: bool = False) -> Trial:
    # Hindi stands for any language that the second encoder does not know.
    signals = shelf.signals(asked.vectors, asked.text, "hi" if e5_only else asked.language)
    right = np.array([section in asked.answers for section in sections(shelf)], dtype=np.bool_)
    return Trial(asked.language, signals.figures, right)


def measure(trials: Sequence[Trial], weights: Weights) -> Figures:
    hits: list[tuple[bool, bool]] = []
    best: list[float] = []
    for one in trials:
        scores = weights.score(one.figures, one.language)
        order = np.argsort(-scores)[:3]
        best.append(float(scores[order[0]]))
        hits.append((bool(one.right[order[0]]), bool(one.right[order].any())))
    known = np.array([one.answerable for one in trials])
    top = np.array(best)
    silent = top < 0
    first, third = np.array(hits)[known].mean(axis=0)
    return Figures(
        questions=len(trials),
        recall_at_1=float(first),
        recall_at_3=float(third),
        auroc=float((top[known][:, None] > top[~known][None, :]).mean()),
        silent_precision=float((silent & ~known).sum() / max(int(silent.sum()), 1)),
        silent_recall=float(silent[~known].mean()),
    )


def fit(trials: Sequence[Trial], grid: dict[str, tuple[float, ...]]) -> Weights:
    """The weights with the best recall and separation, and a threshold for each language."""

    def quality(weights: Weights) -> float:
        found = measure(trials, weights)
        return found.recall_at_1 + found.recall_at_3 + 2 * found.auroc

    options = itertools.product(*(grid[name] for name in SIGNALS))
    best = max((Weights(weights=option, bias=0.0) for option in options), key=quality)
    languages = sorted({one.language for one in trials})
    by_language = {code: _bias([t for t in trials if t.language == code], best) for code in languages}
    return best.model_copy(update={"bias": _bias(trials, best), "by_language": by_language})


def _bias(trials: Sequence[Trial], weights: Weights) -> float:
    """Puts zero where the shares of wrongly silent and wrongly answered questions are smallest together."""
    top = np.array([float(weights.score(one.figures, one.language).max()) for one in trials])
    known = np.array([one.answerable for one in trials])

    def balance(threshold: float) -> float:
        return float((top[known] >= threshold).mean() + (top[~known] < threshold).mean())

    # Of equally good thresholds the middle one: it is the least tied to these questions.
    reached = max(balance(threshold) for threshold in top)
    good = [threshold for threshold in top if balance(threshold) > reached - 0.01]
    return -round(float(np.median(good)), 3)


def fit_all(questions: Sequence[Asked], library: Library) -> Calibration:
    same, cross = (list(_pairs(questions, library, own)) for own in (True, False))
    return load_calibration().model_copy(
        update={
            "same": fit([trial(*pair) for pair in same], GRID),
            "cross": fit([trial(*pair) for pair in cross], GRID),
            "same_e5": fit([trial(*pair, True) for pair in same], GRID_E5),
            "cross_e5": fit([trial(*pair, True) for pair in cross], GRID_E5),
        }
    )


def _pairs(questions: Iterable[Asked], library: Library, own: bool) -> Iterable[tuple[Asked, Shelf]]:
    for asked, shelf in itertools.product(questions, library.shelves):
        if (asked.language == shelf.language) is own:
            yield asked, shelf


def report(questions: Sequence[Asked], library: Library, calibration: Calibration) -> None:
    for shelf in library.shelves:
        own = [trial(asked, shelf) for asked in questions if asked.language == shelf.language]
        print(f"{shelf.language:8} asked in its language  {measure(own, calibration.same)}")
        other = [trial(asked, shelf) for asked in questions if asked.language != shelf.language]
        print(f"{shelf.language:8} asked in another       {measure(other, calibration.cross)}")
    for name, own_language, weights in (
        ("one language ", True, calibration.same_e5),
        ("two languages", False, calibration.cross_e5),
    ):
        trials = [trial(asked, shelf, True) for asked, shelf in _pairs(questions, library, own_language)]
        print(f"e5 alone, {name}         {measure(trials, weights)}")


def report_searches(questions: Sequence[Asked], library: Library, calibration: Calibration) -> None:
    """The figures of whole searches over all languages, as a customer meets them."""
    places = {
        p.id: s for shelf in library.shelves for p, s in zip(shelf.passages, sections(shelf), strict=True)
    }
    for language in sorted({asked.language for asked in questions}):
        asked_here = [asked for asked in questions if asked.language == language]
        found = [_search(asked, library, calibration) for asked in asked_here]
        known = [(asked, hits) for asked, hits in zip(asked_here, found, strict=True) if asked.answers]
        unknown = [hits for asked, hits in zip(asked_here, found, strict=True) if not asked.answers]
        right = sum(bool(hits) and places[hits[0].id] in asked.answers for asked, hits in known)
        own = sum(bool(hits) and hits[0].language == language for _, hits in known)
        answered = sum(bool(hits) for _, hits in known)
        silent = sum(not hits for hits in unknown)
        print(
            f"{language:8} searches: {answered / len(known):.2f} of {len(known)} answered, of these "
            f"{own / max(answered, 1):.2f} in the customer's language and {right / max(answered, 1):.2f} with the right "
            f"section first; {silent / len(unknown):.2f} of {len(unknown)} unanswerable ones left unanswered"
        )


def _search(asked: Asked, library: Library, calibration: Calibration) -> list[Passage]:
    question = Question(asked.vectors, asked.text, asked.language, market=None, on=date.max)
    return library.answers(question, calibration)[:3]


async def run(folder: Path, refit: bool) -> None:
    encoder = EmbeddedEncoder(threads=2)
    with tempfile.TemporaryDirectory() as home:
        index = ChromaIndex(Path(home), encoder)
        ingested = await ingest_directory(folder, index)
        library = load_library(index)
        shelves = {shelf.language: shelf for shelf in library.shelves}
        keys = shelves[KEY_LANGUAGE]
        headings = {p.title_path[-1]: s for p, s in zip(keys.passages, sections(keys), strict=True)}
        questions = [asked for language in shelves for asked in read_questions(language, headings, encoder)]
        print(f"{ingested.passages} passages in {', '.join(shelves)}; {len(questions)} questions")
        if refit:
            print("fitted on one half of the questions, measured on the other:")
            report(questions[1::2], library, fit_all(questions[::2], library))
            print("fitted on all:")
            FILE.write_text(fit_all(questions, library).model_dump_json(indent=2) + "\n", "utf-8")
            load_calibration.cache_clear()
        report(questions, library, load_calibration())
        report_searches(questions, library, load_calibration())
        index.close()
    encoder.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m knowledge.calibrate", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("commerce/demo/policies/documents"))
    parser.add_argument("--fit", action="store_true", help="choose the weights anew and write them")
    arguments = parser.parse_args()
    asyncio.run(run(arguments.folder, arguments.fit))


if __name__ == "__main__":
    main()
