"""What of a message is her own language: no codes, addresses or quotations; and in which letters it is written."""

from __future__ import annotations

import re
import unicodedata

ASIDE = re.compile(
    r"<!--.*?(?:-->|$)|\[[^\]]*(?:\]|$)|\([^)]*\)|（[^）]*）|【[^】]*】|„[^“”]*[“”]|“[^”]*”|\"[^\"]*\"|«[^»]*»|「[^」]*」",
    re.S,
)
"""What stands in brackets or quotation marks need not be the customer's own words."""
NOT_WORDS = re.compile(
    r"https?://\S+|</?[A-Za-z][^<>]{0,300}>|\S{0,200}\d\S*|\S{1,200}@\S+|\w{1,80}(?:_\w{1,80})+|\b\w{1,80}=\w+"
)
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_UNSPACED = re.compile("[\u0e01-\u0e4e]|[^\x00-\u2e80]")
"""Letters of scripts that put no space between a word and a code: Thai, and all behind the Latin ones and their kin."""


def own_words(text: str) -> str:
    """The text without what it quotes, unless nothing would be left."""
    own = ASIDE.sub(" ", text)
    return own if any(c.isalpha() for c in NOT_WORDS.sub(" ", own)) else text


def plain_words(text: str) -> str:
    return NOT_WORDS.sub(_without_latin, text)


def _without_latin(match: re.Match[str]) -> str:
    """Codes are no words, but Han and Thai letters stand right beside them."""
    return "".join(c if _UNSPACED.match(c) else " " for c in match[0])


def only_names(text: str) -> bool:
    """Whether all Latin words are written as names are: "Coastline Running Shoes"."""
    return all(word[0].isupper() for word in _LATIN_WORD.findall(text))


def script_of(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


def writes(charset: str, letters: str) -> bool:
    try:
        letters.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
