"""The parts of an address as it is written in alphabets: lines and commas around street, postcode and town."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from itertools import takewhile

from markets.addresses import AddressForm
from nlu.address_words import EDGES, HAN, AddressWords
from nlu.folding import fold
from nlu.perception import AddressTold

LONGEST_PART = 80
LONGEST_ASIDE = 60
"""Signs of a sentence that may name the country of the address beside it."""
SHORT = 14
"""Signs of a line that names neither flat nor floor and is still taken for one: "2.º B"."""
_CUT = re.compile(r"\s*[\n,;、，；!?！？。،؛؟]+\s*|\s+[–—-]\s+|:\s+")
_SENTENCE = re.compile(r"([^\W\d_]{4,})\.\s+(?=[^\W\d])")
_NUMBER = re.compile(r"\d+(?:(?:\s?[a-z]|[а-я])(?![^\W_]))?(?:\s?[/-]\s?\d+[a-z]?)*", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)?(?:\s?(?:bis|ter))?,?\s+\D", re.IGNORECASE)
_TOWN_BEHIND = re.compile(r"\s+[^\W\d_]{3,}")
_POSTCODE_LIKE = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}-)?(?:\d{3,7}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\w-])", re.I
)
_STATES = ("US", "CA", "AU", "BR")
"""Where the state or province stands beside the postcode, in capitals."""
_TOWN_FIRST = (*_STATES, "GB", "IE", "NZ", "SG")
"""Where the town stands before its postcode; elsewhere "Pardon, 75009" would look like one."""
_POSTCODE_OPENS = ("BY", "KZ", "RU", "UA")
"""Where postcode, region and town stand before the street, each between commas."""
_REGION = re.compile(r"(?<![\w])[A-Z]{2,3}(?![\w])")
_HOUSE = re.compile(r"\d{1,5}\s?(?:[a-zа-я]|bis|ter)?", re.IGNORECASE)


class AddressParts:
    """Finds the postcode first: town and street stand beside it."""

    def __init__(self, words: AddressWords, countries: Callable[[str], Iterable[str]]) -> None:
        self._words = words
        self._countries = countries
        self._house = re.compile(rf"(?:(?:{words.number})\W{{0,2}})?(?:{_HOUSE.pattern})")

    def read(self, text: str, form: AddressForm, asked: bool) -> AddressTold | None:
        """All parts that are told; None where there is neither a street nor a postcode."""
        chunks = self._chunks(text)
        told = AddressTold()
        chunks, told = self._without_country(chunks, told)
        at, told = self._with_postcode(chunks, form, told)
        street = self._street_at(chunks, at, asked)
        if street is None and not told.postcode:
            return None
        if street is None and at is not None and told.city and (name := self._unnumbered(chunks, at)):
            told = replace(told, line1=name)
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
        text = self._without_han(text)
        text = _SENTENCE.sub(lambda m: m[0] if self._words.street_span(m[1]) else f"{m[1]}\n", text)
        parts = [each.strip(EDGES) for each in _CUT.split(text)]
        chunks: list[str] = []
        for part in [each for each in parts if any(c.isalnum() for c in each)][:14]:
            before = chunks[-1] if chunks else ""
            if self._lacks_number(before) and self._house.fullmatch(fold(part).text):
                chunks[-1] = f"{before}, {part}"
            elif _HOUSE.fullmatch(
                before.rpartition(" ")[2] if "bis" not in before else before
            ) and self._lacks_number(part):
                chunks[-1] = f"{before} {part}"
            else:
                chunks.append(part)
        return chunks

    def _without_han(self, text: str) -> str:
        """Of a street in Latin letters inside a Chinese or Japanese sentence; a country's name stays."""
        if not re.search(r"[^\W\d_]{4,}", HAN.sub("", text), re.ASCII):
            return text
        return re.sub(
            rf"{HAN.pattern}+",
            lambda run: f"\n{run[0].strip('のはをにへで')}\n" if list(self._countries(run[0])) else "\n",
            text,
        )

    def _lacks_number(self, chunk: str) -> bool:
        return not any(c.isdigit() for c in chunk) and self._words.street_span(chunk) is not None

    def _without_country(self, chunks: list[str], told: AddressTold) -> tuple[list[str], AddressTold]:
        """Takes a country off that stands alone, or behind the town."""
        kept: list[str] = []
        for chunk in chunks:
            short = " ".join(self._words.until_end(chunk).split())
            codes = (
                list(self._countries(short))
                if len(short) < LONGEST_ASIDE and not _NUMBER_FIRST.match(short)
                else []
            )
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
            town, country = self._without_last_country(after)
            return at, replace(told, city=town, country=country or told.country)
        if not before and not after and form.country in _POSTCODE_OPENS:
            return at, self._with_towns_behind(chunks, at, told)
        if before and not any(c.isdigit() for c in before):
            chunks[at] = ""
            return at, replace(told, city=self._words.bare(before))
        if (
            not before
            and at
            and not any(c.isdigit() for c in chunks[at - 1])
            and not self._words.street_span(chunks[at - 1])
            and not self._words.is_aside(chunks[at - 1])
            and (form.country in _TOWN_FIRST or any(c.isdigit() for chunk in chunks[: at - 1] for c in chunk))
        ):
            told = replace(told, city=self._words.bare(chunks[at - 1]))
            chunks[at - 1] = ""
        return at, told

    def _with_towns_behind(self, chunks: list[str], at: int, told: AddressTold) -> AddressTold:
        """ "125009, Moscow region, Khimki, street": what stands between the postcode and the street."""
        towns = list(takewhile(self._names_no_street, chunks[at + 1 :]))
        if not towns or len(towns) > 2 or at + 1 + len(towns) == len(chunks):
            return told
        chunks[at + 1 : at + 1 + len(towns)] = [""] * len(towns)
        return replace(told, region=towns[0] if towns[1:] else "", city=self._words.bare(towns[-1]))

    def _names_no_street(self, chunk: str) -> bool:
        return not any(c.isdigit() for c in chunk) and self._words.street_span(chunk) is None

    def _without_last_country(self, town: str) -> tuple[str, str]:
        """ "lausanne suisse": the town, and the country that stands behind it."""
        words = town.split()
        for count in (2, 1):
            last = " ".join(words[-count:])
            codes = list(self._countries(last)) if len(words) > count else []
            if len(codes) == 1:
                return " ".join(words[:-count]).strip(EDGES), codes[0]
        return town, ""

    def _postcode_in(self, chunks: list[str], form: AddressForm) -> tuple[int, tuple[int, int]] | None:
        """The last one that fits the country; else one that looks like some country's beside a town."""
        if form.pattern is not None:
            exact = re.compile(rf"(?<![\w-])(?:[A-Z]{{1,2}}-|〒 ?)?(?:{form.pattern.pattern})(?![\w-])", re.I)
            fitting = [
                (at, m.span())
                for at in reversed(range(len(chunks)))
                for m in reversed([*exact.finditer(chunks[at])])
                if any(c.isdigit() for c in m[0])
            ]
            # Told twice, it stands once before the town.
            with_town = [(at, span) for at, span in fitting if _TOWN_BEHIND.match(chunks[at][span[1] :])]
            if fitting:
                return (with_town or fitting)[0]
        for at in reversed(range(len(chunks))):
            for found in reversed(list(_POSTCODE_LIKE.finditer(chunks[at]))):
                named = self._words.postcode.search(fold(chunks[at]).text)
                town = _TOWN_BEHIND.match(chunks[at][found.end() :])
                if named or (town and self._ends_in_number(chunks[at][: found.start()])):
                    return at, found.span()
                if (
                    town
                    and form.pattern is not None
                    and at
                    and (
                        not self._words.street_span(chunks[at])
                        or (found.start() == 0 and self._ends_in_number(chunks[at - 1]))
                    )
                ):
                    return at, found.span()
        return None

    def _ends_in_number(self, before: str) -> bool:
        """Whether a street with its house number stands there, as the country writes them."""
        behind = re.search(r"[^\W\d_]{3,}\W+\d{1,4}\s?[a-z]?\W*$", before, re.IGNORECASE)
        return bool(behind) or bool(_NUMBER_FIRST.search(before) and self._words.street_span(before))

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

    def _unnumbered(self, chunks: list[str], at: int) -> str:
        """A street without a number, where it is announced or written as a name: just before the postcode."""
        for chunk in (chunks[at], chunks[at - 1] if at else ""):
            line = self._words.tidy(self._words.until_end(self._words.bare(self._words.tidy(chunk))))
            words = line.split()
            name = len(words) > 1 and all(word[0].isupper() for word in words)
            letters = line.replace(" ", "").replace("-", "").isalpha()
            if letters and 1 < len(words) <= 4 and (name or line != chunk):
                return line
        return ""

    def _with_street(self, chunks: list[str], street: int, at: int | None, told: AddressTold) -> AddressTold:
        line, rest = self._line(chunks[street])
        beside = [
            i
            for i in range(street + 1, len(chunks))
            if chunks[i] and (at is None or i <= at or i <= street + 1 or self._words.is_unit(chunks[i]))
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
            elif chunk and not told.city and i == street + 1 + len(units) and self._may_be_town(chunk, line):
                told = replace(told, city=self._words.bare(chunk))
        if street and self._words.is_unit(chunks[street - 1]):
            units.insert(0, self._words.bare(chunks[street - 1]))
        elif street and (name := self._words.name(chunks[street - 1])):
            told = replace(told, name=name)
        if rest and not told.city:
            told = replace(told, city=rest)
        return replace(told, line1=line, line2=", ".join(units[:2]))

    def _may_be_town(self, chunk: str, line: str) -> bool:
        """Prose behind a street is no town: "27 Derby Road, my old flat was …"."""
        written = self._words.bare(chunk)
        small = written[:1].islower() and any(c.isupper() for c in line)
        return not small and not any(c.isdigit() for c in written) and len(written.split()) <= 4

    def _line(self, chunk: str) -> tuple[str, str]:
        """Street and number without what leads up to them, and the town where it stands in the same breath."""
        line = self._words.tidy(self._words.until_end(self._words.bare(chunk)))
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
