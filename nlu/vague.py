"""Tells a message that names nothing: "well, you know, the thing", or keys struck at random."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.folding import Folded
from nlu.lexicon import Lexicon
from nlu.phrases import PhraseSet

LONGEST = 90
_WORD = re.compile(r"[^\W_]+")
_FEWEST_KEYS = 3
_ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn")
_REPEATED = re.compile(r"([a-z\u3041-\u3096])\1{2,}")
_LAUGHTER = frozenset("hwxはふ")


class VagueReader:
    """Each language is read by itself: what is left of a sentence in one must not be filled up from another."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._vague = [
            (
                PhraseSet(lx.vague.words),
                PhraseSet((*lx.vague.words, *lx.vague.around, *lx.answers.polite)),
            )
            for lx in lexicons
            if lx.vague.words
        ]

    def names_nothing(self, folded: Folded) -> bool:
        """Whether no word of it says what is wanted; a message without any word is none of these."""
        text = folded.text
        said = _WORD.findall(text)
        if not said or len(text) > LONGEST:
            return False
        struck = [word for word in said if _struck(word)]
        if len(struck) == len(said):
            return True
        rest = _WORD.sub(lambda m: " " if m[0] in struck else m[0], text)
        return any(
            (struck or words.search(rest)) and not _WORD.search(around.sub(" ", rest))
            for words, around in self._vague
        )


def _struck(word: str) -> bool:
    """Neighbours on a keyboard, or one letter again and again; laughter is no nonsense."""
    if len(word) < _FEWEST_KEYS:
        return False
    if _REPEATED.fullmatch(word):
        return word[0] not in _LAUGHTER
    return len(word) > _FEWEST_KEYS and any(word in row or word in row[::-1] for row in _ROWS)
