"""Tells a plain yes or no, and a correction, from everything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from nlu.folding import Folded, fold
from nlu.lexicon import Lexicon, Phrases, compiled
from nlu.perception import Answer, Entity, EntityKind
from nlu.phrases import PhraseSet

# Apostrophes stay, for "that's"; the last two are variation selectors and skin tones of emoji.
_BETWEEN = re.compile(r"[\s,.!~;:、。…·\"“”„()\-–—\ufe0f\U0001f3fb-\U0001f3ff]+")
_LONGEST = 80
_NAMED = (EntityKind.PAYMENT_METHOD, EntityKind.COLOUR, EntityKind.SIZE)


@dataclass(frozen=True, slots=True)
class Said:
    answer: Answer | None
    correction: bool
    opening: Answer | None = None
    """How the message begins, whatever follows: enough where no money moves."""


class AnswerReader:
    """A yes needs the whole message: money may move on it. Where languages disagree about a word, it is no answer."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        # Where words are not spaced two yeses are one word, but two noes may be a yes.
        self._answers = [
            answer
            for lx in lexicons
            for answer in (
                _Wordings(Answer.YES, lx.answers.yes, lx.answers.polite, lx.answers.deeds, " ?"),
                _Wordings(Answer.NO, lx.answers.no, lx.answers.polite, (), " "),
            )
        ]
        self._correction = PhraseSet(p for lexicon in lexicons for p in lexicon.answers.correction)

    def read(self, folded: Folded) -> Said:
        """The answer in any of the languages; a question mark makes every answer doubtful."""
        if len(folded.text) <= _LONGEST and "?" not in folded.text:
            said = _plain(folded)
            answers = {each.answer for each in self._answers if each.are(said)}
            if answers:
                return Said(answers.pop() if len(answers) == 1 else None, False)
        corrected = self._correction.search(folded.text[:400]) is not None
        return Said(None, corrected, self._opened(folded))

    def agreed(self, folded: Folded, entities: Sequence[Entity]) -> tuple[Entity, ...]:
        """What it names, where it is a plain yes without it: "yes, PayPal please"."""
        named = tuple(entity for entity in entities if entity.kind in _NAMED)
        left = folded.original
        for entity in named:
            left = left[: entity.start] + " " * (entity.end - entity.start) + left[entity.end :]
        return named if named and self.read(fold(left)).answer is Answer.YES else ()

    def _opened(self, folded: Folded) -> Answer | None:
        if "?" in folded.text:
            return None
        said = _plain(folded)[:_LONGEST]
        heard = {each.answer for each in self._answers if each.open(said)}
        return heard.pop() if len(heard) == 1 else None


class _Wordings:
    """How one language says yes, or no. Its expressions are compiled when a message holds one of its words."""

    def __init__(
        self, answer: Answer, phrases: Phrases, polite: Phrases, deeds: Phrases, between: str
    ) -> None:
        self.answer = answer
        self._phrases = phrases
        self._words = PhraseSet(phrases)
        self._polite = polite
        self._deeds = deeds
        self._between = between

    def are(self, said: str) -> bool:
        """Whether the text is nothing else."""
        return bool(self._words.possible(said)) and self._whole.fullmatch(said) is not None

    def open(self, said: str) -> bool:
        """Whether the text begins so."""
        return bool(self._words.possible(said)) and self._opening.match(said) is not None

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        word, around = compiled(self._phrases).pattern, compiled(self._polite + self._deeds).pattern
        return re.compile(rf"(?:{around} ?)*{word}(?: ?{around}|{self._between}{word})*")

    @cached_property
    def _opening(self) -> re.Pattern[str]:
        word, around = compiled(self._phrases).pattern, compiled(self._polite).pattern
        return re.compile(rf"(?:{around} ?)*{word}(?= |$)")


def _plain(folded: Folded) -> str:
    return _BETWEEN.sub(" ", folded.text.replace("’", "'")).strip()
