"""Language packs are data: each phrase compiles, and a mistake in a file is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from commerce.models import CancelReason, ReturnReason
from conversations.profiles import Formality
from nlu.folding import fold
from nlu.lexicon import Lexicon, LexiconError, load_lexicon, pattern
from nlu.perception import Signal
from tools.policies import Topic

NARROWER = {"courier_charge", "invoice_details", "care", "chargeback", "cash_on_delivery", "money_back"}
"""No rules of the shop, but what narrows a wish: to a courier who asks for money, to what stands on an invoice."""
ANOTHER_READING = {"arrived", "present"}
"""Words that choose between two readings, where a language has such words."""


def test_the_shipped_packs_speak_the_shops_own_vocabulary(lexicons: tuple[Lexicon, ...]) -> None:
    assert {lexicon.language for lexicon in lexicons} >= {"en", "de", "zh-Hans"}
    for lexicon in lexicons:
        assert set(lexicon.reasons.return_reason) == set(ReturnReason)
        assert set(lexicon.reasons.cancel_reason) == set(CancelReason)
        assert set(lexicon.reasons.policy_topic) - ANOTHER_READING == {*Topic, *NARROWER}
        assert set(lexicon.feelings.signals) == set(Signal)
        assert set(lexicon.formality) == set(Formality)


def test_words_end_at_word_edges_and_han_needs_none() -> None:
    assert pattern(("red",)).search("the red one")
    assert not pattern(("red",)).search("ordered")
    assert pattern(("红色",)).search("要红色的")
    assert pattern(("ok",)).search("我ok的")
    assert pattern(("donde",)).search("¿donde está?")


def test_a_phrase_captures_nothing() -> None:
    assert pattern((r"card (code|\(number\)|[(]x[)])",)).groups == 0


@pytest.mark.parametrize("text", ["noch mal", "nochmal", "noch  mal"])
def test_a_space_that_may_be_missing_may_be_missing(text: str) -> None:
    assert pattern(("noch ?mal",)).fullmatch(text)


def test_words_stay_words(tmp_path: Path) -> None:
    (tmp_path / "lexicon.yaml").write_text("answers:\n  yes: [yes, on, 1]\n  no: [no]\n", "utf-8")
    assert load_lexicon(tmp_path).answers.yes == ("yes", "on", "1")


@pytest.mark.parametrize(
    ("content", "message"),
    [("answers: {maybe: [x]}", "answers.maybe"), ("colours: [", "not YAML"), ("- a", "not a mapping")],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "lexicon.yaml").write_text(content, "utf-8")
    with pytest.raises(LexiconError, match=message):
        load_lexicon(tmp_path)


def test_a_broken_expression_is_told() -> None:
    with pytest.raises(LexiconError, match="not a regular expression"):
        pattern(("(open",))


def test_folding_remembers_places() -> None:
    folded = fold("Ｇröße\u0301 ①")
    assert folded.text.startswith("grössé")
    assert folded.span(0, 1) == (0, 1)
    assert folded.span(3, 5) == (3, 4)
