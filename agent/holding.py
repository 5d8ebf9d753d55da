"""What a turn that may not speak does with its words: they become a draft, and she hears that a person answers."""

from __future__ import annotations

from agent.cards import cards_of
from agent.context import Ports
from agent.handoff import handoff_id, handoff_sentences
from agent.render import public_evidence, render
from agent.work import TurnWork
from conversations.models import DraftReply, HandoffReason, Mode, Owner
from nlu.intents import SOCIAL, Intent
from nlu.perception import Perception

NO_REQUEST = SOCIAL | {Intent.OUT_OF_SCOPE, Intent.NEVER_MIND}

TOOLS_OF_INTENT: dict[str, tuple[str, ...]] = {
    Intent.CANCEL_ORDER: ("cancel_order",),
    Intent.RETURN_ITEM: ("start_return",),
    Intent.CHANGE_ADDRESS: ("change_address", "set_default_address"),
    Intent.CHANGE_ORDER: ("change_items", "change_payment"),
    Intent.DAMAGED_ITEM: ("open_claim",),
    Intent.WRONG_OR_MISSING_ITEM: ("open_claim",),
    Intent.NOT_RECEIVED: ("open_inquiry", "settle_lost"),
}


def topics(seen: Perception, under_way: tuple[str, ...]) -> tuple[str, ...]:
    """What a message is about: its requests and the one that it goes on with, else the courtesies that it is."""
    asked = tuple(dict.fromkeys(segment.intents[0].intent for segment in seen.segments))
    requests = tuple(intent for intent in asked if intent not in NO_REQUEST)
    return tuple(dict.fromkeys((*requests, *under_way))) or asked


def intents_of(tool: str) -> tuple[str, ...]:
    """What a WRITE is about, whatever the message was taken for."""
    return tuple(intent for intent, writes in TOOLS_OF_INTENT.items() if tool in writes)


def decide_mode(ports: Ports, work: TurnWork, *more: str) -> None:
    """Settle how the turn speaks; what it turns out to be about can only make it more careful."""
    work.topics = tuple(dict.fromkeys((*work.topics, *more)))
    work.mode = ports.modes.mode(work.conversation, work.topics, stopped=work.turn.stopped)


async def hold_back(ports: Ports, work: TurnWork) -> None:
    """Take what the turn would have said out of its reply; what is left there is that a person answers."""
    left = len(work.turn.sentences) + work.committed
    reason = work.handoff or HandoffReason.STAFF_ANSWERS
    own = work.sentences[left : work.own_sentences]
    told = work.sentences[work.own_sentences :] if work.handoff else _rendered(ports, work, reason)
    work.draft = _draft(ports, work, [*own, *told] if work.mode is Mode.SHADOW and work.handoff else own)
    work.told, work.doings, work.quick_replies = [], [], []
    work.handoff = reason
    alone = work.conversation.owner is not Owner.HUMAN
    tells = alone and work.mode is Mode.DRAFT and await _is_news(ports, work, reason)
    work.sentences = [*work.sentences[:left], *(told if tells else [])]


def _rendered(ports: Ports, work: TurnWork, reason: HandoffReason) -> list[str]:
    sentences = handoff_sentences(ports, work, reason)
    return [render(each, work.evidence, work.locale, ports.renderer) for each in sentences]


async def _is_news(ports: Ports, work: TurnWork, reason: HandoffReason) -> bool:
    """A person is promised once; a reason of its own is told although she waits for people to answer already."""
    if reason is not HandoffReason.STAFF_ANSWERS:
        return work.waits_for in (None, HandoffReason.STAFF_ANSWERS)
    if work.waits_for is not None:
        return False
    return not await ports.conversations.people_answer(work.conversation.id, but=handoff_id(work.turn))


def _draft(ports: Ports, work: TurnWork, sentences: list[str]) -> DraftReply | None:
    if not sentences:
        return None
    return DraftReply(
        id=f"drf_{work.turn.id.partition('_')[2]}",
        conversation_id=work.conversation.id,
        turn_id=work.turn.id,
        mode=work.mode,
        channel=work.conversation.channel,
        market=work.conversation.market,
        intent=work.topics[0],
        text=ports.renderer.join(work.locale.language, sentences),
        language=work.locale.language,
        evidence=public_evidence(work.told, work.evidence, work.locale, ports.renderer),
        cards=cards_of(work, ports.renderer),
        created_at=ports.clock.now(),
    )
