"""The list of statements, the tools that make them and the catalogues that word them agree."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from typing import get_args

import pytest

from facts.values import (
    Code,
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
    TimeUnit,
    Url,
)
from i18n.catalogue import IcuRenderer
from i18n.languages import load_languages
from i18n.locale import Locale
from tests.unit.tools.harness import NOW, POLICY, STATEMENTS, TERMS
from tools.coupons import CATEGORIES
from tools.items import COLOURS
from tools.registry import toolset

PACKS = load_languages()
RENDERER = IcuRenderer(PACKS)
DECLARED = STATEMENTS
TYPES = {member.model_fields["type"].default for member in get_args(get_args(Fact)[0])}
SAMPLES: dict[str, Fact] = {
    "money": Money(minor=1290, currency="EUR"),
    "date": Date(value=NOW.date()),
    "datetime": DateTime.at(NOW),
    "duration": Duration(value=2, until=4, unit=TimeUnit.BUSINESS_DAY),
    "percent": Percent(value=Decimal(15)),
    "quantity": Quantity(value=Decimal(2)),
    "code": Code(value="FH-10001"),
    "url": Url(value="https://example.com"),
    "text": Text(value="Trail shoe"),
    "term": Term(id="term.tracking.in_transit"),
    "country": Country(code="DE"),
    "list": Listing(items=(Text(value="Trail shoe"), Text(value="Sock"))),
}


@pytest.mark.parametrize("statement", DECLARED)
def test_statement_says_something_with_facts_of_known_types(statement: str) -> None:
    declared = DECLARED[statement]
    assert declared["says"]
    assert declared.keys() <= {"says", "facts", "also"}
    for kinds in (declared["facts"] | declared.get("also", {})).values():
        assert set(kinds.split("|")) <= TYPES


@pytest.mark.parametrize("language", PACKS)
@pytest.mark.parametrize("statement", DECLARED)
def test_catalogue_words_every_statement_with_its_own_facts(language: str, statement: str) -> None:
    facts = {name: SAMPLES[kinds.split("|")[0]] for name, kinds in DECLARED[statement]["facts"].items()}
    assert RENDERER.has(statement)
    assert RENDERER.message(Locale(language), statement, facts)


@pytest.mark.parametrize("language", PACKS)
def test_catalogue_has_every_term_that_tools_name(language: str) -> None:
    words = PACKS[language].terms
    families = dict(TERMS)
    named = {f"term.payment.{method}" for method in POLICY.payment.methods}
    families.pop("term.payment")
    for family, path in families.items():
        module, _, name = path.rpartition(".")
        values: type[StrEnum] = getattr(import_module(module), name)
        named |= {f"{family}.{value}" for value in values}
    named |= {f"term.colour.{colour}" for colour in COLOURS}
    named |= {f"term.category.{category}" for category in CATEGORIES}
    assert sorted(named - words.keys()) == []


def test_every_tool_tells_a_model_what_it_does_and_what_may_come_of_it() -> None:
    for tool in toolset():
        assert "Outcome" in tool.description, tool.name
        assert len(tool.description) < 1200, tool.name


def test_every_argument_is_described_or_closed() -> None:
    for declared in toolset().schemas():
        function = declared["function"]
        for name, argument in function["parameters"].get("properties", {}).items():
            assert {"description", "enum", "$ref", "items"} & argument.keys(), (function["name"], name)
        assert function["parameters"]["additionalProperties"] is False
