"""Reads countries, colours, sizes, quantities, reasons and policy topics by the words of the lexicons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from babel import Locale, UnknownLocaleError

from nlu.folding import Folded, fold
from nlu.identifiers import entity
from nlu.lexicon import AFTER, BEFORE, SPACED, Lexicon, Phrases, pattern
from nlu.perception import Entity, EntityKind
from nlu.phrases import NamedPhrases, PhraseSet

_NO_COUNTRY = frozenset({"EU", "UN", "EZ", "QO", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "JE"})
"""Territories that are no country, and Jersey: in a shop it is a sweater; lexicons name the island in more words."""
_LETTER_SIZE = r"(?:xxs|xs|s|m|l|xl|xxl|xxxl|[2-5]xl)"
_NUMBER_SIZE = r"(?:[1-5]?\d(?:[.,]5|½| 1/2)?)"
_REGION_SIZE = re.compile(
    rf"{BEFORE}(eu|us|uk) ?-?({_NUMBER_SIZE}){AFTER}|{BEFORE}({_NUMBER_SIZE}) ?(eu|us|uk){AFTER}"
)
_SHOE = re.compile(
    r"(?<![0-9a-z.,#\-])(?:3[0-9]|4[0-9]|50)(?:[.,]5|½)?(?![0-9a-z%€$£-]|[.,]\d"
    r"| ?(?:eur|usd|€|%|days|tage|天|元|円|日|年|歳|分|cm|kg|個|枚|点|人|か月|ヶ月|時))"
)
_JEANS = re.compile(rf"{BEFORE}w ?(\d\d) ?/? ?l ?(\d\d){AFTER}")
_LETTER = re.compile(rf"{BEFORE}{_LETTER_SIZE}(?!{SPACED}|['’])")
_TIMES = re.compile(rf"{BEFORE}(\d{{1,2}}) ?[x×]{AFTER}|{BEFORE}[x×] ?(\d{{1,2}}){AFTER}")
REPEATED = frozenset({EntityKind.COLOUR, EntityKind.CHANGE, EntityKind.FIT, EntityKind.FORMALITY})
"""Of which every mention counts: the last one is meant, or the one that stands beside a size."""
_ALIASES = {"2XL": "XXL", "3XL": "XXXL"}


class AttributeReader:
    """Finds what a message says about places, goods and reasons, in any of the languages."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        def merged(*path: str) -> NamedPhrases:
            return NamedPhrases(item for lexicon in lexicons for item in _at(lexicon, path).items())

        def words(field: str) -> str:
            return pattern(tuple(p for lexicon in lexicons for p in getattr(lexicon.near, field))).pattern

        self._named = {
            EntityKind.COLOUR: merged("colours"),
            EntityKind.RETURN_REASON: merged("reasons", "return_reason"),
            EntityKind.CANCEL_REASON: merged("reasons", "cancel_reason"),
            EntityKind.POLICY_TOPIC: merged("reasons", "policy_topic"),
            EntityKind.CLAIM_KIND: merged("reasons", "claim_kind"),
            EntityKind.CLAIM_REMEDY: merged("reasons", "claim_remedy"),
            EntityKind.PHOTO: merged("reasons", "photo"),
            EntityKind.LOOKED: merged("reasons", "looked"),
            EntityKind.ARRIVED: merged("reasons", "arrived"),
            EntityKind.CHANGE: merged("reasons", "change"),
            EntityKind.PAYMENT_METHOD: merged("reasons", "payment_method"),
            EntityKind.FIT: merged("reasons", "fit"),
            EntityKind.SIZE_STEP: merged("reasons", "size_step"),
            EntityKind.WAY: merged("reasons", "way"),
            EntityKind.FORMALITY: merged("formality"),
        }
        self._countries = _country_names(lexicons)
        self._country = PhraseSet(_literal(name) for name in self._countries)
        self._size_names = merged("sizes")
        size = words("size")
        value = rf"({_LETTER_SIZE}|{_NUMBER_SIZE})"
        self._size = re.compile(
            rf"{size}\W{{0,3}}(?:(?:is|in|ist|是|は|が|を|eu)\W{{0,2}})?{value}{AFTER}|{BEFORE}{value}\W?{size}"
        )
        self._size_word = re.compile(size)
        self._near_size = re.compile(rf"{size}\W{{0,3}}$")
        counts = sorted({n for lexicon in lexicons for n in lexicon.numbers})
        self._counts = {
            str(n): pattern(tuple(p for lx in lexicons for p in lx.numbers.get(n, ()))) for n in counts
        }
        number = "|".join(p.pattern for p in self._counts.values()) or "(?!)"
        self._quantity = re.compile(rf"((?<![0-9a-z.,\-#])\d{{1,2}}|{number})\s?(?:{words('quantity')})")
        self._taken = re.compile(rf"{words('taking')}\s(\d{{1,2}}|{number}){AFTER}(?!\s{words('measure')})")
        several = "|".join(p.pattern for n, p in self._counts.items() if n != "1") or "(?!)"
        self._several = re.compile(
            rf"((?<![0-9a-z.,\-#])[2-9]|{several})\s(?!{words('measure')})[^\W\d_]{{3,}}"
        )

    def read(self, folded: Folded) -> Iterator[Entity]:
        """All attributes, each kind in the order of the text."""
        for match in self._country.finditer(folded.text):
            if code := self._countries.get(" ".join(match[0].split())):
                yield entity(folded, EntityKind.COUNTRY, code, *match.span())
        for kind, named in self._named.items():
            told: set[str] = set()
            # One question may touch several topics; a colour or a reason is only what its longest words say.
            mentions = (
                named.everything(folded.text)
                if kind is EntityKind.POLICY_TOPIC
                else named.longest(folded.text)
            )
            for start, end, value in mentions:
                if kind in REPEATED or value not in told:
                    told.add(value)
                    yield entity(folded, kind, value, start, end)
        yield from self._sizes(folded)
        yield from self._quantities(folded)

    def countries(self, text: str) -> Iterator[str]:
        """The ISO codes of the countries that a text names."""
        for match in self._country.finditer(fold(text).text):
            if code := self._countries.get(" ".join(match[0].split())):
                yield code

    def _sizes(self, folded: Folded) -> Iterator[Entity]:
        spans: list[tuple[int, int]] = []
        for start, end, value in (*self._shaped_sizes(folded), *self._worded_sizes(folded.text)):
            if not any(a < end and start < b for a, b in spans):
                spans.append((start, end))
                yield entity(folded, EntityKind.SIZE, value, start, end)

    def _shaped_sizes(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        text = folded.text
        for match in _JEANS.finditer(text):
            yield *match.span(), f"W{match[1]}/L{match[2]}"
        for match in _REGION_SIZE.finditer(text):
            region, number = (match[1] or match[4]).upper(), _number(match[2] or match[3])
            yield *match.span(), number if region == "EU" else f"{region} {number}"
        for match in self._size.finditer(text):
            group = 1 if match[1] else 2
            yield *match.span(group), _canonical_size(match[group])
        alone = not re.search(r"[^\W\d_]{4,}", text) and len(text) < 12
        for match in _LETTER.finditer(text):
            written = folded.original[slice(*folded.span(*match.span()))]
            if alone or (written.isupper() and (len(written) > 1 or _mixed(folded.original))):
                yield *match.span(), _canonical_size(match[0])
        if only := re.fullmatch(rf"\W*({_NUMBER_SIZE})\W*", text):
            yield *only.span(1), _number(only[1])
        elif self._size_word.search(text):
            for match in _SHOE.finditer(text):
                yield *match.span(), _number(match[0])

    def _worded_sizes(self, text: str) -> Iterator[tuple[int, int, str]]:
        short = len(text.split()) <= 4 and len(text) < 30
        for start, end, value in self._size_names.longest(text):
            too = any(
                p.search(text[max(0, start - 16) : end])
                for p in self._named[EntityKind.RETURN_REASON].values()
            )
            if not too and (short or self._near_size.search(text[max(0, start - 16) : start])):
                yield start, end, value

    def _quantities(self, folded: Folded) -> Iterator[Entity]:
        """A number with a counting noun, with the thing itself, or behind what is done: "2 towels", "I keep two"."""
        patterns = (self._taken, self._several, self._quantity)
        found = {m.start(1): m for p in patterns for m in p.finditer(folded.text)}
        for _, match in sorted(found.items()):
            value = (
                match[1]
                if match[1].isdigit()
                else next((n for n, p in self._counts.items() if p.fullmatch(match[1])), "")
            )
            if value and value != "0":
                yield entity(folded, EntityKind.QUANTITY, value, match.start(1), match.end())
        for match in _TIMES.finditer(folded.text):
            yield entity(folded, EntityKind.QUANTITY, match[1] or match[2], *match.span())


def _number(text: str) -> str:
    return text.replace(",", ".").replace("½", ".5").replace(" 1/2", ".5").replace("1⁄2", ".5")


def _canonical_size(text: str) -> str:
    return _ALIASES.get(text.upper(), text.upper()) if text[-1].isalpha() else _number(text)


def _at(lexicon: Lexicon, path: Sequence[str]) -> dict[str, Phrases]:
    value: object = lexicon
    for name in path:
        value = getattr(value, name)
    assert isinstance(value, dict)
    return value


def _country_names(lexicons: Sequence[Lexicon]) -> dict[str, str]:
    """CLDR's names in every language and the lexicons' own, folded, with their ISO codes."""
    names: dict[str, str] = {}
    for lexicon in lexicons:
        try:
            territories = dict(Locale.parse(lexicon.language, sep="-").territories)
        except (UnknownLocaleError, ValueError):
            territories = {}
        for code, name in territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
                names[fold(name).text] = code
        names |= {fold(name).text: code for code, aliases in lexicon.countries.items() for name in aliases}
    return names


def _literal(name: str) -> str:
    literal = re.escape(name).replace(r"\ ", "[ ]").replace(r"\-", "-")
    # Katakana words have edges like Latin ones: no Thailand (タイ) in tights (タイツ).
    return rf"(?<![ァ-ヺー]){literal}(?![ァ-ヺー])" if re.fullmatch(r"[ァ-ヺー]+", name) else literal


def _mixed(text: str) -> bool:
    """Whether capitals stand out: beside small letters, or beside letters that have no case."""
    return any(c.isalpha() and not c.isupper() for c in text)
