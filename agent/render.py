"""Turns sentences into words, and evidence into what a customer may see of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.planners.planner import Citation, Draft, Phrase, Sentence, Statement
from conversations.models import PublicEvidence
from facts.evidence import Evidence
from facts.values import Text
from i18n.locale import Locale
from i18n.rendering import Renderer

REFERENCE = re.compile(r"\{(e\d+)(?:\.([a-z_]+))?\}")


def render(sentence: Sentence, evidence: Mapping[str, Evidence], locale: Locale, renderer: Renderer) -> str:
    """The words of a verified sentence."""
    if isinstance(sentence, Statement):
        return statement(evidence[sentence.evidence], locale, renderer)
    if isinstance(sentence, Phrase):
        return renderer.message(locale, sentence.message, sentence.arguments)
    if isinstance(sentence, Citation):
        return citation(evidence[sentence.evidence], locale, renderer)
    return draft(sentence, evidence, locale, renderer)


def statement(evidence: Evidence, locale: Locale, renderer: Renderer) -> str:
    """The catalogue's own sentence for a result."""
    if evidence.statement is None:
        raise ValueError(f"{evidence.id} states nothing")
    return renderer.message(locale, evidence.statement, evidence.facts)


def citation(evidence: Evidence, locale: Locale, renderer: Renderer) -> str:
    """A verbatim passage with its document; the wording says when it is not in her language."""
    quote = evidence.quote
    if quote is None:
        raise ValueError(f"{evidence.id} quotes nothing")
    foreign = quote.language != locale.language
    message = "citation.foreign" if foreign else "citation.own"
    return renderer.message(
        locale, message, {"document": Text(value=quote.document), "quote": Text(value=quote.text)}
    )


def draft(sentence: Draft, evidence: Mapping[str, Evidence], locale: Locale, renderer: Renderer) -> str:
    """A model's sentence with its references filled in."""

    def fill(match: re.Match[str]) -> str:
        entry = evidence[match[1]]
        if match[2]:
            return renderer.fact(locale, entry.facts[match[2]])
        return statement(entry, locale, renderer)

    return REFERENCE.sub(fill, sentence.text).strip()


def public_evidence(
    ids: Sequence[str], evidence: Mapping[str, Evidence], locale: Locale, renderer: Renderer
) -> tuple[PublicEvidence, ...]:
    """The evidence that a reply stands on, as its reader may open it; a passage that two answers found, once."""
    told: dict[object, Evidence] = {}
    for each in ids:
        told.setdefault(evidence[each].quote or each, evidence[each])
    return tuple(_public(entry, locale, renderer) for entry in told.values())


def _public(entry: Evidence, locale: Locale, renderer: Renderer) -> PublicEvidence:
    return PublicEvidence(
        id=entry.id,
        source=entry.source,
        title=renderer.fact(locale, entry.title),
        facts=entry.facts,
        rendered={name: renderer.fact(locale, fact) for name, fact in entry.facts.items()},
        quote=entry.quote,
        statement=entry.statement,
    )
