"""Messages whose right reply language nobody doubts: is it the one that a turn would choose?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import typer
from pydantic import TypeAdapter
from rich.markup import escape
from rich.table import Table

from bootstrap.settings import Settings
from bootstrap.wiring import understanding_of
from evals.cases import CASES, Data
from evals.report import write_json
from facts.yaml_text import read_words
from markets.languages import likely_language

if TYPE_CHECKING:
    from evals.suites import Request

RIGHT, RIGHT_OF_SHORT = 0.98, 0.95
SHORT = 3
"""Words of a message that is counted as short, too."""
SHORT_CHARACTERS = 8
"""The same where a script does not space its words."""


class Message(Data):
    """A message, the language of the conversation before it, and the customer's country where they are known."""

    text: str
    reply: str
    previous: str | None = None
    market: str | None = None

    @property
    def short(self) -> bool:
        words = self.text.split()
        spaced = len(words) > 1 or self.text.isascii()
        return len(words) <= SHORT if spaced else len(self.text) <= SHORT_CHARACTERS


@dataclass(slots=True)
class Count:
    messages: int = 0
    right: int = 0
    short: int = 0
    short_right: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, message: Message, chosen: str) -> None:
        right = chosen == message.reply
        self.messages += 1
        self.right += right
        self.short += message.short
        self.short_right += message.short and right
        if not right:
            before = message.previous or message.market or "nothing"
            self.wrong.append(f"{chosen} for {message.reply} (after {before}): {message.text}")


def load_messages(language: str | None = None) -> dict[str, list[Message]]:
    """The messages by the file that they stand in, which is named by the language of who wrote them."""
    several = TypeAdapter(list[Message])
    return {
        path.stem: several.validate_python(read_words(path.read_text("utf-8")))
        for path in sorted((CASES / "languages").glob("*.yaml"))
        if language in (None, path.stem)
    }


async def languages(request: Request) -> bool:
    """Each message alone, after the language of the conversation, or in the one of the customer's country."""
    files = load_messages(request.language)
    if not files:
        raise typer.BadParameter("no messages in that language")
    understanding = understanding_of(Settings(_env_file=None, demo=True))  # type: ignore[call-arg]
    counts: dict[str, Count] = {}
    for name, messages in files.items():
        counts[name] = Count()
        for message in messages[:: request.sample]:
            previous = message.previous or likely_language(message.market or "")
            seen = await understanding.perceive(message.text, previous_language=previous)
            counts[name].add(message, seen.language)
    understanding.close()
    return _report(counts, request)


def _report(counts: dict[str, Count], request: Request) -> bool:
    table = Table("written in", "messages", "right", "of 1 to 3 words", "right")
    total = Count()
    for name, count in [*counts.items(), ("all", total)]:
        if name != "all":
            for each in ("messages", "right", "short", "short_right"):
                setattr(total, each, getattr(total, each) + getattr(count, each))
        table.add_row(
            name,
            str(count.messages),
            f"{count.right / count.messages:.3f}",
            str(count.short),
            f"{count.short_right / max(1, count.short):.3f}",
        )
    request.console.print(table)
    if request.show:
        for line in (line for count in counts.values() for line in count.wrong):
            request.console.print(f"    [dim]{escape(line)}[/dim]", soft_wrap=True)
    write_json(
        request.json_file, {name: asdict(count) for name, count in counts.items()} | {"all": asdict(total)}
    )
    return total.right >= RIGHT * total.messages and total.short_right >= RIGHT_OF_SHORT * total.short
