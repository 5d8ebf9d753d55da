"""Deterministic scorers: what a reply must show, and what must hold of every reply."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from conversations.models import Reply
from evals.cases import Expected
from facts.values import Text
from i18n.locale import Locale
from i18n.rendering import Argument, Renderer

FIGURE = re.compile(r"\d[\d.,:/\-]*\d|\d")


def problems(
    reply: Reply, expected: Expected, language: str, heard: Iterable[str], renderer: Renderer
) -> list[str]:
    """What is wrong with a reply; `heard` is what the customer wrote so far."""
    if expected.silent:
        return [f"said {reply.text!r} while a person owns the conversation"] if reply.text else []
    wanted = {message: renderer.message(Locale(language), message, {}) for message in expected.says}
    found = [*_always(reply, language, [*heard, *wanted.values()]), *_expected(reply, expected)]
    said = _spaceless(reply.text)
    found += [f"does not say {message}" for message, words in wanted.items() if _spaceless(words) not in said]
    for message in expected.asks:
        if _spaceless(_opening(renderer, language, message)) not in said:
            found.append(f"does not ask {message}")
    return found


def _spaceless(text: str) -> str:
    """Spaces differ with her country: French of Canada sets none before an exclamation mark."""
    return "".join(text.split())


def _opening(renderer: Renderer, language: str, message: str) -> str:
    """The words of a message before its first argument."""
    marker = "\u241f"
    return renderer.message(Locale(language), message, _Anything(marker)).partition(marker)[0]


class _Anything(dict[str, Argument]):
    """Has every argument, each of them the same mark."""

    def __init__(self, marker: str) -> None:
        super().__init__()
        self._marker = marker

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Argument:
        return Text(value=self._marker)


def _always(reply: Reply, language: str, heard: Iterable[str]) -> list[str]:
    found = []
    if not reply.text:
        found.append("says nothing")
    if reply.language != language:
        found.append(f"answers in {reply.language}")
    found += [f"the figure {figure} has no evidence" for figure in unsupported_figures(reply, heard)]
    return found


def _expected(reply: Reply, expected: Expected) -> list[str]:
    stated = {entry.statement for entry in reply.evidence if entry.statement}
    found = [
        f"no evidence {statement} (has {sorted(stated)})"
        for statement in expected.statements
        if statement not in stated
    ]
    found += [
        f"evidence {statement} must not be there" for statement in expected.absent if statement in stated
    ]
    if expected.cites and not any(entry.quote for entry in reply.evidence):
        found.append("quotes no passage")
    if expected.owner and reply.owner is not expected.owner:
        found.append(f"the owner is {reply.owner}")
    reason = reply.handoff.reason if reply.handoff else None
    if reason is not expected.handoff and not expected.any_handoff:
        found.append(f"handoff {reason}, not {expected.handoff}")
    if expected.action:
        states = [(action.tool, action.state) for action in reply.actions]
        if (expected.action.tool, expected.action.state) not in states:
            found.append(f"actions {states}")
    return found


def unsupported_figures(reply: Reply, heard: Iterable[str]) -> list[str]:
    """Figures in the text that stand neither in the reply's evidence nor in what the customer wrote."""
    shown = [text for entry in reply.evidence for text in entry.rendered.values()]
    shown += [entry.quote.text for entry in reply.evidence if entry.quote]
    shown += [entry.title for entry in reply.evidence]
    known = set(_figures(" ".join([*shown, *heard])))
    return [figure for figure in _figures(reply.text) if figure not in known]


def _figures(text: str) -> list[str]:
    """Figures in whatever digits; a full-width colon or comma stands between words, never inside a figure."""
    return FIGURE.findall(unicodedata.normalize("NFKC", re.sub("[：，]", " ", text)))
