"""Finds in a text that is to leave what a channel may forbid: links, contact data, requests for reviews; coupons by name.

By rules alone, so that the same text always has the same findings. Tricks are undone first (invisible characters,
other digits, full-width forms, "shop dot com"); what merely looks alike stays: order and tracking numbers, prices,
dates, "no.1".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from facts.yaml_text import read_words
from markets.channel import Forbidden
from markets.marketplaces import order_number_spans
from nlu.folding import Folded, fold, folded_letters
from nlu.lexicon import Lexicon
from nlu.phrases import PhraseSet
from nlu.telephones import telephone_spans

_LABEL = r"[0-9a-z\u00df-\u024f\u0370-\u03ff\u0400-\u052f\-]"
_EDGE = r"[0-9a-z\u00df-\u024f\u0370-\u052f_@]"
_SCHEME = re.compile(r"(?<![0-9a-z])(?:[a-z][a-z0-9+.\-]{1,12}:[\\/]{2}|mailto:|tel:|www[.\d][^\s]*\.)\S*")
_EMAIL = re.compile(r"[\w.+\-]+@(?:[\w\-]+\.)+[^\W\d_]{2,}", re.UNICODE)
_ALIKE = str.maketrans("аеорсухіѕјмԁɡοϲαρε", "aeopcyxisjmdgocape")
"""Letters of other scripts that are drawn like ours."""
_CODE = re.compile(rf"(?<!{_EDGE})[0-9a-z]{{2,23}}(?:[\-\u2010-\u2015][0-9a-z]{{1,10}}){{0,3}}(?![0-9a-z])")
_NUMBERED = re.compile(r"\.?\s*[:#]?\s*\d")


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a text, as it stands there."""

    kind: Forbidden
    text: str


class Code(NamedTuple):
    """What may be a coupon's code, as it is compared and as it stands in the text."""

    plain: str
    text: str


@cache
def _words() -> dict[str, Any]:
    return dict(read_words((files(__package__) / "outgoing.yaml").read_text("utf-8")))


def _any(words: Collection[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _domain() -> re.Pattern[str]:
    names = ("strong", "countries", "own_scripts")
    strong, countries, own = (folded_letters(_words()[name]).split() for name in names)
    latin = (
        rf"(?<!{_EDGE})(?<![\-])(?P<labels>(?:{_LABEL}+\.)+)(?:(?P<strong>{_any(strong)})|(?P<country>{_any(countries)}))"
        rf"(?!{_LABEL})(?!\.{_LABEL})(?P<path>(?::\d+)?[/?][^\s]*)?"
    )
    other = rf"[\w\-]+\.(?:{_any(own)})(?!\w)"
    return re.compile(f"{latin}|{other}")


@cache
def _spelt() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What writes "." and "@" out, with what it stands for."""
    dot, at = _any(_words()["dot"]), _any(_words()["at"])
    strong = _any(_words()["strong"].split())
    return (
        (re.compile(rf"\s*[\[({{<]\s*(?:{dot}|\.)\s*[\])}}>]\s*"), "."),
        (re.compile(rf"\s*[\[({{<]\s*(?:{at})\s*[\])}}>]\s*"), "@"),
        (re.compile(rf"(?<=[0-9a-z])\s+(?:{dot}|\.)\s*(?=(?:{strong})(?![0-9a-z]))"), "."),
        (re.compile(r"(?<=[0-9a-z])[\u3002\uff61\u2024\u00b7](?=[0-9a-z])"), "."),
    )


class OutgoingReader:
    """Reads by the words of the given languages, whatever language the text is in."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._reviews = PhraseSet(phrase for each in lexicons for phrase in each.review_requests)
        near = (phrase for each in lexicons for phrase in (*each.near.order, *each.near.tracking))
        self._numbers = PhraseSet(near)

    def read(self, text: str, known: Collection[str] = ()) -> tuple[Found, ...]:
        """The findings in order of their kinds, each once. `known` are codes of the shop's own facts, such as tracking
        numbers, which are no telephone numbers."""
        folded = fold(text)
        found = [
            *self._addresses(folded),
            *self._telephones(folded, known),
            *self._social(folded),
            *(Found(Forbidden.REVIEW_REQUEST, _shown(folded, *m.span())) for m in self._reviews.finditer(folded.text)),
        ]  # fmt: skip
        return tuple(dict.fromkeys(found))

    def codes(self, text: str) -> tuple[Code, ...]:
        """What may be a coupon's code: a word in capitals or with digits, and a word with the number behind it."""
        folded = fold(text)
        words = list(_CODE.finditer(folded.text))
        spans = [match.span() for match in words if _like_a_code(_shown(folded, *match.span()))]
        for word, number in pairwise(words):
            apart = folded.text[word.end() : number.start()]
            if len(apart) == 1 and word[0].isalpha() and number[0].isdigit() and len(number[0]) <= 4:
                spans.append((word.start(), number.end()))
        return tuple(Code(folded.text[start:end], _shown(folded, start, end)) for start, end in spans)

    def _addresses(self, folded: Folded) -> Iterator[Found]:
        plain, written = _plain(folded)
        emails = list(_EMAIL.finditer(plain))
        for match in emails:
            yield Found(Forbidden.EMAIL, match[0])
        rest = _EMAIL.sub(lambda m: " " * len(m[0]), plain)
        for match in _SCHEME.finditer(rest):
            yield Found(Forbidden.LINK, match[0].rstrip(".,;:!?)»”’"))
        rest = _SCHEME.sub(lambda m: " " * len(m[0]), rest)
        seen = set()
        for match in _domain().finditer(rest):
            if not _is_no_address(match, rest, written):
                seen.add(match.span())
                yield Found(Forbidden.LINK, match[0].rstrip(".,;:!?)»”’"))
        for match in _domain().finditer(rest.translate(_ALIKE)):
            if match.lastgroup and match["strong"] and match.span() not in seen:
                yield Found(Forbidden.LINK, rest[slice(*match.span())])

    def _telephones(self, folded: Folded, known: Collection[str]) -> Iterator[Found]:
        text = "".join(_digit(each) for each in folded.text)
        for span in order_number_spans(text):
            text = _blank(text, span)
        for code in sorted(known, key=len, reverse=True):
            if (plain := fold(code).text) and any(map(str.isdigit, plain)):
                text = text.replace(plain, " " * len(plain))
        named = [match.end() for match in self._numbers.finditer(text)]
        for start, end in telephone_spans(text, _telephone_words(), named):
            yield Found(Forbidden.PHONE, _shown(folded, start, end))

    def _social(self, folded: Folded) -> Iterator[Found]:
        for match in _messengers().finditer(folded.text):
            yield Found(Forbidden.SOCIAL_CONTACT, _shown(folded, *match.span()))
        for sentence in re.finditer(r"[^.!?。！？\n]+", folded.text):
            qr = re.search(rf"(?<![a-z])(?:{_words()['qr']})", sentence[0])
            if qr and re.search(_words()["scan"], sentence[0]):
                start = sentence.start() + qr.start()
                yield Found(Forbidden.SOCIAL_CONTACT, _shown(folded, start, start + len(qr[0])))


@cache
def _messengers() -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9a-z])(?:{'|'.join(_words()['messengers'])})(?![0-9a-z])")


@cache
def _telephone_words() -> re.Pattern[str]:
    words = "|".join(_words()["telephone"])
    return re.compile(rf"(?<![0-9a-z\u0400-\u052f])(?:{words})[^0-9.!?\n]{{0,14}}$")


def _plain(folded: Folded) -> tuple[str, list[bool] | None]:
    """The text with addresses that were written out put together, and which of its letters were written as capitals;
    None where that is no longer known."""
    text = folded.text
    for pattern, sign in _spelt():
        text = pattern.sub(sign, text)
    if len(text) != len(folded.text):
        return text, None
    return text, [folded.original[at].isupper() for at in folded.offsets]


def _is_no_address(match: re.Match[str], text: str, capitals: list[bool] | None) -> bool:
    """Whether it only looks like one: "shipped.It", "m.in.", "2.de", "art.no 12"."""
    country, labels = match["country"], match["labels"]
    if country is None or match["path"]:
        return False
    names = labels.rstrip(".").split(".")
    if all(len(name) == 1 for name in names) or all(name.isdigit() for name in names):
        return True
    if country == "no" and _NUMBERED.match(text, match.end()):
        return True
    if capitals is None:
        return False
    at = match.start("country")
    # A full stop without its space: the next word is capitalised as a sentence is.
    return capitals[at] and not capitals[at - 2] and not any(capitals[at + 1 : match.end("country")])


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _blank(text: str, span: tuple[int, int]) -> str:
    start, end = span
    return text[:start] + " " * (end - start) + text[end:]


def _shown(folded: Folded, start: int, end: int) -> str:
    first, last = folded.span(start, end)
    return folded.original[first:last].strip()


def _like_a_code(text: str) -> bool:
    """A word of a sentence is neither in capitals nor mixed with digits."""
    letters = [each for each in text if each.isalpha()]
    mixed = bool(letters) and any(map(str.isdigit, text))
    return len(letters) >= 2 and (mixed or (all(map(str.isupper, letters)) and len(letters) >= 4))
