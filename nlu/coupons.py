"""Reads the code of a coupon: capitals and digits beside the word for it, or a message that is nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlu.folding import Folded
from nlu.lexicon import Lexicon
from nlu.perception import Entity, EntityKind
from nlu.phrases import PhraseSet

_TOKEN = re.compile(r"(?<![A-Za-z0-9@.])[A-Za-z0-9]{2,23}(?:-[A-Za-z0-9]{1,10}){0,3}(?![A-Za-z0-9@])")
_REACH = 40
_PLAIN = re.compile(r"[A-Z]{4,15}[0-9]{1,4}|[A-Z]{3}[0-9]{2}")
"""Nothing else that customers write looks so: SUMMER20. Sizes have fewer letters, parcels' numbers more digits."""


def unmistakable(token: str) -> bool:
    """Whether it is a coupon's code even where no word says so."""
    return _PLAIN.fullmatch(token) is not None


class CouponReader:
    """A code mixes letters and digits, or is written in capitals; a word of the sentence is neither."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._named = PhraseSet(phrase for lexicon in lexicons for phrase in lexicon.goods.coupon)

    def read(self, folded: Folded) -> Iterator[Entity]:
        """The first code that the message names."""
        mentions = [folded.span(*match.span()) for match in self._named.finditer(folded.text)]
        for match in _TOKEN.finditer(folded.original) if mentions else ():
            near = any(
                match.start() <= end + _REACH and start - _REACH <= match.end() for start, end in mentions
            )
            inside = any(start <= match.start() and match.end() <= end for start, end in mentions)
            if near and not inside and _like_a_code(match[0], folded.original):
                yield _entity(match)
                return
        plain = next((m for m in _TOKEN.finditer(folded.original) if unmistakable(m[0])), None)
        if plain:
            yield _entity(plain)
            return
        yield from self._alone(folded)

    def _alone(self, folded: Folded) -> Iterator[Entity]:
        """A message that is one token: a code where one was asked for."""
        code = _TOKEN.fullmatch(folded.original.strip())
        match = _TOKEN.search(folded.original) if code else None
        if match and _like_a_code(match[0], "a"):
            yield _entity(match)


def _entity(match: re.Match[str]) -> Entity:
    return Entity(EntityKind.COUPON_CODE, match[0].upper(), match[0], match.start(), match.end())


def _like_a_code(token: str, text: str) -> bool:
    letters, digits = any(c.isalpha() for c in token), any(c.isdigit() for c in token)
    if not token.isascii() or not letters or len(token) < 3:
        return False
    shouting = not any(c.islower() for c in text)
    return digits or (token.isupper() and len(token) >= 4 and not shouting)
