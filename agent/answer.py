"""Puts together the public Reply of a turn."""

from __future__ import annotations

from dataclasses import asdict

from agent.cards import cards_of
from agent.context import Ports
from agent.handoff import file_handoff, handoff_sentences
from agent.holding import decide_mode
from agent.render import public_evidence, render, statement
from agent.work import Doing, TurnWork
from conversations.models import Action, HandoffReason, Mode, Owner, Reply, Usage
from conversations.wording import joined
from i18n.languages import SOURCE
from i18n.locale import Locale


def reply_of(ports: Ports, work: TurnWork) -> Reply:
    """The reply of a turn that ran to its end."""
    already = work.turn.sentences
    said = [*already, *work.sentences[len(already) :]]
    return _reply(ports, work, joined(said, work.locale.language))


def silent_reply(ports: Ports, work: TurnWork) -> Reply:
    """Where a person answers, the machine's reply has no words."""
    reply = _reply(ports, work, "")
    return reply.model_copy(update={"owner": Owner.HUMAN, "evidence": (), "actions": (), "cards": ()})


async def failure_reply(ports: Ports, work: TurnWork) -> Reply:
    """A turn that cannot be completed goes to a person, and the customer is told so."""
    work.locale = Locale(
        work.conversation.language or (work.perception.language if work.perception else SOURCE)
    )
    work.handoff = HandoffReason.TOOL_FAILURE
    decide_mode(ports, work)
    sentences = handoff_sentences(ports, work, HandoffReason.TOOL_FAILURE)
    words = [render(each, work.evidence, work.locale, ports.renderer) for each in sentences]
    work.handoff_info = await file_handoff(ports, work, HandoffReason.TOOL_FAILURE)
    work.told = list(work.evidence)
    said = [*work.turn.sentences, *(words if work.mode is not Mode.SHADOW else [])]
    return _reply(ports, work, joined(said, work.locale.language))


def _reply(ports: Ports, work: TurnWork, text: str) -> Reply:
    waits = work.handoff is not None or work.conversation.owner is Owner.QUEUE
    # Where a channel takes words only, they are all that was searched for what it forbids.
    words_only = ports.channels.terms(work.conversation.channel).words_only
    shown = [] if words_only else work.told
    return Reply(
        conversation_id=work.conversation.id,
        message_id=work.turn.reply_id,
        in_reply_to=tuple(message.id for message in work.turn.messages),
        text=text,
        language=work.locale.language,
        direction=ports.renderer.direction(work.locale.language),
        owner=Owner.QUEUE if waits else work.conversation.owner,
        evidence=public_evidence(shown, work.evidence, work.locale, ports.renderer),
        actions=tuple(_action(ports, work, doing, not words_only) for doing in work.doings),
        handoff=work.handoff_info,
        quick_replies=() if words_only else tuple(work.quick_replies),
        cards=() if words_only else cards_of(work, ports.renderer),
        usage=Usage(**asdict(work.spent)),
        timings_ms=dict(work.timings),
    )


def _action(ports: Ports, work: TurnWork, doing: Doing, told: bool) -> Action:
    stated = (statement(entry, work.locale, ports.renderer) for entry in doing.evidence if entry.statement)
    return Action(id=doing.id, tool=doing.tool, state=doing.state, summary=next(stated, "") if told else "")
