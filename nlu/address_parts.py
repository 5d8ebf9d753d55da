"""The parts of an address as it is written in alphabets: lines and commas around street, postcode and town."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields, replace

from markets.addresses import AddressForm
from nlu.address_words import EDGES, AddressWords
from nlu.folding import fold
from nlu.perception import AddressTold

LONGEST_PART = 80
SHORT = 14
"""Signs of a line that names neither flat nor floor and is still taken for one: "2.º B"."""
_CUT = re.compile(r"\s*[\n,;、，；!?！？。]+\s*|\s+[–—-]\s+|:\s+")
_SENTENCE = re.compile(r"([^\W\d_]{4,})\.\s+(?=[^\W\d])")
_NUMBER = re.compile(r"\d+(?:\s?[a-z](?![^\W_]))?(?:\s?[/-]\s?\d+[a-z]?)*", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)?(?:\s?(?:bis|ter))?,?\s+\D", re.IGNORECASE)
_POSTCODE_LIKE = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}-)?(?:\d{3,7}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\w-])", re.I
)
_STATES = ("US", "CA", "AU", "BR")
"""Where the state or province stands beside the postcode, in capitals."""
_REGION = re.compile(r"(?<![\w])[A-Z]{2,3}(?![\w])")
_HOUSE = re.compile(r"\d{1,5}\s?(?:[a-z]|bis|ter)?", re.IGNORECASE)


class AddressParts:
    """Finds the postcode first: town and street stand beside it."""

    def __init__(self, words: AddressWords, countries: Callable[[str], Iterable[str]]) -> None:
        self._words = words
        self._countries = countries

    def read(self, text: str, form: AddressForm, asked: bool) -> AddressTold | None:
        """All parts that are told; None where there is neither a street nor a postcode."""
        chunks = self._chunks(text)
        told = AddressTold()
        chunks, told = self._without_country(chunks, told)
        at, told = self._with_postcode(chunks, form, told)
        street = self._street_at(chunks, at, asked)
        if street is None and not told.postcode:
            return None
        if street is not None:
            told = self._with_street(chunks, street, at, told)
        if told.city:
            told = replace(told, city=self._words.town(told.city))
        return replace(
            told,
            **{each.name: getattr(told, each.name)[:LONGEST_PART].strip(EDGES) for each in fields(told)},
        )

    def _chunks(self, text: str) -> list[str]:
        """The parts between commas, lines and sentences; a number beside its street stays with it."""
        text = _SENTENCE.sub(lambda m: m[0] if self._words.street_span(m[1]) else f"{m[1]}\n", text)
        parts = [each.strip(EDGES) for each in _CUT.split(text)]
        chunks: list[str] = []
        for part in [each for each in parts if any(c.isalnum() for c in each)][:14]:
            before = chunks[-1] if chunks else ""
            if self._lacks_number(before) and _HOUSE.fullmatch(part):
                chunks[-1] = f"{before}, {part}"
            elif _HOUSE.fullmatch(
                before.rpartition(" ")[2] if "bis" not in before else before
            ) and self._lacks_number(part):
                chunks[-1] = f"{before} {part}"
            else:
                chunks.append(part)
        return chunks

    def _lacks_number(self, chunk: str) -> bool:
        return not any(c.isdigit() for c in chunk) and self._words.street_span(chunk) is not None

    def _without_country(self, chunks: list[str], told: AddressTold) -> tuple[list[str], AddressTold]:
        """Takes a country off that stands alone, or behind the town."""
        kept: list[str] = []
        for chunk in chunks:
            short = self._words.until_end(chunk)
            codes = list(self._countries(short)) if len(short) < 40 and not _NUMBER_FIRST.match(short) else []
            if not codes or self._words.street_span(short):
                kept.append(chunk)
                continue
            told = replace(told, country=codes[-1])
            rest = " ".join(w for w in short.split() if not list(self._countries(w.strip(EDGES))))
            if any(c.isdigit() for c in rest) or (
                len(codes) == 1 and rest and rest != short and not self._words.small.search(fold(rest).text)
            ):
                kept.append(rest)
        return kept, told

    def _with_postcode(
        self, chunks: list[str], form: AddressForm, told: AddressTold
    ) -> tuple[int | None, AddressTold]:
        """The chunk with the postcode, cut down to what stands before it; town and region are taken from it."""
        found = self._postcode_in(chunks, form)
        if found is None:
            return None, told
        at, (start, end) = found
        chunk = chunks[at]
        before, after = chunk[:start].strip(EDGES), self._words.until_end(chunk[end:].strip(EDGES), 0)
        before = (
            self._words.postcode.sub(" ", before)
            if self._words.postcode.search(fold(before).text)
            else before
        )
        told = replace(told, postcode=chunk[start:end].strip())
        if not any(c.isalpha() for c in before):
            before = ""
        if form.country in _STATES and (states := list(_REGION.finditer(before))):
            told = replace(told, region=states[-1][0])
            before = before[: states[-1].start()].strip(EDGES)
        chunks[at] = before
        if form.country in _STATES and not before and at and _REGION.fullmatch(chunks[at - 1]):
            told = replace(told, region=chunks.pop(at - 1))
            at -= 1
        if after and not any(c.isdigit() for c in after):
            return at, replace(told, city=after)
        if before and not any(c.isdigit() for c in before):
            chunks[at] = ""
            return at, replace(told, city=self._words.bare(before))
        if (
            not before
            and at
            and not any(c.isdigit() for c in chunks[at - 1])
            and not self._words.street_span(chunks[at - 1])
        ):
            told = replace(told, city=self._words.bare(chunks[at - 1]))
            chunks[at - 1] = ""
        return at, told

    def _postcode_in(self, chunks: list[str], form: AddressForm) -> tuple[int, tuple[int, int]] | None:
        """The last one that fits the country; else one that looks like some country's beside a town."""
        if form.pattern is not None:
            exact = re.compile(rf"(?<![\w-])(?:[A-Z]{{1,2}}-|〒 ?)?(?:{form.pattern.pattern})(?![\w-])", re.I)
            for at in reversed(range(len(chunks))):
                fitting = [m for m in exact.finditer(chunks[at]) if any(c.isdigit() for c in m[0])]
                if fitting:
                    return at, fitting[-1].span()
        for at in reversed(range(len(chunks))):
            for found in reversed(list(_POSTCODE_LIKE.finditer(chunks[at]))):
                named = self._words.postcode.search(fold(chunks[at]).text)
                town = re.match(r"\s+[^\W\d_]{3,}", chunks[at][found.end() :])
                if named or (
                    town and form.pattern is not None and at and not self._words.street_span(chunks[at])
                ):
                    return at, found.span()
        return None

    def _street_at(self, chunks: list[str], at: int | None, asked: bool) -> int | None:
        """The chunk with street and number: the nearest to the postcode, else one that names a street."""
        order = (
            list(range(len(chunks)))
            if at is None
            else sorted(range(len(chunks)), key=lambda i: (i > at, abs(at - i)))
        )
        numbered = [i for i in order if re.search(r"\d", chunks[i]) and re.search(r"[^\W\d_]{2}", chunks[i])]
        named = [i for i in order if self._words.street_span(chunks[i])]
        both = [i for i in numbered if i in named and not self._words.is_unit(chunks[i])]
        if both or at is None:
            return both[0] if both else next((i for i in (numbered if asked else ())), None)
        houses = [i for i in numbered if not self._words.is_unit(chunks[i])]
        return next(iter([*houses, *named]), None)

    def _with_street(self, chunks: list[str], street: int, at: int | None, told: AddressTold) -> AddressTold:
        line, rest = self._line(chunks[street])
        beside = [
            i
            for i in range(street + 1, len(chunks))
            if chunks[i] and (at is None or i <= at or i <= street + 1)
        ]
        units: list[str] = []
        for i in beside:
            chunk = self._words.until_end(chunks[i])
            if re.fullmatch(r"\d+\s?[a-z]?", chunk, re.I) and not any(c.isdigit() for c in line):
                line = f"{line}, {chunk}"
            elif chunk and (
                self._words.is_unit(chunk) or (any(c.isdigit() for c in chunk) and len(chunk) <= SHORT)
            ):
                units.append(chunk)
            elif chunk and not told.city and i == street + 1 + len(units):
                told = replace(told, city=self._words.bare(chunk))
        if street and self._words.is_unit(chunks[street - 1]):
            units.insert(0, self._words.bare(chunks[street - 1]))
        elif street and (name := self._words.name(chunks[street - 1])):
            told = replace(told, name=name)
        if rest and not told.city:
            told = replace(told, city=rest)
        return replace(told, line1=line, line2=", ".join(units[:2]))

    def _line(self, chunk: str) -> tuple[str, str]:
        """Street and number without what leads up to them, and the town where it stands in the same breath."""
        line = self._words.until_end(self._words.bare(chunk))
        first = next(
            (m for m in _NUMBER_FIRST.finditer(line) if self._words.street_span(line[m.end() - 1 :])), None
        )
        leading = line[: first.start()].strip(EDGES) if first else ""
        if first and (not leading or not self._words.street_span(leading)):
            line = line if leading and self._words.is_unit(leading) else line[first.start() :]
            spans = self._words.street_span(line)
            rest = line[spans[1] :].strip(EDGES) if spans else ""
            if (
                spans
                and rest
                and not any(c.isdigit() for c in rest)
                and line[: spans[0]].count(" ") > 0
                and len(rest.split()) <= 2
            ):
                behind = not line[: spans[0]].strip(" 0123456789,")
                return (line, "") if behind else (line[: spans[1]].strip(EDGES), rest)
            return line, ""
        last = list(_NUMBER.finditer(line))
        if last and self._words.street_span(line) and not any(c.isdigit() for c in line[last[-1].end() :]):
            rest = line[last[-1].end() :].strip(EDGES)
            if rest and not self._words.is_unit(rest) and not re.match(r"[º°ª]", rest):
                return line[: last[-1].end()].strip(EDGES), self._words.bare(rest)
        return line, ""
