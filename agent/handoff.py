"""Hands a conversation to people: what the customer hears, and what staff are given."""

from __future__ import annotations

from agent.context import Ports
from agent.planners.planner import Phrase, Sentence, Statement
from agent.render import statement
from agent.work import TurnWork
from conversations.errors import OwnerChanged
from conversations.models import Handoff, HandoffInfo, HandoffReason, Level, Owner, Priority, Turn
from facts.evidence import Evidence, EvidenceKind
from facts.values import Code, Term, Text
from i18n.locale import Locale
from i18n.names import language_name
from i18n.other_languages import apology
from i18n.rendering import Argument
from tools.policies import staff_hours

PRIORITY_OF = {
    HandoffReason.SAFETY: Priority.URGENT,
    HandoffReason.VULNERABLE: Priority.URGENT,
    HandoffReason.FURIOUS: Priority.URGENT,
    HandoffReason.THREAT: Priority.HIGH,
    HandoffReason.LEGAL: Priority.HIGH,
    HandoffReason.TOOL_FAILURE: Priority.HIGH,
    HandoffReason.ABOVE_LIMIT: Priority.HIGH,
    HandoffReason.DISPUTE: Priority.HIGH,
    HandoffReason.REVIEW_PRESSURE: Priority.HIGH,
    HandoffReason.MINOR: Priority.HIGH,
}


def handoff_sentences(ports: Ports, work: TurnWork, reason: HandoffReason) -> list[Sentence]:
    """The reason in the customer's words, then when a person really answers."""
    if work.conversation.owner is Owner.QUEUE and reason is not HandoffReason.SAFETY:
        return [Phrase("queue.already")]
    reasons: list[Sentence] = [Phrase(f"handoff.{reason}")]
    if reason is HandoffReason.LANGUAGE:
        reasons = _in_her_language(work)
    hours = staff_hours(ports.policy, ports.clock.now(), work.locale.zone, work.evidence_id())
    if hours is None:
        return reasons
    work.evidence[hours.id] = hours
    return [*reasons, Statement(hours.id)]


def _in_her_language(work: TurnWork) -> list[Sentence]:
    """That hers is not spoken here: in her own words where there is a line for it, else in the reply's language."""
    code = work.seen.foreign or ""
    line = apology(code, work.locale.language)
    if line is None:
        return [Phrase("handoff.language")]
    entry = Evidence(
        id=work.evidence_id(),
        kind=EvidenceKind.TOOL,
        source=f"i18n:other_languages/{code}",
        title=Text(value=code),
        facts={"line": Text(value=line)},
        statement="language.line",
    )
    work.evidence[entry.id] = entry
    return [Statement(entry.id)]


def handoff_id(turn: Turn) -> str:
    """The id of the handoff that a turn files, so that the turn knows it again when it is run again."""
    return f"hnd_{turn.id.partition('_')[2]}"


async def file_handoff(ports: Ports, work: TurnWork, reason: HandoffReason) -> HandoffInfo | None:
    """Put the conversation into the queue and tell staff; None when a person was faster."""
    handoff = handoff_of(ports, work, reason)
    try:
        filed = await ports.conversations.queue(work.conversation.id, handoff)
    except OwnerChanged:
        return None
    return HandoffInfo(reason=filed.reason, priority=filed.priority)


def handoff_of(ports: Ports, work: TurnWork, reason: HandoffReason) -> Handoff:
    """What staff are given."""
    facts = tuple(entry for entry in work.evidence.values() if entry.kind is not EvidenceKind.PASSAGE)
    languages = {"en", ports.policy.staff.language}
    return Handoff(
        id=handoff_id(work.turn),
        conversation_id=work.conversation.id,
        reason=reason,
        priority=PRIORITY_OF.get(reason, Priority.NORMAL),
        summary={language: _summary(ports, work, reason, language, facts) for language in sorted(languages)},
        facts=facts,
        language=work.locale.language,
        created_at=ports.clock.now(),
    )


def _summary(
    ports: Ports, work: TurnWork, reason: HandoffReason, language: str, facts: tuple[Evidence, ...]
) -> str:
    """Who writes in which language about what, how far she is identified, and what is known."""
    locale = Locale(language, None, ports.policy.staff.zone)
    say = ports.renderer.message
    spoken: dict[str, Argument] = {
        "language": language_name(work.locale.language, language),
        "reason": Term(id=f"term.handoff.{reason}"),
    }
    lines = [say(locale, "desk.summary.line", spoken)]
    order = work.memory.order
    if order:
        lines.append(say(locale, "desk.summary.order", {"order_number": Code(value=order)}))
    else:
        lines.append(say(locale, "desk.summary.no_order", {}))
    level = max(work.identity.grants.values(), default=Level.ANONYMOUS)
    level = Level.CONFIRMED if work.identity.customer_id else level
    lines.append(say(locale, f"desk.summary.identity.{level.name.lower()}", {}))
    if work.memory.formality:
        lines.append(say(locale, f"desk.summary.formality.{work.memory.formality}", {}))
    told = [
        statement(entry, locale, ports.renderer) for entry in facts if entry.statement and _informs(entry)
    ]
    if told:
        lines += [say(locale, "desk.summary.facts", {}), *told]
    return "\n".join(lines)


def _informs(entry: Evidence) -> bool:
    return not (entry.statement or "").startswith(("policy.staff_hours", "identity."))
