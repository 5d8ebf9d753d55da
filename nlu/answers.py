"""Tells a plain yes or no, and a correction, from everything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.folding import Folded
from nlu.lexicon import Lexicon, Phrases, pattern
from nlu.perception import Answer

# Apostrophes stay, for "that's"; the last two are variation selectors and skin tones of emoji.
_BETWEEN = re.compile(r"[\s,.!~;:、。…·\"“”„()\-–—\ufe0f\U0001f3fb-\U0001f3ff]+")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Said:
    answer: Answer | None
    correction: bool
    opening: Answer | None = None
    """How the message begins, whatever follows: enough where no money moves."""


class AnswerReader:
    """A yes needs the whole message: money may move on it. Where languages disagree about a word, it is no answer."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._answers = [
            (
                # Where words are not spaced two yeses are one word, but two noes may be a yes.
                _whole(lx.answers.yes, lx.answers.polite + lx.answers.deeds, " ?"),
                _whole(lx.answers.no, lx.answers.polite),
            )
            for lx in lexicons
        ]
        self._openings = [
            (_opening(lx.answers.yes, lx.answers.polite), _opening(lx.answers.no, lx.answers.polite))
            for lx in lexicons
        ]
        self._correction = pattern(tuple(p for lexicon in lexicons for p in lexicon.answers.correction))

    def read(self, folded: Folded) -> Said:
        """The answer in any of the languages; a question mark makes every answer doubtful."""
        if len(folded.text) <= _LONGEST and "?" not in folded.text:
            said = _plain(folded)
            answers: set[Answer] = set()
            for yes, no in self._answers:
                answers |= {answer for answer, p in ((Answer.YES, yes), (Answer.NO, no)) if p.fullmatch(said)}
            if answers:
                return Said(answers.pop() if len(answers) == 1 else None, False)
        return Said(None, bool(self._correction.search(folded.text[:400])), self._opened(folded))

    def _opened(self, folded: Folded) -> Answer | None:
        if "?" in folded.text:
            return None
        said = _plain(folded)[:_LONGEST]
        heard = {
            answer
            for yes, no in self._openings
            for answer, p in ((Answer.YES, yes), (Answer.NO, no))
            if p.match(said)
        }
        return heard.pop() if len(heard) == 1 else None


def _plain(folded: Folded) -> str:
    return _BETWEEN.sub(" ", folded.text.replace("’", "'")).strip()


def _opening(phrases: Phrases, polite: Phrases) -> re.Pattern[str]:
    word, around = pattern(phrases).pattern, pattern(polite).pattern
    return re.compile(rf"(?:{around} ?)*{word}(?= |$)")


def _whole(phrases: Phrases, polite: Phrases, between: str = " ") -> re.Pattern[str]:
    word, around = pattern(phrases).pattern, pattern(polite).pattern
    return re.compile(rf"(?:{around} ?)*{word}(?: ?{around}|{between}{word})*")
