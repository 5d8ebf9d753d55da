"""What the catalogue check finds, and that the shipped catalogues pass it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

from commerce.models import CancelReason, OrderStatus, PaymentStatus, RefundStatus, ReturnReason, ReturnStatus
from conversations.models import HandoffReason, Priority
from facts.tracking import TrackingStatus
from facts.values import TimeUnit
from i18n.check import check, main
from i18n.languages import BUILT_IN, LanguagePack, load_languages
from knowledge.policy import Duties
from tools.policies import Topic

TOY = Path(__file__).parents[2] / "data" / "languages"
ENUMS: dict[str, type[StrEnum]] = {
    "order_status": OrderStatus,
    "payment_status": PaymentStatus,
    "tracking": TrackingStatus,
    "return_reason": ReturnReason,
    "return_status": ReturnStatus,
    "refund_status": RefundStatus,
    "cancel_reason": CancelReason,
    "duties": Duties,
    "duration": TimeUnit,
    "handoff": HandoffReason,
    "priority": Priority,
    "policy": Topic,
}


def test_the_shipped_languages_and_the_toy_language_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(TOY)])
    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize("vocabulary", ENUMS)
@pytest.mark.parametrize("language", load_languages())
def test_every_state_of_the_shop_has_its_word(language: str, vocabulary: str) -> None:
    ids = {f"term.{vocabulary}.{member.value}" for member in ENUMS[vocabulary]}
    told = {term for term in load_languages()[language].vocabulary if term.startswith(f"term.{vocabulary}.")}
    assert told == ids


ENGLISH = {
    "x.items": "{count, plural, one {# item} other {# items}} of {order}.",
    "x.late": "{late, select, yes {Late by {days}.} other {On time.}}",
    "x.some": "{count, plural, one {An item} other {Items}} left.",
    "x.within": "Within {days}.",
}
GERMAN = {
    "x.items": "{count, plural, one {# Stück} other {# Stücke}} von {order}.",
    "x.late": "{late, select, yes {{days} verspätet.} other {Pünktlich.}}",
    "x.some": "Noch etwas da.",
    "x.within": "Binnen {days__dative}.",
}


def problems(
    write_languages: Callable[..., Path], german: dict[str, str], english: dict[str, str] = ENGLISH
) -> list[str]:
    """What the check adds for these messages, in English and German alone."""
    folder = write_languages({"en": {"messages": english}, "de": {"messages": german}})
    return [str(finding) for finding in check(alone(folder))]


def alone(folder: Path) -> dict[str, LanguagePack]:
    """The languages of a folder with its messages and none of the shipped ones."""
    own, packs = load_messages(folder), load_languages([BUILT_IN, folder])
    return {code: packs[code].model_copy(update={"messages": messages}) for code, messages in own.items()}


def load_messages(folder: Path) -> dict[str, dict[str, str]]:
    files = sorted(folder.glob("*/messages.yaml"))
    return {file.parent.name: yaml.safe_load(file.read_text("utf-8")) for file in files}


def test_a_sound_translation_has_no_findings(write_languages: Callable[..., Path]) -> None:
    assert problems(write_languages, GERMAN) == []


@pytest.mark.parametrize(
    ("found", "german", "problem"),
    [
        ("x.items", "{count, plural, one {# Stück} other {# Stücke}}.", "does not tell order"),
        ("x.items", "Stücke von {order}.", "does not tell count"),
        ("x.items", "{count, plural, other {# Stücke}} von {order}.", "count lacks the plural one"),
        (
            "x.items",
            "{count, plural, one {#} few {#} other {#}} von {order}.",
            "count has a plural that the language lacks: few",
        ),
        ("x.items", "{count} von {order} für {name}.", "name is an argument that English does not have"),
        ("x.items", "{count von {order}.", "',' expected at 7"),
        ("x.items", "{count, number} von {order}.", "count is a number; a fact formats itself"),
        ("x.late", "{days} verspätet.", "does not distinguish late"),
        ("x.within", "Within {days}.", "is still English"),
        (
            "x.within",
            "Binnen {days__ablative}.",
            "days__ablative asks for a form that this language does not have",
        ),
    ],
)
def test_an_unsound_translation_is_found(
    write_languages: Callable[..., Path], found: str, german: str, problem: str
) -> None:
    assert problems(write_languages, {**GERMAN, found: german}) == [f"de: {found}: {problem}"]


def test_missing_and_unknown_messages_are_found(write_languages: Callable[..., Path]) -> None:
    german = {("x.other" if found == "x.late" else found): text for found, text in GERMAN.items()}
    assert problems(write_languages, german) == [
        "de: x.late: is missing",
        "de: x.other: is unknown in English",
    ]


def test_a_language_needs_the_plurals_that_cldr_gives_it(write_languages: Callable[..., Path]) -> None:
    polish = {
        "name": "polski",
        "english_name": "Polish",
        "locale": "pl_PL",
        "country": "PL",
        "formality": "Pan/Pani",
    }
    folder = write_languages({"en": {"messages": ENGLISH}, "pl": {"language": polish, "messages": ENGLISH}})
    with (folder / "pl" / "language.yaml").open("a", encoding="utf-8") as file:
        file.write("detect: [pl]\nfallback: en\n")
    found = {finding.problem for finding in check(alone(folder)) if finding.id == "x.items"}
    assert found == {"count lacks the plural few, many"}


def test_an_allowance_that_allows_nothing_is_found(write_languages: Callable[..., Path]) -> None:
    folder = write_languages({"en": {"messages": ENGLISH}, "de": {"messages": GERMAN}})
    packs = alone(folder)
    german = packs["de"].model_copy(update={"same_as_source": (*packs["de"].same_as_source, "x.gone")})
    assert [str(finding) for finding in check({"en": packs["en"], "de": german})] == [
        "de: x.gone: is allowed to equal English but does not exist"
    ]


def test_ids_stand_where_they_belong(write_languages: Callable[..., Path]) -> None:
    english = {**ENGLISH, "Bad id": "x", "term.x.y": "y"}
    german = {**GERMAN, "Bad id": "u", "term.x.y": "v"}
    assert problems(write_languages, german, english) == [
        "de: Bad id: is no dotted lower-case id",
        "de: term.x.y: is a term and belongs to the terms",
        "en: Bad id: is no dotted lower-case id",
        "en: term.x.y: is a term and belongs to the terms",
    ]


def test_the_command_fails_and_names_what_is_wrong(
    write_languages: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_languages({"de": {"messages": {"x.alone": "allein"}}})
    assert main([str(folder)]) == 1
    assert "de: x.alone: is unknown in English" in capsys.readouterr().out
    (folder / "de" / "terms.yaml").write_text("a: [", "utf-8")
    assert main([str(folder)]) == 1
    assert "de/terms.yaml" in capsys.readouterr().out
