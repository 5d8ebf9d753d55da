"""Sentences become words, and evidence becomes what a customer may open."""

from __future__ import annotations

from agent.planners.planner import Citation, Draft, Phrase, Statement
from agent.render import public_evidence, render
from facts.evidence import Evidence
from i18n.catalogue import IcuRenderer
from i18n.locale import Locale


def test_a_draft_is_filled_as_her_locale_writes_facts(
    renderer: IcuRenderer, evidence: dict[str, Evidence]
) -> None:
    said = render(Draft("Insgesamt {e1.total}."), evidence, Locale("de", "DE"), renderer)
    assert said == "Insgesamt 117,42\xa0£."


def test_a_reference_without_a_name_is_the_shops_sentence(
    renderer: IcuRenderer, evidence: dict[str, Evidence]
) -> None:
    locale = Locale("en", "GB")
    assert render(Draft("{e1}"), evidence, locale, renderer) == render(
        Statement("e1"), evidence, locale, renderer
    )


def test_a_passage_is_quoted_word_for_word(renderer: IcuRenderer, evidence: dict[str, Evidence]) -> None:
    for language in ("en", "de", "zh-Hans"):
        said = render(Citation("e3"), evidence, Locale(language), renderer)
        assert "The jacket is made of recycled nylon. Wash it at low temperature." in said
        assert "Care guide" in said


def test_a_phrase_speaks_her_language(renderer: IcuRenderer, evidence: dict[str, Evidence]) -> None:
    said = {render(Phrase("order.ask"), evidence, Locale(each), renderer) for each in ("en", "de", "zh-Hans")}
    assert len(said) == 3


def test_public_evidence_shows_each_fact_as_rendered(
    renderer: IcuRenderer, evidence: dict[str, Evidence]
) -> None:
    (shown,) = public_evidence(["e1"], evidence, Locale("en", "GB"), renderer)
    assert shown.rendered["total"] == "£117.42"
    assert shown.statement == "order.status.shipped"
