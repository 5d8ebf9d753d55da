"""Named situations in the demo shop, for tests, evaluation and guided tours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from commerce.demo.files import read_data, read_entries
from commerce.demo.people import load_customers


@dataclass(frozen=True, slots=True)
class Story:
    """A situation and what its customer would write to be known: the order's number, e-mail and postcode."""

    handle: str
    number: str
    email: str
    postcode: str
    customer_id: str
    language: str
    scenario: str


@cache
def stories() -> dict[str, Story]:
    """Every story by its handle; the order numbers and people do not depend on the clock."""
    people = load_customers(datetime(2000, 1, 1, tzinfo=UTC))
    book = {entry["number"]: entry for entry in read_entries("orders")}
    told = {entry["story"]: number for number, entry in book.items() if "story" in entry}
    found = {}
    for handle, number in (read_data("stories") | told).items():
        entry = book[number]
        customer = people[entry["customer"]]
        found[handle] = Story(
            handle=handle,
            number=number,
            email=customer.email,
            postcode=entry.get("ship_to", {}).get("postcode", customer.addresses[0].postcode),
            customer_id=customer.id,
            language=customer.language or "en",
            scenario=entry["scenario"],
        )
    return found
