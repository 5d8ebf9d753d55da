"""A delivery address put together from what a customer told and what is known, and whether such a one can exist."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from commerce.models import Address
from facts.values import Code, Country, Fact, Listing, Term, Text
from markets.addresses import AddressForm, address_form, is_po_box
from tools.lookup import Arguments

STRANGE = re.compile(r"[<>{}@\\|\x00-\x1f]|https?:|www\.")
"""What stands in no address, and might be read by something else than a postman."""
NO_NUMBER = re.compile(r"\b(?:s/n|s\.n\.|sin n[uú]mero|sem n[uú]mero)", re.IGNORECASE)
BIG_FIRST = ("CN", "JP", "TW", "KR")
POSTCODE_LAST = ("GB", "IE", "US", "CA", "AU", "NZ", "SG", "BR")


class Part(StrEnum):
    """What an address may lack; each is a catalogue word."""

    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"
    REGION = "region"


class ToldAddress(Arguments):
    """Only what the customer told, as she wrote it."""

    name: str = Field("", max_length=80)
    line1: str = Field("", max_length=100)
    line2: str = Field("", max_length=100)
    city: str = Field("", max_length=80)
    region: str = Field("", max_length=80)
    postcode: str = Field("", max_length=20)
    country: str = Field("", pattern=r"^([A-Z]{2})?$")
    number: str = Field("", max_length=12, description="A house number alone.")
    instead_of: str = Field("", max_length=12, description="The number it replaces.")


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why it cannot be delivered to; worded by the statement `address.<outcome>`."""

    outcome: str
    facts: dict[str, Fact] = field(default_factory=dict)


def completed(base: Address, told: ToldAddress) -> Address | Unfit:
    """The whole address. A new street asks for its town; a correction keeps what it does not name."""
    form = address_form(told.country or base.country)
    if told.postcode and form.postcode(told.postcode) is None:
        return Unfit("postcode_wrong", _postcode_facts(form, told.postcode))
    if told.country and told.country != base.country:
        return Unfit("other_country", {"country": Country(code=told.country)})
    line1 = _renumbered(told.line1 or base.line1, told)
    moved = bool(told.line1) and _street(told.line1) != _street(base.line1)
    new_town = moved or (told.city != "" and told.city.casefold() != base.city.casefold())
    if missing := _missing(form, told, moved, new_town):
        parts = tuple(Term(id=f"term.address_part.{part}") for part in missing)
        return Unfit("incomplete", {"missing": Listing(items=parts)})
    postcode = form.postcode(told.postcode) if told.postcode else base.postcode
    found = Address(
        name=told.name or base.name,
        line1=line1,
        line2=told.line2 if told.line1 else told.line2 or base.line2,
        # A town that is known is spelt as it is known.
        city=base.city if told.city.casefold() in ("", base.city.casefold()) else told.city,
        region=told.region or ("" if new_town and told.postcode else base.region),
        postcode=postcode or "",
        country=base.country,
        phone=base.phone,
    )
    return _plausible(form, base, found)


def _missing(form: AddressForm, told: ToldAddress, moved: bool, new_town: bool) -> list[Part]:
    """A town without its postcode, or a street without its town, may be anywhere."""
    needed: list[Part] = []
    if "postcode" in form.needs and not told.postcode and new_town:
        needed.append(Part.POSTCODE)
    if "city" in form.needs and moved and not told.city:
        needed.append(Part.CITY)
    if "region" in form.needs and new_town and told.postcode and told.city and not told.region:
        needed.append(Part.REGION)
    return needed


def _plausible(form: AddressForm, base: Address, found: Address) -> Address | Unfit:
    lines = f"{found.name}\n{found.line1}\n{found.line2}\n{found.city}\n{found.region}"
    if any(STRANGE.search(line) for line in lines.split("\n")):
        return Unfit("not_plausible")
    if form.number and not re.search(r"\d", found.line1) and not NO_NUMBER.search(found.line1):
        return Unfit("number_missing", {"street": Text(value=found.line1)})
    if is_po_box(f"{found.line1} {found.line2}"):
        return Unfit("po_box")
    return Unfit("same") if found == base else found


def _postcode_facts(form: AddressForm, postcode: str) -> dict[str, Fact]:
    return {
        "postcode": Code(value=postcode),
        "country": Country(code=form.country),
        "example": Code(value=form.example),
    }


def _street(line: str) -> str:
    """The name alone: "Osterstr. 12a" and "Osterstraße 21" are one street."""
    letters = re.sub(r"\d+\s?[a-z]?(?![^\W\d_])", " ", line.casefold())
    short = re.sub(r"(?:stra(?:ß|ss)e|street)\b", "str", letters)
    return "".join(c for c in short if c.isalpha())


def _renumbered(line: str, told: ToldAddress) -> str:
    """The known street with another house number."""
    if not told.number:
        return line
    old = re.escape(told.instead_of) if told.instead_of else r"\d+\s?[a-z]?"
    found = list(re.finditer(rf"(?<!\w){old}(?!\w)", line, re.IGNORECASE))
    if not found:
        found = list(re.finditer(r"\d+\s?[a-z]?(?!\w)", line, re.IGNORECASE))
    if not found:
        return f"{line} {told.number}"
    at = found[0] if line[:1].isdigit() else found[-1] if len(found) == 1 else found[0]
    return f"{line[: at.start()]}{told.number}{line[at.end() :]}"


def address_facts(at: Address) -> dict[str, Fact]:
    """Each line as she would check it. These are personal: no model is shown them."""
    if at.country in BIG_FIRST:
        place = f"{at.postcode} {at.region if at.city in at.region else f'{at.region}{at.city}'}"
    elif at.country in POSTCODE_LAST:
        place = " ".join(part for part in (at.city, at.region, at.postcode) if part)
    else:
        place = f"{at.postcode} {at.city}"
    return {
        "recipient": Text(value=at.name),
        "street": Text(value=", ".join(part for part in (at.line1, at.line2) if part)),
        "place": Text(value=place.strip()),
        "country": Country(code=at.country),
    }
