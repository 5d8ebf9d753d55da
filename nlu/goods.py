"""Reads what a message looks for: what sort of thing, for whom, and for how much at most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from nlu.folding import fold
from nlu.lexicon import AFTER, Lexicon, Phrases, named_pattern, pattern, unbound
from nlu.phrases import NamedPhrases, PhraseSet

_AMOUNT = r"\d{1,6}(?:[.,]\d{3})*(?:[.,]\d{1,2})?"
_READ_CHARACTERS = 2000


class About(StrEnum):
    """What a page may speak of: how a thing is cut, how it is cared for, coupons."""

    FIT = "fit"
    CARE = "care"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that she will pay; `currency` is empty where she named none."""

    amount: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What words say of goods: canonical English nouns and properties, and women, men or children."""

    words: frozenset[str]
    audiences: frozenset[str]
    budget: Budget | None = None


class GoodsReader:
    """Compares with the words of all the lexicons: the same reader reads a shop's titles and a customer's wish."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        def phrases(field: str) -> Phrases:
            return tuple(phrase for lexicon in lexicons for phrase in getattr(lexicon.goods, field))

        self._words = NamedPhrases(item for lexicon in lexicons for item in lexicon.goods.words.items())
        self._audiences = NamedPhrases(
            item for lexicon in lexicons for item in lexicon.goods.audiences.items()
        )
        self._currencies = named_pattern(
            item for lexicon in lexicons for item in lexicon.goods.currencies.items()
        )
        self._texts = {
            About.FIT: PhraseSet(phrases("fit")),
            About.COUPON: PhraseSet(phrases("coupon")),
            About.CARE: PhraseSet(w for lx in lexicons for w in lx.reasons.policy_topic.get("care", ())),
        }
        currency = "|".join(unbound(words) for words in self._currencies.values()) or "(?!)"
        leading = currency.replace(AFTER, "")
        amount = rf"(?P<amount>(?:(?:{leading})\s?)?{_AMOUNT}(?:\s?(?:{currency}))?)"
        self._at_most = re.compile(rf"(?:{pattern(phrases('at_most')).pattern})\s{{0,2}}{amount}")
        self._or_less = re.compile(rf"(?<![\d.,]){amount}\s?(?:{pattern(phrases('or_less')).pattern})")

    def read(self, text: str) -> Wanted:
        """What a text names, whatever its language."""
        folded = fold(text[:_READ_CHARACTERS]).text
        # A compound is all of its parts: a Ledersneaker is of leather, and a sneaker.
        words = {value for _, _, value in self._words.everything(folded)}
        audiences = {value for _, _, value in self._audiences.longest(folded)}
        return Wanted(frozenset(words), frozenset(audiences), self._budget(folded))

    def speaks_of(self, what: About, text: str) -> bool:
        """Whether a page of the shop says something about it."""
        return self._texts[what].search(fold(text[:_READ_CHARACTERS]).text) is not None

    def _budget(self, text: str) -> Budget | None:
        found = self._at_most.search(text) or self._or_less.search(text)
        number = re.search(_AMOUNT, found["amount"]) if found else None
        if found is None or number is None:
            return None
        currency = next(
            (code for code, words in self._currencies.items() if _names(words, found["amount"])),
            "",
        )
        return Budget(_decimal(number[0]), currency)


def _names(words: re.Pattern[str], amount: str) -> bool:
    return re.search(unbound(words).replace(AFTER, ""), amount) is not None


def _decimal(amount: str) -> Decimal:
    """1.000,50 and 1,000.50 are one amount: two digits behind the last mark are decimals, three are thousands."""
    mark = max(amount.rfind(","), amount.rfind("."))
    whole, rest = (amount, "") if mark < 0 else (amount[:mark], amount[mark + 1 :])
    digits = re.sub(r"\D", "", whole)
    return Decimal(f"{digits}.{rest}") if 0 < len(rest) <= 2 else Decimal(digits + rest)
