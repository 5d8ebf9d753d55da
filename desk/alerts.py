"""What a group robot says of a handoff: why, how urgent, in which language, and where to answer.

Never who or what, but for the article that may hurt somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.models import Handoff, Priority
from conversations.ownership import DANGEROUS
from facts.values import Term
from i18n.locale import Locale
from i18n.names import language_name
from i18n.rendering import Argument, Renderer


@dataclass(frozen=True, slots=True)
class Alert:
    """Words for a group of people, of which nobody need be a member of staff."""

    title: str
    text: str
    open: str
    """The words of the link."""
    url: str | None
    """The conversation at the desk, where the server knows its own address."""
    urgent: bool


class AlertWriter:
    """Writes alerts in the staff's language."""

    def __init__(self, renderer: Renderer, language: str, public_url: str | None) -> None:
        self._renderer = renderer
        self._locale = Locale(language)
        self._desk = f"{public_url.rstrip('/')}/desk" if public_url else None

    def write(self, handoff: Handoff) -> Alert:
        """The alert of a handoff; its summary and facts stay at the desk."""
        reason = Term(id=f"term.handoff.{handoff.reason}")
        priority = Term(id=f"term.priority.{handoff.priority}")
        language = language_name(handoff.language, self._locale.language)
        articles = [
            self._renderer.message(self._locale, DANGEROUS, entry.facts)
            for entry in handoff.facts
            if entry.statement == DANGEROUS
        ]
        return Alert(
            title=self._say("desk.mail.subject", {"priority": priority, "reason": reason}),
            text="\n".join(
                [self._say("desk.summary.line", {"language": language, "reason": reason}), *articles]
            ),
            open=self._say("desk.alert.open", {}),
            url=self._desk and f"{self._desk}#conversation={handoff.conversation_id}",
            urgent=handoff.priority is Priority.URGENT,
        )

    def _say(self, message: str, arguments: dict[str, Argument]) -> str:
        return self._renderer.message(self._locale, message, arguments)
