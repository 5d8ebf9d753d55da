"""Prepares a message for the encoder: its language, its spelling, its entities, and the words that are no details."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlu.entities import CONTACT, IDENTIFIERS, EntityReader, identifier_spans, neutral
from nlu.folding import Folded, fold
from nlu.lexicon import Lexicon, pattern
from nlu.own_words import NOT_WORDS
from nlu.perception import Entity
from nlu.phrases import PhraseSet
from nlu.spelling import Speller
from nlu.vocabulary import Vocabulary, load_vocabularies

READ_CHARACTERS = 6000
"""Of a longer message the beginning is read; nobody asks for something on page three."""
_CLAUSE_END = re.compile(r"[,;:.!?…()\[\]，；：。！？（）、،؛؟\n]+")
_ASKED = re.compile(r"[?？؟!！]")
_LINK = "is|ist|lautet|是|为"
_MARKUP = re.compile(r"</?[a-z][^<>]{0,300}>", re.IGNORECASE)
"""Tags say nothing that a customer wants."""
_EMPTY = re.compile(r"[(\[（]\s*(?:[)\]）]|(?=[?!.,;]|$))")
_FEWEST_LETTERS = 2
_HAN = re.compile(r"[\u3040-\u9fff]")


@dataclass(frozen=True, slots=True)
class Message:
    """A folded text with its slips put right, and what it mentions."""

    folded: Folded
    entities: tuple[Entity, ...]

    @property
    def text(self) -> str:
        return self.folded.original

    def words(self, start: int, end: int) -> str:
        """A part in folded letters, without its identifiers."""
        folded = self.folded
        first, last = bisect_left(folded.offsets, start), bisect_left(folded.offsets, end)
        words = list(folded.text[first:last])
        for a, b, _ in identifier_spans(self.entities):
            for place in range(
                max(first, bisect_left(folded.offsets, a)), min(last, bisect_left(folded.offsets, b))
            ):
                words[place - first] = " "
        return "".join(words)


class MessageReader:
    """Reads a message of a known language. The heads are trained on what `plain` leaves of it."""

    def __init__(
        self,
        lexicons: Sequence[Lexicon],
        order_number_pattern: str,
        vocabularies: dict[str, Vocabulary] | None = None,
    ) -> None:
        self.entities = EntityReader(lexicons, order_number_pattern)
        self._speller = Speller(lexicons, load_vocabularies() if vocabularies is None else vocabularies)
        labels = pattern(tuple({w for lx in lexicons for w in (*lx.near.email, *lx.near.postcode)}))
        self._contact = re.compile(rf"(?:(?:{labels.pattern})(?:\W|{_LINK}){{0,4}})?{CONTACT}", re.IGNORECASE)
        words = {
            word
            for lexicon in lexicons
            for words in (
                lexicon.answers.polite,
                lexicon.near.order,
                lexicon.near.tracking,
                lexicon.near.postcode,
                lexicon.near.email,
                lexicon.near.one_time_code,
                lexicon.near.detail,
            )
            for word in words
        }
        self._of_details = PhraseSet(words)

    def read(self, text: str, language: str) -> Message:
        folded = self.respelt(fold(text[:READ_CHARACTERS]), language)
        return Message(folded, self.entities.read(folded))

    def respelt(self, folded: Folded, language: str) -> Folded:
        """Mistyped words as they were meant; codes and addresses stay."""
        codes = [folded.span(m.start(), m.end()) for m in NOT_WORDS.finditer(folded.text) if m[0].isascii()]
        return folded.changed(self._speller.changes(folded, language, codes))

    def plain(self, message: Message, start: int = 0, end: int | None = None) -> str:
        """A part of the message as it is encoded: neutral tokens for identifiers, no clauses of details alone."""
        end = len(message.text) if end is None else end
        kept: list[str] = []
        for first, last in _clauses(message, start, end):
            if self.says_something(message, first, last):
                kept.append(neutral(message.folded, message.entities, first, last))
                continue
            if kept:
                kept[-1] = kept[-1].rstrip("([（ ")
            if kept and (asked := _ASKED.search(message.text[max(first, last - 3) : last])):
                kept.append(asked[0])
        said = "".join(kept).strip() or neutral(message.folded, message.entities, start, end).strip()
        return " ".join(_EMPTY.sub("", self._contact.sub(" ", _MARKUP.sub(" ", said))).split())

    def says_something(self, message: Message, start: int, end: int) -> bool:
        """Whether there are words that do more than name a detail."""
        rest = self._of_details.sub(" ", message.words(start, end))
        return sum(c.isalpha() for c in rest) >= (1 if _HAN.search(rest) else _FEWEST_LETTERS)

    def only_details(self, message: Message) -> bool:
        """Whether the message tells identifiers and asks for nothing."""
        return any(e.kind in IDENTIFIERS for e in message.entities) and not self.says_something(
            message, 0, len(message.text)
        )


def _clauses(message: Message, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between commas and stops; an identifier is never cut."""
    inside = identifier_spans(message.entities)
    ends = (m.end() for m in _CLAUSE_END.finditer(message.text, start, end))
    cuts = (c for c in ends if c < end and not any(a < c < b for a, b, _ in inside))
    return pairwise([start, *cuts, end])
