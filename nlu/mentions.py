"""Which of several things the words point at: by option, by name, by order, or all of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from nlu.attributes import AttributeReader
from nlu.folding import Folded, fold
from nlu.lexicon import Lexicon, pattern
from nlu.perception import Candidate, EntityKind
from nlu.phrases import NamedPhrases, PhraseSet

_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
"""A letter that may be a word; a kana is none."""
_PACKING = re.compile(r"[(（][^()（）]*[)）]")
_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[\n,;:.!?，、。；：！？…]+")


class MentionReader:
    """Compares words with candidates in all the languages' forms."""

    def __init__(self, lexicons: Sequence[Lexicon], attributes: AttributeReader) -> None:
        self._attributes = attributes
        self._all = PhraseSet(p for lexicon in lexicons for p in lexicon.all_words)
        self._one_of = PhraseSet(p for lexicon in lexicons for p in lexicon.one_of)
        self._ordinals = NamedPhrases(
            (str(n), ps) for lexicon in lexicons for n, ps in lexicon.ordinals.items()
        )
        self._negations = PhraseSet(p for lexicon in lexicons for p in lexicon.negations)
        self._goods = NamedPhrases(item for lexicon in lexicons for item in lexicon.goods.words.items())
        self._received = PhraseSet(p for lexicon in lexicons for p in lexicon.received)
        self._keeping = PhraseSet(p for lexicon in lexicons for p in lexicon.keeping)
        clause = pattern(tuple(p for lexicon in lexicons for p in lexicon.clauses)).pattern
        self._clause_end = re.compile(
            rf"[\n,;:.!?，、。；！？،؛؟…]+|(?<=[\u3040-\u9fff])\s+(?=[\u3040-\u9fff])|{clause}"
        )
        self._colours = NamedPhrases(item for lexicon in lexicons for item in lexicon.colours.items())
        self._suffixes = tuple(
            sorted({s for lx in lexicons for s in lx.suffixes}, key=lambda s: (-len(s), s))
        )
        idle = (
            phrase
            for lx in lexicons
            for phrases in (lx.near.quantity, lx.small_words, *lx.numbers.values(), *lx.colours.values())
            for phrase in phrases
        )
        self._idle = PhraseSet(p for p in idle if _HAN.search(p))
        small = (word for lexicon in lexicons for word in lexicon.small_words)
        self._small = {self._stem(_plain(word)) for word in small}

    def mentioned(self, text: str, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Best first; several only where the words do not tell them apart; none where they point at none."""
        text = self._without_kept(text[:2000])
        if not candidates:
            return ()
        lacking = self._without(self._received, _STOP, text)
        return (lacking != text and self._meant(lacking, candidates)) or self._meant(text, candidates)

    def _meant(self, text: str, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        folded = fold(text)
        named = self._by_options(folded, candidates)
        named = self._by_names(folded.text, named or candidates) or named
        if named and len(named) < len(candidates):
            return named
        if chosen := self._by_order(folded.text, candidates):
            return chosen
        if self._means_all(folded.text):
            return candidates
        return named or self._by_characters(folded.text, candidates)

    def _without_kept(self, text: str) -> str:
        """Without the clauses that tell what stays as it is: "take the sweater out, I only want the shoes"."""
        return self._without(self._keeping, self._clause_end, text)

    def _without(self, told: PhraseSet, clause_end: re.Pattern[str], text: str) -> str:
        folded = fold(text)
        if not told.search(folded.text):
            return text
        ends = [0, *(end for m in clause_end.finditer(folded.text) for end in m.span()), len(folded.text)]
        parts = [(folded.text[start:end], folded.span(start, end)) for start, end in pairwise(ends)]
        others = "\n".join(text[slice(*span)] for part, span in parts if not told.search(part))
        return others if self._words(others) or _HAN.search(others) else text

    def means_all(self, text: str) -> bool:
        """Whether the words mean every candidate."""
        return self._means_all(fold(text[:2000]).text)

    def _means_all(self, text: str) -> bool:
        return self._all.search(text) is not None and not self._one_of.search(text)

    def _by_options(self, folded: Folded, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """By colour and size; in "not the black but the blue one" what comes last is meant."""
        said = [
            (e.start, e.kind.value, e.value)
            for e in self._attributes.read(folded)
            if e.kind in (EntityKind.COLOUR, EntityKind.SIZE)
        ]
        fitting: list[tuple[int, int, Candidate]] = []
        for candidate in candidates:
            own = {
                (kind, canonical)
                for kind, value in _kinds(candidate)
                for canonical in self._canonical(kind, value)
            }
            hits = [start for start, kind, value in said if (kind, value) in own]
            if hits:
                fitting.append(
                    (len({kind for start, kind, value in said if (kind, value) in own}), max(hits), candidate)
                )
        if not fitting:
            return ()
        most = max(f[0] for f in fitting)
        best = [f for f in fitting if f[0] == most]
        if len(best) > 1 and self._negations.search(folded.text):
            latest = max(f[1] for f in best)
            best = [f for f in best if f[1] == latest]
        return tuple(candidate for _, _, candidate in best)

    def _canonical(self, kind: str, value: str) -> set[str]:
        """An option as the shop writes it ("EU 42", "Navy", "dunkelblau") in our canonical form."""
        folded = fold(value).text
        if kind == EntityKind.COLOUR:
            return {folded} | {colour for _, _, colour in self._colours.longest(folded)}
        return {value.upper(), re.sub(r"^EU ?", "", value.upper())}

    def _by_names(self, text: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        words, pairs, sorts = self._words(text), _pairs(text), self._sorts(text)
        scored: list[tuple[float, Candidate]] = []
        for candidate in candidates:
            best = 0.0
            for name in map(_unpacked, candidate.names):
                own, own_pairs = self._words(name), _pairs(fold(name).text)
                if own or own_pairs:
                    shared = sum(max((_alike(a, b) for b in words), default=0.0) for a in own)
                    best = max(best, shared + len(own_pairs & pairs))
            if sorts and not best:
                # A sweater may be called a jumper, and trainers shoes.
                best = 0.5 * len(sorts & self._sorts("\n".join(candidate.names)))
            scored.append((best, candidate))
        top = max(score for score, _ in scored)
        return tuple(candidate for score, candidate in scored if score >= top - 1e-6) if top > 0 else ()

    def _sorts(self, text: str) -> set[str]:
        """What sorts of things are named, by the words that catalogues use."""
        return {name for _, _, name in self._goods.everything(fold(text).text)}

    def _by_characters(self, text: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """By the one character that names the thing: "袜子" and "羊毛袜"."""
        said = set(_IDEOGRAPH.findall(self._idle.sub(" ", text)))
        shared = [
            len(said & {c for name in candidate.names for c in _IDEOGRAPH.findall(name)})
            for candidate in candidates
        ]
        best = max(shared)
        return tuple(c for c, n in zip(candidates, shared, strict=True) if n == best) if best else ()

    def _by_order(self, text: str, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        chosen: list[Candidate] = []
        for _, _, number in self._ordinals.longest(text):
            index = int(number) - 1 if int(number) > 0 else len(candidates) - 1
            if index < len(candidates) and candidates[index] not in chosen:
                chosen.append(candidates[index])
        if (
            not chosen
            and (match := re.fullmatch(r"\W*#?(\d)\W*", text))
            and 0 < int(match[1]) <= len(candidates)
        ):
            chosen.append(candidates[int(match[1]) - 1])
        return tuple(chosen)

    def _words(self, text: str) -> set[str]:
        found = {
            self._stem(_plain(w)) for w in _WORD.findall(_HAN.sub(" ", fold(text).text)) if not w.isdigit()
        }
        return {word for word in found if len(word) > 2 and word not in self._small}

    def _stem(self, word: str) -> str:
        for suffix in self._suffixes:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                return word[: -len(suffix)]
        return word


def _unpacked(name: str) -> str:
    """The name without what it says of the packing: "(set of 4)"."""
    return _PACKING.sub(" ", name) or name


def _kinds(candidate: Candidate) -> list[tuple[str, str]]:
    """The options by our names for them."""
    kinds = {"color": EntityKind.COLOUR.value}
    return [(kinds.get(name.casefold(), name.casefold()), value) for name, value in candidate.options.items()]


def _plain(word: str) -> str:
    """Without marks: "grün" and "grun" are one word."""
    return "".join(c for c in unicodedata.normalize("NFD", fold(word).text) if not unicodedata.combining(c))


def _pairs(text: str) -> set[str]:
    return {run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)}


def _alike(first: str, second: str) -> float:
    """1 for the same stem; less where a compound ends with the other ("Laufschuh" and "Schuh")."""
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    return 0.6 if len(short) >= 4 and (long.endswith(short) or long.startswith(short)) else 0.0
