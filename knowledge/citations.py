"""Passages as evidence, and the sentences of a passage that answer a question."""

from __future__ import annotations

from facts.evidence import Evidence, EvidenceKind, Quote
from facts.values import Text
from knowledge.lexical import Bm25
from knowledge.passages import Passage
from knowledge.sentences import sentences

MAX_SENTENCES = 3
HEAD_START = 0.05
"""Where words do not decide (a question in another language), the first sentences of a section are its answer."""


def cite(passage: Passage, evidence_id: str, question: str) -> Evidence:
    """The passage as evidence: its best sentences verbatim, with the place where they stand."""
    document, *section = passage.title_path
    return Evidence(
        id=evidence_id,
        kind=EvidenceKind.PASSAGE,
        source=f"document:{passage.document}",
        title=Text(value=passage.title_path[-1]),
        quote=Quote(
            text=best_sentences(passage.text, question, passage.language),
            document=document,
            section=" › ".join(section),
            page=passage.page,
            version=passage.version,
            language=passage.language,
            url=passage.url,
        ),
    )


def best_sentences(text: str, question: str, language: str, limit: int = MAX_SENTENCES) -> str:
    """One unbroken stretch of at most `limit` sentences or table rows, chosen by the question's words.

    It is cut out of the text as it stands: sentences left out of the middle could turn a condition into a promise.
    """
    spans = _spans(text, language)
    if len(spans) <= limit:
        return text
    scores = Bm25(text[start:end] for start, end in spans).scores(question)
    windows = range(len(spans) - limit + 1)
    best = max(
        windows, key=lambda at: (float(scores[at : at + limit].sum()) + (HEAD_START if at == 0 else 0.0), -at)
    )
    return text[spans[best][0] : spans[best + limit - 1][1]]


def _spans(text: str, language: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences(text, language):
        start = text.index(sentence, at)
        at = start + len(sentence)
        spans.append((start, at))
    return spans
