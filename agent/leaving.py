"""What of a turn's words may leave on its channel: as they are, in the catalogue's other wording, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import structlog

from agent.context import Ports
from agent.planners.planner import Phrase, Sentence, Statement
from agent.verify import NotVerified, single
from agent.work import TurnWork
from conversations.wording import joined
from facts.values import Code, Fact
from facts.yaml_text import read_values

log = structlog.get_logger(__name__)


@cache
def variants() -> Mapping[str, str]:
    """Message → the one that says it without links and contact data."""
    return dict(read_values((files(__package__) / "variants.yaml").read_text("utf-8")))


async def may_leave(ports: Ports, work: TurnWork, sentence: Sentence, text: str) -> str:
    """The words that leave; raises NotVerified, with a reason that a model can read, where none may."""
    channel = work.conversation.channel
    terms = ports.channels.terms(channel)
    if not terms.checked:
        return text
    known = _codes(work)
    found = await ports.channels.forbidden(channel, text, known)
    if found and (other := _otherwise(ports, work, sentence)):
        text, found = other, await ports.channels.forbidden(channel, other, known)
    if found:
        kinds = sorted({str(each.kind) for each in found})
        log.info("withheld", conversation=work.conversation.id, channel=channel, kinds=kinds)
        raise NotVerified(f"this channel allows no {', '.join(kinds).replace('_', ' ')}; leave it out")
    if terms.max_characters is not None and length(work, text) > terms.max_characters:
        log.info("withheld", conversation=work.conversation.id, channel=channel, kinds=["too_long"])
        raise NotVerified(f"a message on this channel has at most {terms.max_characters} characters")
    return text


def length(work: TurnWork, *more: str) -> int:
    """Characters of the reply with these words at its end."""
    already = work.turn.sentences
    said = [*already, *work.sentences[len(already) :], *more]
    return len(joined(said, work.locale.language))


def _codes(work: TurnWork) -> list[str]:
    facts = single(fact for entry in work.evidence.values() for fact in entry.facts.values())
    return [fact.value for fact in facts if isinstance(fact, Code)]


def _otherwise(ports: Ports, work: TurnWork, sentence: Sentence) -> str | None:
    for message, facts in _worded(work, sentence):
        if other := variants().get(message):
            return ports.renderer.message(work.locale, other, facts)
    return None


def _worded(work: TurnWork, sentence: Sentence) -> Iterator[tuple[str, Mapping[str, Fact]]]:
    if isinstance(sentence, Phrase):
        yield sentence.message, sentence.arguments
    elif isinstance(sentence, Statement) and (entry := work.evidence[sentence.evidence]).statement:
        yield entry.statement, entry.facts
