"""What may leave in a model's own words, and what may not."""

from __future__ import annotations

import re

import pytest

from agent.planners.planner import Citation, Draft, Phrase, Statement
from agent.verify import NotVerified, Verifier
from evals.corpus import corpus
from facts.evidence import Evidence
from facts.values import Money
from i18n.locale import Locale

EvidenceById = dict[str, Evidence]
LANGUAGES = ("en", "de", "zh-Hans")


def aimed(text: str) -> Draft:
    return Draft(re.sub(r"\{( ?)b\b", r"{\1e2", re.sub(r"\{( ?)a\b", r"{\1e1", text)))


def refused(verifier: Verifier, text: str, evidence: EvidenceById, language: str = "en") -> str:
    with pytest.raises(NotVerified) as reason:
        verifier.check(Draft(text), evidence, Locale(language))
    return str(reason.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_planted_lie_is_refused(language: str, verifier: Verifier, evidence: EvidenceById) -> None:
    passed = []
    for lie in corpus(language).lies:
        try:
            verifier.check(aimed(lie), evidence, Locale(language))
        except NotVerified:
            continue
        passed.append(lie)
    assert passed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_honest_drafts_pass(language: str, verifier: Verifier, evidence: EvidenceById) -> None:
    drafts = corpus(language).honest
    kept_back = []
    for draft in drafts:
        try:
            verifier.check(aimed(draft), evidence, Locale(language))
        except NotVerified as reason:
            kept_back.append(f"{draft}: {reason}")
    assert len(drafts) >= 40
    assert len(kept_back) <= len(drafts) // 10, kept_back


def test_a_right_figure_under_its_own_name_passes(verifier: Verifier, evidence: EvidenceById) -> None:
    verifier.check(Draft("The total of your order is {e1.total}."), evidence, Locale("en"))


def test_a_right_figure_written_bare_passes(verifier: Verifier, evidence: EvidenceById) -> None:
    verifier.check(Draft("The total of your order is £117.42."), evidence, Locale("en", "GB"))


def test_a_right_figure_under_another_name_is_refused(verifier: Verifier, evidence: EvidenceById) -> None:
    assert "total" in refused(verifier, "Is your return {e1.total}?", evidence)
    assert "total" in refused(verifier, "Is your return £117.42?", evidence)


def test_a_date_is_not_told_as_another_date(verifier: Verifier, evidence: EvidenceById) -> None:
    assert "eta_from" in refused(verifier, "You ordered it and it is expected on {e1.placed_at}.", evidence)


def test_facts_of_two_results_do_not_share_a_sentence(verifier: Verifier, evidence: EvidenceById) -> None:
    assert "one result" in refused(verifier, "Order {e2.order_number} has a total of {e1.total}.", evidence)


def test_two_figures_share_a_sentence_only_as_a_span(verifier: Verifier, evidence: EvidenceById) -> None:
    verifier.check(Draft("It is expected between {e2.eta_from} and {e2.eta_to}."), evidence, Locale("en"))
    assert "one figure" in refused(verifier, "The total is {e1.total}, placed on {e1.placed_at}.", evidence)


def test_invented_evidence_is_refused(verifier: Verifier, evidence: EvidenceById) -> None:
    assert "refers to nothing" in refused(verifier, "The total is {e9.total}.", evidence)
    assert "refers to nothing" in refused(verifier, "The total is {e1.fee}.", evidence)
    assert "no evidence" in refused(verifier, "{e9}", evidence)


def test_a_statement_cannot_be_turned_around_by_words_beside_it(
    verifier: Verifier, evidence: EvidenceById
) -> None:
    verifier.check(Draft("{e1}"), evidence, Locale("en"))
    assert "sentence of its own" in refused(verifier, "I wonder whether {e1}", evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Your order is re\u200bfunded.",
        "Your order is re\u00adfunded.",
        "Hello\u202e there!",
        "Hello <b>there</b>!",
        "**Hello!**",
        "Hello! 👋",
        "Hello `there`!",
        "Please write to a@b.example.",
        "Please look at shop.example.",
        "｛e1｝ hello",
    ],
)
def test_what_cannot_be_seen_or_is_markup_is_refused(
    text: str, verifier: Verifier, evidence: EvidenceById
) -> None:
    refused(verifier, text, evidence)


def test_a_word_with_letters_of_another_script_is_refused(verifier: Verifier, evidence: EvidenceById) -> None:
    assert "has no source" in refused(verifier, "Hellо!", evidence)


def test_a_passage_lends_its_words_in_its_own_language(verifier: Verifier, evidence: EvidenceById) -> None:
    draft = Draft("The jacket is made of recycled nylon.")
    verifier.check(draft, evidence, Locale("en"))
    with pytest.raises(NotVerified):
        verifier.check(draft, {key: evidence[key] for key in ("e1", "e2")}, Locale("en"))
    with pytest.raises(NotVerified):
        verifier.check(Draft("Die Jacke: recycled nylon."), evidence, Locale("de"))


def test_lent_words_do_not_make_a_commitment(verifier: Verifier, evidence: EvidenceById) -> None:
    quote = evidence["e3"].quote
    assert quote is not None
    lending = quote.model_copy(
        update={"text": "Returned goods are refunded within fourteen days, free of charge."}
    )
    evidence["e3"] = evidence["e3"].model_copy(update={"quote": lending})
    for lie in (
        "Your goods are refunded.",
        "Your order is free of charge.",
        "Within fourteen days.",
        "You are refunded.",
    ):
        refused(verifier, lie, evidence)


def test_a_language_without_rules_gets_no_free_words(verifier: Verifier, evidence: EvidenceById) -> None:
    refused(verifier, "Saluton !", evidence, "eo")


def test_statements_and_citations_need_what_they_place(verifier: Verifier, evidence: EvidenceById) -> None:
    locale = Locale("en")
    verifier.check(Statement("e1"), evidence, locale)
    verifier.check(Citation("e3"), evidence, locale)
    for sentence in (Statement("e3"), Statement("e9"), Citation("e1"), Citation("e9")):
        with pytest.raises(NotVerified):
            verifier.check(sentence, evidence, locale)


def test_a_phrase_is_given_facts_of_evidence_alone(verifier: Verifier, evidence: EvidenceById) -> None:
    locale = Locale("en")
    verifier.check(Phrase("order.choose", {"orders": evidence["e1"].facts["items"]}), evidence, locale)
    with pytest.raises(NotVerified):
        verifier.check(Phrase("order.choose", {"orders": Money(minor=1, currency="EUR")}), evidence, locale)
    with pytest.raises(NotVerified):
        verifier.check(Phrase("no.such.message"), evidence, locale)
