"""What the buttons under a question say is understood in every language: who taps one is never asked again."""

from __future__ import annotations

import pytest

from agent.planners.change_steps import CHOICES as CHANGES
from agent.planners.slot_steps import CHOICES
from i18n.languages import load_languages
from nlu.attributes import AttributeReader
from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.perception import EntityKind

PACKS = load_languages()
FAMILIES = {
    "term.return_reason": (EntityKind.RETURN_REASON, CHOICES["return_reason"]),
    "term.claim_kind": (EntityKind.CLAIM_KIND, CHOICES["claim_kind"]),
    "term.claim_remedy": (EntityKind.CLAIM_REMEDY, CHOICES["claim_remedy"]),
    "term.lost_remedy": (EntityKind.CLAIM_REMEDY, CHOICES["claim_remedy"]),
    "term.way": (EntityKind.WAY, CHOICES["way"]),
    "term.fit": (EntityKind.FIT, ("smaller", "larger")),
}
OFFERED = {
    f"{family}.{value}": (kind, value) for family, (kind, values) in FAMILIES.items() for value in values
}
OFFERED |= {f"change.choice_{value}": (EntityKind.CHANGE, value) for value in CHANGES}
OFFERED |= {
    "claim.no_photo": (EntityKind.PHOTO, "none"),
    "exchange.return_instead": (EntityKind.WAY, "return"),
}


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> AttributeReader:
    return AttributeReader(lexicons)


@pytest.mark.parametrize("language", PACKS)
@pytest.mark.parametrize("offered", OFFERED)
def test_a_button_is_understood_as_what_it_offers(
    language: str, offered: str, reader: AttributeReader
) -> None:
    kind, value = OFFERED[offered]
    words = {**PACKS[language].messages, **PACKS[language].terms}[offered]
    assert [entity.value for entity in reader.read(fold(words)) if entity.kind is kind][:1] == [value], words
