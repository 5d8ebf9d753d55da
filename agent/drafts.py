"""What a model may say in its own words, language by language, from `drafts.yaml` in each language's folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from facts.yaml_text import read_values
from nlu.folding import VOWEL_SIGNS, casefolded, one_i

IsLanguage = Callable[[str, str], bool]
"""(text, language) → whether the text may be in that language; True where it has too little language to tell."""

_LETTERS = rf"(?:[^\W\d_]|[{VOWEL_SIGNS}])+"
TOKEN = re.compile(rf"{_LETTERS}(?:['’\-‑]{_LETTERS})*")
_INNER = re.compile(r"['\-]")
LENT_LETTERS = 2
"""A word that evidence lends a language without spaces has at least so many letters."""
LENT_THAI_LETTERS = 4
"""A Thai letter is less than a syllable: of two or three, anything could be made."""


class Wording(BaseModel):
    """Expressions are searched in case-folded text after NFKC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commitments: tuple[str, ...]
    """Never in a model's own words."""
    number_words: tuple[str, ...]
    touchy: tuple[str, ...] = ()
    """What money and goods do: only in a question or as what she wishes (`wishes`)."""
    wishes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    """How an order, a parcel or a refund stands: only in a question or with a reference to the fact."""
    words: str = ""
    """The vocabulary of talk, parted by spaces; `order*` is every word that begins so."""
    labels: Mapping[str, str] = Field(default_factory=dict)
    """Name of a fact → how a sentence that refers to it calls it. Without a label a fact stands in statements only."""


class DraftRules:
    """A language without a `drafts.yaml` gets no free words at all: there, a model speaks in statements."""

    def __init__(self, folders: Mapping[str, Sequence[Path]], is_language: IsLanguage) -> None:
        self._is_language = is_language
        self._rules: dict[str, _Rules] = {}
        for language, places in folders.items():
            for folder in places:
                if (file := folder / "drafts.yaml").exists():
                    wording = Wording.model_validate(read_values(file.read_text("utf-8")))
                    self._rules[language] = _Rules(wording)

    def commits(self, language: str, text: str) -> bool:
        """Whether the words promise or report something that only a statement may say, in her language or English."""
        return any(rules.commits(text) for rules in self._with_english(language))

    def counts(self, language: str, text: str) -> bool:
        """Whether the words hold a number, date or day written out."""
        return any(rules.numbers.search(casefolded(text)) for rules in self._with_english(language))

    def claims(self, language: str, text: str) -> bool:
        """Whether the words say how something stands that only evidence can know."""
        folded = casefolded(text).strip()
        return (
            any(rules.claims.search(folded) for rules in self._with_english(language))
            and folded[-1:] not in "?？؟"
        )

    def strange(self, language: str, text: str, lent: Collection[str]) -> str | None:
        """The first word that is neither of the vocabulary of talk nor lent by evidence."""
        rules = self._rules.get(language)
        if rules is None:
            return next((found[0] for found in TOKEN.finditer(text)), None)
        return next((word for word in _tokens(text) if not rules.knows(word, lent)), None)

    def names(self, language: str, fact: str, text: str) -> bool:
        """Whether the words call a fact by its name."""
        rules = self._rules.get(language)
        label = rules.labels.get(fact) if rules else None
        return bool(label and label.search(casefolded(text)))

    def named(self, language: str, text: str) -> set[str]:
        """The facts that the words name."""
        rules = self._rules.get(language)
        folded = casefolded(text)
        return {name for name, label in rules.labels.items() if label.search(folded)} if rules else set()

    def speaks(self, language: str, text: str) -> bool:
        return self._is_language(text, language)

    def lent(self, text: str) -> set[str]:
        """The words of a passage, and its runs of letters where words are not parted."""
        return set(_tokens(_plain(text)))

    def _with_english(self, language: str) -> Iterator[_Rules]:
        """Models slip into English, so its rules hold everywhere."""
        return (self._rules[each] for each in sorted({language, "en"}) if each in self._rules)


class _Rules:
    """One language's wording, compiled."""

    def __init__(self, wording: Wording) -> None:
        self.numbers = _any(wording.number_words)
        self.labels = {name: re.compile(_plain(label)) for name, label in wording.labels.items()}
        self.claims = _any(wording.claims)
        self._commitments = _any(wording.commitments)
        self._touchy = _any(wording.touchy)
        self._wishes = _any(wording.wishes)
        entries = casefolded(_plain(wording.words)).split()
        self._words = {entry for entry in entries if not entry.endswith("*")}
        self._stems = tuple(entry[:-1] for entry in entries if entry.endswith("*"))
        self._longest = max(map(len, self._words), default=0)

    def commits(self, text: str) -> bool:
        folded = casefolded(text).strip()
        if self._commitments.search(folded):
            return True
        return bool(self._touchy.search(folded)) and not self._wishes.search(folded)

    def knows(self, word: str, lent: Collection[str]) -> bool:
        if _wide(word):
            return self._made_of_known(word, lent)
        # "l'article" and "porte-clés" are as well known as their parts.
        parts = [word] if self._known(word, lent) else _INNER.split(word)
        return all(self._known(part, lent) for part in parts)

    def _known(self, word: str, lent: Collection[str]) -> bool:
        if word in self._words or word in lent:
            return True
        return bool(self._stems) and word.startswith(self._stems)

    def _made_of_known(self, run: str, lent: Collection[str]) -> bool:
        """Whether a run of letters can be read as known words one after the other."""
        reached = {0}
        for start in range(len(run)):
            if start in reached:
                for end in range(start + 1, min(len(run), start + self._longest) + 1):
                    if run[start:end] in self._words or _lends(lent, run[start:end]):
                        reached.add(end)
        return len(run) in reached


def _lends(lent: Collection[str], piece: str) -> bool:
    least = LENT_THAI_LETTERS if _thai(piece[:1]) else LENT_LETTERS
    return len(piece) >= least and any(piece in run for run in lent)


def _wide(word: str) -> bool:
    """Whether its script puts no spaces between words."""
    return any(ord(letter) > 0x2E7F or _thai(letter) for letter in word)


def _thai(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u0e7f"


def _plain(text: str) -> str:
    """As drafts are read: NFKC takes the Thai sara am apart, the dotless i is an i; in expressions and words, too."""
    return one_i(unicodedata.normalize("NFKC", text))


def _tokens(text: str) -> list[str]:
    return [casefolded(found[0].replace("’", "'").replace("‑", "-")) for found in TOKEN.finditer(text)]


def _any(expressions: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_plain(expression)})" for expression in expressions) or r"(?!)")
