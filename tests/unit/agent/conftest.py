"""The real verifier over the shipped languages, and the evidence of one order and its parcel."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from agent.drafts import DraftRules
from agent.verify import Verifier
from facts.evidence import Evidence, EvidenceKind, Quote
from facts.values import Code, Country, Date, DateTime, Fact, Listing, Money, Quantity, Term, Text
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from nlu.language import LanguageReader
from nlu.lexicon import load_lexicons

NUMBER = Code(value="FH-19707")
ORDER: dict[str, Fact] = {
    "order_number": NUMBER,
    "placed_at": Date(value=date(2026, 11, 20)),
    "status": Term(id="term.order_status.shipped"),
    "payment": Term(id="term.payment_status.paid"),
    "total": Money(minor=11742, currency="GBP"),
    "items": Listing(items=(Text(value="Packable Rain Jacket"),)),
    "item_count": Quantity(value=Decimal(1)),
    "country": Country(code="GB"),
}
PARCEL: dict[str, Fact] = {
    "order_number": NUMBER,
    "carrier": Text(value="PostNL"),
    "tracking_number": Code(value="LX398848794NL"),
    "status": Term(id="term.tracking.in_transit"),
    "last_scan_at": DateTime.at(datetime(2026, 11, 23, 1, 51, tzinfo=UTC)),
    "place": Text(value="Langley"),
    "eta_from": Date(value=date(2026, 11, 27)),
    "eta_to": Date(value=date(2026, 12, 2)),
}
PASSAGE = "The jacket is made of recycled nylon. Wash it at low temperature."


@pytest.fixture(scope="session")
def renderer() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


@pytest.fixture(scope="session")
def rules() -> DraftRules:
    reader = LanguageReader(load_lexicons([BUILT_IN]), "en")
    folders = {code: pack.folders for code, pack in load_languages([BUILT_IN]).items()}
    return DraftRules(folders, lambda text, language: reader.read(text, language).language == language)


@pytest.fixture(scope="session")
def verifier(renderer: IcuRenderer, rules: DraftRules) -> Verifier:
    return Verifier(renderer, rules)


@pytest.fixture
def evidence() -> dict[str, Evidence]:
    quote = Quote(text=PASSAGE, document="Care guide", language="en")
    return {
        "e1": _told("e1", "order:FH-19707", "order.status.shipped", ORDER),
        "e2": _told("e2", "parcel:LX398848794NL", "tracking.in_transit", PARCEL),
        "e3": Evidence(
            id="e3", kind=EvidenceKind.PASSAGE, source="care.md", title=Text(value="Care guide"), quote=quote
        ),
    }


def _told(key: str, source: str, statement: str, facts: dict[str, Fact]) -> Evidence:
    return Evidence(
        id=key, kind=EvidenceKind.TOOL, source=source, title=NUMBER, facts=facts, statement=statement
    )
