"""Reads a postal address, or a correction of one, out of a message in free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace

from markets.addresses import AddressForm, address_form
from nlu.folding import fold
from nlu.han_addresses import read_han
from nlu.lexicon import Lexicon, Phrases, pattern
from nlu.perception import AddressTold

LONGEST = 600
LONGEST_PART = 80
SHORT = 14
"""Signs of a line that names neither flat nor floor and is still taken for one: "2.º B"."""
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
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
_HANDLE = re.compile(r"\S*@\S*|https?://\S*|www\.\S*|<[^>]*>")
_HOUSE = re.compile(r"\d{1,5}\s?(?:[a-z]|bis|ter)?", re.IGNORECASE)
_ALONE = re.compile(r"(?<![0-9a-z-])\d{1,4}(?:\s?[a-z](?![a-z]))?(?![0-9-])")
_KANA = re.compile(r"[\u3040-\u30ff]")
_EDGES = " .,:;-–—\"'“”„«»()"


class AddressReader:
    """Reads by the postcodes of the country that a parcel goes to and by the words of the lexicons."""

    def __init__(self, lexicons: Sequence[Lexicon], countries: Callable[[str], Iterable[str]]) -> None:
        """`countries` gives the ISO codes of the countries that a text names."""

        def words(field: str) -> Phrases:
            return tuple(sorted({p for lx in lexicons for p in getattr(lx.address, field)}))

        self._countries = countries
        self._label, self._lead, self._end = (pattern(words(each)) for each in ("label", "lead", "end"))
        self._street, self._unit, self._city = (pattern(words(each)) for each in ("street", "unit", "city"))
        postcode = pattern(tuple(sorted({p for lx in lexicons for p in lx.near.postcode})))
        self._postcode = postcode
        number = pattern(words("number")).pattern
        self._number = re.compile(
            rf"{number}\W{{0,3}}(?:\w{{1,4}}\W{{1,2}})?(?P<number>\d{{1,5}}\s?[a-z]?)(?![\w])"
        )
        negations = pattern(tuple(sorted({p for lx in lexicons for p in lx.negations}))).pattern
        self._not = re.compile(
            rf"(?:{negations})\W{{0,3}}(?:\w{{1,8}}\W{{1,2}}){{0,2}}?(?P<number>\d{{1,5}}\s?[a-z]?)(?![\w])"
        )
        self._not_behind = re.compile(rf"(?P<number>\d{{1,5}})\D{{0,3}}(?:{negations})")
        self._small = pattern(tuple(sorted({p for lx in lexicons for p in lx.small_words})))

    def read(self, text: str, country: str, asked: bool = False) -> AddressTold | None:
        """What it tells of an address in that country; `asked` where nothing but an address is expected."""
        plain = _HANDLE.sub(" ", _narrow(text[:LONGEST]))
        form = address_form(country)
        if _HAN.search(plain) and country in ("CN", "JP", "TW", "HK", "MO"):
            if found := read_han(plain, country, self._until_end, self._after_label):
                return AddressTold(**found)
        part = self._corrected(plain, form, asked)
        return (part and part.number and part) or self._western(plain, form, asked) or part or None

    # The parts of a whole address

    def _western(self, text: str, form: AddressForm, asked: bool) -> AddressTold | None:
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
            told = replace(told, city=self._town(told.city))
        return replace(
            told,
            **{each.name: getattr(told, each.name)[:LONGEST_PART].strip(_EDGES) for each in fields(told)},
        )

    def _chunks(self, text: str) -> list[str]:
        """The parts between commas, lines and sentences; a number beside its street stays with it."""
        text = _SENTENCE.sub(lambda m: m[0] if self._street_span(m[1]) else f"{m[1]}\n", text)
        parts = [each.strip(_EDGES) for each in _CUT.split(text)]
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
        return not any(c.isdigit() for c in chunk) and self._street_span(chunk) is not None

    def _without_country(self, chunks: list[str], told: AddressTold) -> tuple[list[str], AddressTold]:
        """Takes a country off that stands alone, or behind the town."""
        kept: list[str] = []
        for chunk in chunks:
            short = self._until_end(chunk)
            codes = list(self._countries(short)) if len(short) < 40 and not _NUMBER_FIRST.match(short) else []
            if not codes or self._street_span(short):
                kept.append(chunk)
                continue
            told = replace(told, country=codes[-1])
            rest = " ".join(w for w in short.split() if not list(self._countries(w.strip(_EDGES))))
            if any(c.isdigit() for c in rest) or (
                len(codes) == 1 and rest and rest != short and not self._small.search(fold(rest).text)
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
        before, after = chunk[:start].strip(_EDGES), self._until_end(chunk[end:].strip(_EDGES), 0)
        before = self._postcode.sub(" ", before) if self._postcode.search(fold(before).text) else before
        told = replace(told, postcode=chunk[start:end].strip())
        if not any(c.isalpha() for c in before):
            before = ""
        if form.country in _STATES and (states := list(_REGION.finditer(before))):
            told = replace(told, region=states[-1][0])
            before = before[: states[-1].start()].strip(_EDGES)
        chunks[at] = before
        if form.country in _STATES and not before and at and _REGION.fullmatch(chunks[at - 1]):
            told = replace(told, region=chunks.pop(at - 1))
            at -= 1
        if after and not any(c.isdigit() for c in after):
            return at, replace(told, city=after)
        if before and not any(c.isdigit() for c in before):
            chunks[at] = ""
            return at, replace(told, city=self._bare(before))
        if (
            not before
            and at
            and not any(c.isdigit() for c in chunks[at - 1])
            and not self._street_span(chunks[at - 1])
        ):
            told = replace(told, city=self._bare(chunks[at - 1]))
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
                named = self._postcode.search(fold(chunks[at]).text)
                town = re.match(r"\s+[^\W\d_]{3,}", chunks[at][found.end() :])
                if named or (town and form.pattern is not None and at and not self._street_span(chunks[at])):
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
        named = [i for i in order if self._street_span(chunks[i])]
        both = [i for i in numbered if i in named and not self._is_unit(chunks[i])]
        if both or at is None:
            return both[0] if both else next((i for i in (numbered if asked else ())), None)
        houses = [i for i in numbered if not self._is_unit(chunks[i])]
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
            chunk = self._until_end(chunks[i])
            if re.fullmatch(r"\d+\s?[a-z]?", chunk, re.I) and not any(c.isdigit() for c in line):
                line = f"{line}, {chunk}"
            elif chunk and (
                self._is_unit(chunk) or (any(c.isdigit() for c in chunk) and len(chunk) <= SHORT)
            ):
                units.append(chunk)
            elif chunk and not told.city and i == street + 1 + len(units):
                told = replace(told, city=self._bare(chunk))
        if street and self._is_unit(chunks[street - 1]):
            units.insert(0, self._bare(chunks[street - 1]))
        elif street and (name := self._name(chunks[street - 1])):
            told = replace(told, name=name)
        if rest and not told.city:
            told = replace(told, city=rest)
        return replace(told, line1=line, line2=", ".join(units[:2]))

    def _line(self, chunk: str) -> tuple[str, str]:
        """Street and number without what leads up to them, and the town where it stands in the same breath."""
        line = self._until_end(self._bare(chunk))
        first = next(
            (m for m in _NUMBER_FIRST.finditer(line) if self._street_span(line[m.end() - 1 :])), None
        )
        leading = line[: first.start()].strip(_EDGES) if first else ""
        if first and (not leading or not self._street_span(leading)):
            line = line if leading and self._is_unit(leading) else line[first.start() :]
            spans = self._street_span(line)
            rest = line[spans[1] :].strip(_EDGES) if spans else ""
            if (
                spans
                and rest
                and not any(c.isdigit() for c in rest)
                and line[: spans[0]].count(" ") > 0
                and len(rest.split()) <= 2
            ):
                behind = not line[: spans[0]].strip(" 0123456789,")
                return (line, "") if behind else (line[: spans[1]].strip(_EDGES), rest)
            return line, ""
        last = list(_NUMBER.finditer(line))
        if last and self._street_span(line) and not any(c.isdigit() for c in line[last[-1].end() :]):
            rest = line[last[-1].end() :].strip(_EDGES)
            if rest and not self._is_unit(rest) and not re.match(r"[º°ª]", rest):
                return line[: last[-1].end()].strip(_EDGES), self._bare(rest)
        return line, ""

    # Corrections of single parts

    def _corrected(self, text: str, form: AddressForm, asked: bool) -> AddressTold | None:
        folded = fold(text).text
        postcode = form.pattern and re.search(rf"(?<![\w-])(?:{form.pattern.pattern})(?![\w-])", text, re.I)
        if (
            len(folded) > 120
            or self._street_span(text)
            or (postcode and any(c.isdigit() for c in postcode[0]))
        ):
            return None
        numbers = [m[0].strip() for m in _ALONE.finditer(folded)]
        wrong = self._refused(folded) if len(set(numbers)) > 1 else ""
        named = [m["number"].strip() for m in self._number.finditer(folded)]
        if named or (asked and wrong):
            number = next((n for n in (*named, *numbers) if n != wrong), "")
            return AddressTold(number=number, instead_of=wrong) if number else None
        if not asked:
            return None
        if len(numbers) == 1 and len(folded.split()) <= 4:
            return AddressTold(number=numbers[0])
        town = self._bare(self._until_end(text))
        if town and not any(c.isdigit() for c in town) and len(town.split()) <= 4 and town[:1].isupper():
            return AddressTold(city=self._town(town))
        return None

    def _refused(self, folded: str) -> str:
        """The number that is wrong: "not 21"; in Japanese the "not" stands behind it."""
        if _KANA.search(folded):
            behind = self._not_behind.search(folded)
            return behind["number"].strip() if behind else ""
        refused = list(self._not.finditer(folded))
        return refused[-1]["number"].strip() if refused else ""

    # Words around the parts

    def _until_end(self, text: str, first: int = 1) -> str:
        """What stands before the words that are no part of an address any more."""
        folded = fold(text)
        found = next((m for m in self._end.finditer(folded.text) if m.start() >= first), None)
        return (text if found is None else text[: folded.span(*found.span())[0]]).strip(_EDGES)

    def _after_label(self, text: str) -> str:
        folded = fold(text)
        announced = list(self._label.finditer(folded.text))
        if _HAN.search(text):
            announced += self._lead.finditer(folded.text)
        last = max((m.end() for m in announced if m[0]), default=0)
        return text[folded.span(last - 1, last)[1] :].strip(_EDGES) if last else text

    def _bare(self, text: str) -> str:
        """Without what announces it, and without the small words before it."""
        rest = self._after_label(text)
        folded = fold(rest)
        cut = 0
        for found in self._lead.finditer(folded.text):
            start, end = folded.span(*found.span())
            if found[0] and rest[start].islower() and not re.search(r"\d", rest[:start]):
                cut = max(cut, end)
        return rest[cut:].strip(_EDGES)

    def _town(self, text: str) -> str:
        folded = fold(text)
        found = self._city.match(folded.text)
        return (
            self._bare(text[folded.span(*found.span())[1] :])
            if found and found.end() < len(folded.text) - 2
            else text
        )

    def _street_span(self, text: str) -> tuple[int, int] | None:
        folded = fold(text)
        found = list(self._street.finditer(folded.text))
        return folded.span(*found[-1].span()) if found else None

    def _is_unit(self, chunk: str) -> bool:
        folded = fold(self._bare(chunk)).text
        found = self._unit.search(folded)
        return bool(found) and not self._street_span(chunk)

    def _name(self, chunk: str) -> str:
        """Two to four capitalised words just before the street."""
        words = self._bare(chunk).split()
        good = 2 <= len(words) <= 4 and all(w[0].isupper() and not any(c.isdigit() for c in w) for w in words)
        return " ".join(words) if good and len(chunk.split()) <= len(words) + 5 else ""


def _narrow(text: str) -> str:
    """Full-width signs as plain ones; superscripts and fractions stay what they are in an address."""
    return "".join(
        unicodedata.normalize("NFKC", c) if "\uff00" <= c <= "\uffef" or c == "\u3000" else c for c in text
    )
