"""Checks each sentence before it leaves: references resolve, figures have evidence, commitments are ours.

A model's own words are not searched for lies alone, which have no end: they are confined. A draft is made of the
vocabulary of talk and of words that a passage lends; a figure stands as a reference and is called by its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from agent.drafts import DraftRules
from agent.planners.planner import Citation, Draft, Phrase, Sentence, Statement
from agent.render import REFERENCE
from facts.evidence import Evidence
from facts.values import (
    Country,
    Date,
    DateTime,
    Duration,
    Fact,
    Listing,
    Money,
    Percent,
    Quantity,
    Term,
    Text,
)
from i18n.locale import Locale
from i18n.rendering import Renderer

LINK = re.compile(
    r"https?://|www\.|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|net|org|shop|io|cn|de|info|ly|example)\b", re.I
)
SHOUTED = re.compile(r"\b[A-Z]{2,}\b|\b[A-Z](?:[\s.·-]+[A-Z]\b)+")
"""A code, a Roman number or an acronym."""
WORDY = re.compile(r"[^\W\d_]", re.UNICODE)
PUNCTUATION = frozenset(
    ".,;:!?…'’‘\"“”„‚«»‹›()–—‑-·。、，！？；：（）「」『』《》〈〉~～ \u00a0\u202f\u3000¿¡،؛؟।"
)
NAMES = (Text, Listing)
"""Facts that may stand in any sentence: what things are called."""
FIGURES = (Money, Date, DateTime, Duration, Percent, Quantity)
SPANS = (frozenset({"eta_from", "eta_to"}), frozenset({"from", "to"}))
"""Facts that are told together."""

Used = set[tuple[str, str]]


class NotVerified(Exception):
    """A sentence may not leave; the message tells a model why."""


class Verifier:
    """Verifies for one deployment's languages."""

    def __init__(self, renderer: Renderer, rules: DraftRules) -> None:
        self._renderer = renderer
        self._rules = rules

    def check(self, sentence: Sentence, evidence: Mapping[str, Evidence], locale: Locale) -> None:
        """Raises NotVerified with the reason."""
        if isinstance(sentence, Statement):
            self._statement(sentence.evidence, evidence)
        elif isinstance(sentence, Phrase):
            self._phrase(sentence, evidence)
        elif isinstance(sentence, Citation):
            if sentence.evidence not in evidence or evidence[sentence.evidence].quote is None:
                raise NotVerified(f"{sentence.evidence} quotes nothing")
        else:
            self._draft(sentence, evidence, locale)

    def _statement(self, key: str, evidence: Mapping[str, Evidence]) -> None:
        entry = evidence.get(key)
        if entry is None:
            raise NotVerified(f"there is no evidence {key}")
        if entry.statement is None or not self._renderer.has(entry.statement):
            raise NotVerified(f"{key} has no statement; refer to one of its facts")

    def _phrase(self, phrase: Phrase, evidence: Mapping[str, Evidence]) -> None:
        if not self._renderer.has(phrase.message):
            raise NotVerified(f"there is no message {phrase.message}")
        known = [fact for entry in evidence.values() for fact in single(entry.facts.values())]
        for fact in single(phrase.arguments.values()):
            if not isinstance(fact, Term | Listing) and fact not in known:
                raise NotVerified(f"{phrase.message} was given a {fact.type} that no evidence holds")

    def _draft(self, draft: Draft, evidence: Mapping[str, Evidence], locale: Locale) -> None:
        used: Used = set()
        for match in REFERENCE.finditer(draft.text):
            self._reference(match[1], match[2], evidence)
            used.add((match[1], match[2] or ""))
        words = unicodedata.normalize("NFKC", REFERENCE.sub(" ", draft.text))
        self._plain(draft.text, words)
        bare = self._without_evidence(words, evidence, locale, used)
        self._letters_only(bare)
        if any(not name for _, name in used) and WORDY.search(bare):
            raise NotVerified("the statement of a result is a sentence of its own: {e1}")
        self._named(bare, used, evidence, locale)
        if not used and self._rules.claims(locale.language, bare):
            raise NotVerified(
                "how something stands is said with a reference or a statement: {e1.status}, {e1}"
            )
        self._harmless(bare, evidence, locale)

    def _reference(self, key: str, name: str | None, evidence: Mapping[str, Evidence]) -> None:
        if name is None:
            self._statement(key, evidence)
        elif key not in evidence or name not in evidence[key].facts:
            raise NotVerified(f"{{{key}.{name}}} refers to nothing")

    def _plain(self, text: str, words: str) -> None:
        """What cannot be seen or is drawn by a page cannot be checked either."""
        if any(unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cs", "Cn", "Me") for letter in text):
            raise NotVerified("the sentence holds characters that cannot be seen")
        if "{" in words or "}" in words:
            raise NotVerified("a reference is written {e1.name} or {e1}")
        if LINK.search(words):
            raise NotVerified("links and addresses stand only as references")

    def _letters_only(self, bare: str) -> None:
        for letter in bare:
            kind = unicodedata.category(letter)
            if kind.startswith("N"):
                raise NotVerified("a figure is written out; refer to the fact instead, e.g. {e1.name}")
            if kind[0] not in "LM" and letter not in PUNCTUATION:
                raise NotVerified(f"only words and punctuation may be written, no {letter}")

        if shouted := SHOUTED.search(bare):
            raise NotVerified(
                f"“{shouted[0]}” may be a code; refer to the fact instead or write it in small letters"
            )

    def _named(self, bare: str, used: Used, evidence: Mapping[str, Evidence], locale: Locale) -> None:
        """A right figure under a wrong name is a wrong figure: one result, one figure, called what it is."""
        if len({key for key, _ in used}) > 1:
            raise NotVerified("a sentence refers to one result only; write two sentences")
        facts = {name: evidence[key].facts[name] for key, name in used if name}
        for name, fact in facts.items():
            if not isinstance(fact, NAMES) and not self._rules.names(locale.language, name, bare):
                raise NotVerified(
                    f"the sentence does not say that this is the {name}; place the statement instead"
                )
        figures = {name for name, fact in facts.items() if isinstance(fact, FIGURES)}
        if len(figures) > 1 and figures not in SPANS:
            raise NotVerified("a sentence tells one figure only; write two sentences")
        if figures and (others := self._other_figures(bare, figures, evidence, locale)):
            raise NotVerified(f"the sentence speaks of {others[0]} and refers to {min(figures)}")

    def _other_figures(
        self, bare: str, told: set[str], evidence: Mapping[str, Evidence], locale: Locale
    ) -> list[str]:
        """Names of figures in the words that are not the one that the sentence refers to."""
        own = told.union(*(span for span in SPANS if span & told))
        return sorted(name for name in self._rules.named(locale.language, bare) - own if name in FIGURE_NAMES)

    def _harmless(self, bare: str, evidence: Mapping[str, Evidence], locale: Locale) -> None:
        language = locale.language
        if self._rules.counts(language, bare):
            raise NotVerified("a number or date is written in words; refer to the fact instead")
        if self._rules.commits(language, bare):
            raise NotVerified("a commitment is worded freely; place the statement of a result: {e1}")
        if WORDY.search(bare) and not self._rules.speaks(language, bare):
            raise NotVerified(f"the sentence is not written in the customer's language ({language})")
        if strange := self._rules.strange(language, bare, self._lent(evidence, language)):
            raise NotVerified(
                f"“{strange}” has no source; say it with a statement or a passage, or ask a question"
            )

    def _lent(self, evidence: Mapping[str, Evidence], language: str) -> set[str]:
        """What a passage in her language says may be said in its words."""
        quotes = [entry.quote for entry in evidence.values() if entry.quote]
        return set().union(*(self._rules.lent(each.text) for each in quotes if each.language == language))

    def _without_evidence(
        self, words: str, evidence: Mapping[str, Evidence], locale: Locale, used: Used
    ) -> str:
        """The words less what stands there exactly as evidence is rendered, which counts as a reference to it."""
        rendered: dict[str, list[tuple[str, str]]] = {}
        for key, entry in evidence.items():
            for name, fact in entry.facts.items():
                if not isinstance(fact, Listing | Term | Country):
                    rendered.setdefault(self._renderer.fact(locale, fact), []).append((key, name))
        for text in sorted(rendered, key=len, reverse=True):
            if any(character.isdigit() for character in text):
                edge = re.escape(unicodedata.normalize("NFKC", text))
                words, found = re.subn(rf"(?<![\w.,]){edge}(?![\w]|[.,]\d)", " ", words)
                if found:
                    keys = {key for key, _ in used}
                    used.add(next((each for each in rendered[text] if each[0] in keys), rendered[text][0]))
        return words


FIGURE_NAMES = frozenset(
    [
        "placed_at",
        "total",
        "delivered_at",
        "cancelled_at",
        "eta_from",
        "eta_to",
        "last_scan_at",
        "shipped_at",
        "promised_by",
        "days_since_scan",
        "item_count",
        "parcel_count",
        "window",
        "fee",
        "amount",
        "refund",
        "last_day",
        "send_by",
        "ship_by",
        "cost",
        "transit",
        "valid",
    ]
)
"""Facts that are figures wherever they occur."""


def single(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Facts, and those inside enumerations."""
    for fact in facts:
        if isinstance(fact, Listing):
            yield fact
            yield from single(fact.items)
        else:
            yield fact
