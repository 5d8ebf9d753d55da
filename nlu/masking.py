"""Masks card, bank and identity numbers and secrets before a message is stored; order and tracking numbers stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlu.checks import card_length_fits, groups_like_a_card, iban_length, iban_valid, luhn_valid
from nlu.folding import Folded, fold
from nlu.identity_numbers import identity_numbers
from nlu.lexicon import AFTER, BEFORE, Lexicon, Phrases, load_lexicons, pattern, shipped_languages

MASK = "••••••"
DEFAULT_ORDER_NUMBER = r"[A-Z]{2,4}-?\d{4,8}"

_DIGITS = re.compile(rf"{BEFORE}\d(?:[ \t.\-–/]{{0,2}}\d)*{AFTER}")
_GROUP = re.compile(r"\d+")
_IBAN = re.compile(rf"{BEFORE}[a-z]{{2}}\d{{2}}(?=[ \-]?[a-z0-9])")
_KEYS = re.compile(
    rf"{BEFORE}(?:sk-[a-z0-9_\-]{{16,}}|[rp]k_live_[a-z0-9]{{16,}}|akia[0-9a-z]{{16}}|gh[pousr]_[a-z0-9]{{20,}}"
    r"|xox[abp]-[a-z0-9\-]{10,}|eyj[a-z0-9_\-]{8,}\.[a-z0-9_\-]{8,}\.[a-z0-9_\-]{8,})"
    r"|-----begin [a-z ]*private key-----[\s\S]*?(?:-----end [a-z ]*private key-----|$)"
)
_CONTEXT = 48
_MOST_GROUPS = 6
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Masked:
    """The text without what must not be stored, and the kinds that were found, in order, each once."""

    text: str
    found: tuple[str, ...]


class Masker:
    """Masks by the context words of the given languages."""

    def __init__(self, lexicons: Sequence[Lexicon], order_number_pattern: str = DEFAULT_ORDER_NUMBER) -> None:
        def words(field: str) -> Phrases:
            return tuple(phrase for lexicon in lexicons for phrase in getattr(lexicon.near, field))

        self._order = re.compile(order_number_pattern, re.IGNORECASE)
        self._card = pattern(words("card"))
        self._tracking = pattern(words("tracking"))
        link = rf"(?:\s*(?:{pattern(words('secret_link')).pattern}))?\s*[:=]?\s*"
        self._card_code = re.compile(
            rf"{pattern(words('card_code')).pattern}{link}(?P<value>\d{{3,4}}){AFTER}"
        )
        self._secret = re.compile(
            rf"{pattern(words('secret')).pattern}"
            rf"(?:\s*[:=]\s*|\s*{pattern(words('secret_link')).pattern}\s*[:=]?\s*)[\"'“‘«「『]?(?P<value>[^\s,;\"'”’»、。」』]{{3,}})"
        )
        self._state = pattern(words("secret_state"))
        self._identity = pattern(words("national_id"))

    def mask(self, text: str) -> Masked:
        """Replace every finding by one neutral mask; never raises."""
        folded = fold(text)
        spans = sorted(
            {
                *self._keys(folded),
                *self._ibans(folded),
                *self._cards(folded),
                *self._named(folded),
                *self._identities(folded),
            }
        )
        pieces: list[str] = []
        found: dict[str, None] = {}
        position = 0
        for start, end, kind in spans:
            found[kind] = None
            if end <= position:
                continue
            pieces += [text[position : max(start, position)], MASK]
            position = end
        return Masked("".join([*pieces, text[position:]]), tuple(found))

    def _keys(self, folded: Folded) -> Iterator[Span]:
        for match in _KEYS.finditer(folded.text):
            yield (*folded.span(*match.span()), "secret")

    def _ibans(self, folded: Folded) -> Iterator[Span]:
        for match in _IBAN.finditer(folded.text):
            length = iban_length(match[0][:2])
            end, kept = match.start(), ""
            while len(kept) < length and end < len(folded.text):
                character = folded.text[end]
                if character.isalnum():
                    kept += character
                elif character not in " -":
                    break
                end += 1
            if len(kept) == length and iban_valid(kept):
                yield (*folded.span(match.start(), end), "iban")

    def _named(self, folded: Folded) -> Iterator[Span]:
        for match in self._card_code.finditer(folded.text):
            yield (*folded.span(*match.span("value")), "card_code")
        for match in self._secret.finditer(folded.text):
            value = match["value"].rstrip(".!?。！？")
            if value and not self._state.match(value):
                yield (*folded.span(match.start("value"), match.start("value") + len(value)), "secret")

    def _identities(self, folded: Folded) -> Iterator[Span]:
        for start, end in identity_numbers(folded.text, self._identity):
            if not self._order.fullmatch(folded.text[start:end]):
                yield (*folded.span(start, end), "national_id")

    def _cards(self, folded: Folded) -> Iterator[Span]:
        for match in _DIGITS.finditer(folded.text):
            if sum(c.isdigit() for c in match[0]) < 13 or self._order.fullmatch(match[0]):
                continue
            nearest = self._nearest(folded.text, *match.span())
            for start, end in _card_windows(
                match[0], near_card=nearest == "card", near_tracking=nearest == "tracking"
            ):
                yield (*folded.span(match.start() + start, match.start() + end), "card_number")

    def _nearest(self, text: str, start: int, end: int) -> str | None:
        """Which word stands nearest: of a card, of a parcel, or none."""
        before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
        best: tuple[int, str] | None = None
        for kind, words in (("card", self._card), ("tracking", self._tracking)):
            # What precedes a number names it; what follows counts only where nothing does.
            distances = [len(before) - m.end() for m in words.finditer(before)]
            distances += [_CONTEXT + m.start() for m in words.finditer(after)]
            if distances and (best is None or min(distances) < best[0]):
                best = (min(distances), kind)
        return best[1] if best else None


def _card_windows(run: str, *, near_card: bool, near_tracking: bool) -> Iterator[tuple[int, int]]:
    """The parts of a run of digits that are card numbers: whole groups that fit an issuer."""
    groups = [m.span() for m in _GROUP.finditer(run)]
    if len(groups) <= 19 and all(end - start == 1 for start, end in groups):
        digits = "".join(run[start] for start, _ in groups)
        if luhn_valid(digits) and card_length_fits(digits) and not near_tracking:
            yield 0, len(run)
        return
    first = 0
    while first < len(groups):
        for last in _ends(groups, first):
            chosen = groups[first:last]
            digits = "".join(run[a:b] for a, b in chosen)
            if not card_length_fits(digits):
                continue
            grouped = groups_like_a_card(tuple(b - a for a, b in chosen))
            valid = luhn_valid(digits)
            bare = len(chosen) == 1 and not near_tracking
            if (valid and (grouped or near_card or bare)) or (near_card and grouped):
                yield chosen[0][0], chosen[-1][1]
                first = last - 1
                break
        first += 1


def _ends(groups: Sequence[tuple[int, int]], first: int) -> list[int]:
    """Where runs of groups from `first` end that have a card's number of digits, the longest first."""
    ends: list[int] = []
    digits = 0
    for last in range(first, min(len(groups), first + _MOST_GROUPS)):
        digits += groups[last][1] - groups[last][0]
        if digits > 19:
            break
        if digits >= 13:
            ends.insert(0, last + 1)
    return ends


@cache
def shipped_masker() -> Masker:
    """The masker of the shipped language packs, read once at its first use."""
    return Masker(load_lexicons((shipped_languages(),)))


def mask(text: str) -> Masked:
    """Mask with the shipped languages' words."""
    return shipped_masker().mask(text)
