"""localise: sentence by sentence verify, render for her locale, commit to the outbox."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import Context, Ports
from agent.handoff import handoff_sentences
from agent.leaving import length, may_leave
from agent.planners.planner import (
    Citation,
    Clarify,
    Draft,
    Handoff,
    Phrase,
    PlanItem,
    Rejection,
    Sentence,
    Statement,
    ToolCall,
)
from agent.render import render
from agent.state import State
from agent.verify import NotVerified, single
from agent.work import TurnWork
from conversations.models import Author, HandoffReason, Owner
from facts.evidence import Evidence, EvidenceKind
from facts.values import Listing, Text

HELLO = "social.hello"
DISCLOSES = ("social.greeting", "social.bot")
"""Sentences that say themselves that they are an AI's."""


async def localise(state: State, runtime: Runtime[Context]) -> dict[str, object]:
    ports, work = runtime.context.ports, runtime.context.work
    while (item := await _next(work)) is not None:
        if isinstance(item, ToolCall):
            work.call = item
            break
        await _say(ports, work, item)
    if work.call is None and work.withheld:
        await _bring_in(ports, work)
    if work.call is None and not work.sentences:
        await _say(ports, work, Phrase("answer.out_of_scope"))
    await _commit(ports, work)
    return {"memory": work.memory.model_dump(mode="json")}


def needs_tool(state: State, runtime: Runtime[Context]) -> bool:
    return runtime.context.work.call is not None


async def _next(work: TurnWork) -> PlanItem | None:
    for said in (work.opening, work.pending):
        if said:
            return said.pop(0)
    return await work.session.next() if work.session and not work.handoff else None


async def _say(ports: Ports, work: TurnWork, item: PlanItem) -> None:
    greets = isinstance(item, Phrase) and item.message == HELLO
    if not greets and not isinstance(item, ToolCall):
        await _disclose(ports, work, item)
    if isinstance(item, Handoff):
        work.handoff, work.own_sentences = item.reason, len(work.sentences)
        for sentence in handoff_sentences(ports, work, item.reason):
            await _add(ports, work, sentence)
    elif isinstance(item, Clarify):
        work.quick_replies = [_label(ports, work, reply) for reply in item.quick_replies]
        await _ask(ports, work, item)
    elif not isinstance(item, ToolCall):
        await _add(ports, work, item)
    if work.session and work.session.planner.streaming:
        await _commit(ports, work)


async def _disclose(ports: Ports, work: TurnWork, item: PlanItem) -> None:
    """The first reply of a conversation says that it is an AI's, after a hello and before anything else."""
    if work.disclosed or work.drafting:
        return
    work.disclosed = True
    said_so = isinstance(item, Phrase) and item.message in DISCLOSES
    if not said_so and not any(message.author is Author.ASSISTANT for message in work.recent):
        await _add(ports, work, Phrase("social.disclosure"))


async def _ask(ports: Ports, work: TurnWork, question: Clarify) -> None:
    """A question that lists its choices names them as their buttons do."""
    if question.listed is None or not isinstance(question.sentence, Phrase):
        await _add(ports, work, question.sentence)
        return
    labels = Listing(items=tuple(Text(value=label) for label in work.quick_replies))
    arguments = {question.listed: labels}
    text = ports.renderer.message(work.locale, question.sentence.message, arguments)
    if not await _put(ports, work, question.sentence, text):
        work.quick_replies = []
        return
    for reply in question.quick_replies:
        if isinstance(reply, Phrase):
            ports.verifier.check(reply, work.evidence, work.locale)
            work.told += [each for each in _stands_on(reply, work) if each not in work.told]


async def _add(ports: Ports, work: TurnWork, sentence: Sentence) -> None:
    try:
        ports.verifier.check(sentence, work.evidence, work.locale)
    except NotVerified as reason:
        if isinstance(sentence, Draft):
            work.rejections.append(Rejection(sentence, str(reason)))
            return
        raise
    text = render(sentence, work.evidence, work.locale, ports.renderer)
    if text and await _put(ports, work, sentence, text):
        work.told += [each for each in _stands_on(sentence, work) if each not in work.told]


async def _put(ports: Ports, work: TurnWork, sentence: Sentence, text: str) -> bool:
    """Say it where the channel allows it; a model may say its own otherwise, of ours a person hears."""
    try:
        work.sentences.append(await may_leave(ports, work, sentence, text))
    except NotVerified as reason:
        if isinstance(sentence, Draft):
            work.rejections.append(Rejection(sentence, str(reason)))
        else:
            work.withheld = True
        return False
    return True


async def _bring_in(ports: Ports, work: TurnWork) -> None:
    """Say that a person goes on; where the message is full, what was said last gives way, if it has not left."""
    work.quick_replies = []
    if work.drafting or work.handoff or work.conversation.owner is Owner.QUEUE:
        return
    work.memory.frames.clear()
    reason = HandoffReason.CHANNEL_RULES
    most = ports.channels.terms(work.conversation.channel).max_characters
    told = ports.renderer.message(work.locale, f"handoff.{reason}", {})
    left = len(work.turn.sentences) + work.committed
    while most is not None and len(work.sentences) > left and length(work, told) > most:
        work.sentences.pop()
    await _say(ports, work, Handoff(reason))


def _stands_on(sentence: Sentence, work: TurnWork) -> list[str]:
    if isinstance(sentence, Citation):
        return [sentence.evidence]
    if isinstance(sentence, Statement):
        return [sentence.evidence, *_sources(work.evidence[sentence.evidence], work)]
    if isinstance(sentence, Phrase):
        given = list(single(sentence.arguments.values()))
        return [
            key for key, entry in work.evidence.items() if any(fact in given for fact in entry.facts.values())
        ]
    if isinstance(sentence, Draft):
        return [
            each for each in work.evidence if f"{{{each}." in sentence.text or f"{{{each}}}" in sentence.text
        ]
    return []


def _sources(entry: Evidence, work: TurnWork) -> list[str]:
    """The passage in which the shop's documents say what a rule says."""
    if entry.kind is not EvidenceKind.POLICY:
        return []
    beside = next((result.evidence for result in work.asked.values() if entry in result.evidence), ())
    return [other.id for other in beside if other.kind is EvidenceKind.PASSAGE][:1]


def _label(ports: Ports, work: TurnWork, reply: object) -> str:
    if isinstance(reply, Phrase):
        return render(reply, work.evidence, work.locale, ports.renderer)
    return ports.renderer.fact(work.locale, reply)  # type: ignore[arg-type]


async def _commit(ports: Ports, work: TurnWork) -> None:
    """What an earlier attempt at this turn already said stays said; only what is new goes out, if anything may."""
    if work.drafting:
        return
    already = len(work.turn.sentences) + work.committed
    fresh = work.sentences[already:]
    if fresh:
        # A rerun has told of its calls already, with the sentences that left then.
        calls = [] if work.turn.sentences else work.tool_events
        await ports.conversations.add_sentences(work.turn, work.worker, fresh, work.locale.language, calls)
        work.tool_events = []
        work.committed += len(fresh)
