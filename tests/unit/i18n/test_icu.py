"""What our reading of a pattern must agree with ICU on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from i18n.icu import Message, PatternError, choices, parse, required, shown

PLURAL = "{n, plural, offset:1 =0 {no} one {# of {order}} other {# '#' of '{literal}' {order}}} it''s {who}"


def test_arguments_are_found_inside_branches_and_not_inside_quotes() -> None:
    assert required(parse(PLURAL), {}) == {"n", "order", "who"}


def test_a_count_is_shown_only_where_its_sign_stands() -> None:
    assert shown(parse(PLURAL)) == {"n", "order", "who"}
    assert shown(parse("{n, plural, one {an item} other {items '#'}}")) == frozenset()


def test_number_sign_in_a_select_inside_a_plural_is_text() -> None:
    pattern = "{n, plural, other {{who, select, her {#} other {x}}}}"
    assert Message(pattern, "en").format({"n": 3, "who": "her"}) == "#"
    assert shown(parse(pattern)) == frozenset()


def test_nested_selectors_are_all_found() -> None:
    nested = (
        "{a, select, x {{b, plural, one {1} other {{c, selectordinal, one {#st} other {#th}}}}} other {}}"
    )
    assert [(choice.name, choice.kind) for choice in choices(parse(nested))] == [
        ("a", "select"),
        ("b", "plural"),
        ("c", "selectordinal"),
    ]


def test_a_select_needs_only_the_arguments_of_its_branch() -> None:
    message = Message("{late, select, yes {{days} late} other {on time}}", "en")
    assert message.required({"late": "no"}) == {"late"}
    assert message.required({"late": "yes"}) == {"late", "days"}
    assert message.format({"late": "no"}) == "on time"


@pytest.mark.parametrize(
    "pattern",
    [
        "{",
        "}",
        "{}",
        "{n",
        "{n, plural}",
        "{n, plural, one {#}}",
        "{n, plural, one {#} other {#}",
        "{n, date, long}",
        "{n, number}",
        "{a.b}",
        "{n, select, other {x}} }",
    ],
)
def test_unsound_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Message(pattern, "en")


@given(st.text(alphabet="ab{}', #", max_size=12))
def test_what_we_accept_icu_fills_completely(pattern: str) -> None:
    try:
        names = required(parse(pattern), {})
        message = Message(pattern, "en")
    except PatternError:
        return
    assert message.format(dict.fromkeys(names, "§")).count("§") >= len(names)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_values_are_inserted_as_they_are(value: str) -> None:
    assert Message("<{a}>", "de_DE").format({"a": value}) == f"<{value}>"
