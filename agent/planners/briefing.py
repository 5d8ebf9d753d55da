"""What a model is told: the conversation without personal details, the situation, and evidence in short."""

from __future__ import annotations

import json
from collections.abc import Iterator

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from agent.planners.planner import View
from agent.redaction import Redaction
from conversations.models import Author
from facts.evidence import Evidence
from facts.values import (
    Code,
    Country,
    Date,
    DateTime,
    Duration,
    Fact,
    Listing,
    Money,
    Percent,
    Quantity,
    Term,
    Text,
    Url,
)
from tools.tool import ToolResult

HISTORY = 8
PERSONAL = frozenset({"recipient", "street", "place"})
"""Facts of a customer's address: told by their statement, never to a model."""


def address_lines(view: View) -> tuple[str, ...]:
    """What of her messages is an address: a model gets a placeholder for each part, which tools resolve."""
    country = view.memory.country or view.market or ""
    texts = [said.text for said in view.recent[-HISTORY:] if said.author is Author.CUSTOMER]
    told = [view.address(text, country, False) for text in (*texts, view.perception.text)]
    parts = [
        part
        for each in told
        if each and each.line1
        for part in (each.line1, each.line2, each.name, each.city)
    ]
    return tuple(dict.fromkeys(part for part in parts if len(part) > 2))


def history(view: View, redaction: Redaction) -> Iterator[AnyMessage]:
    """What was said before and now, and the evidence that the message itself already fetched."""
    for said in view.recent[-HISTORY:]:
        own = said.author is not Author.CUSTOMER
        text = redaction.hide(said.text, figures=not own)
        if text.strip():
            yield AIMessage(text) if own else HumanMessage(_customer(text))
    known = "".join(_told_one(entry) for entry in view.evidence.values())
    text = redaction.hide(view.perception.text)
    yield HumanMessage(
        f"{_customer(text)}\n<situation>{_situation(view)}</situation>\n<evidence>{known}</evidence>"
    )


def _customer(text: str) -> str:
    """Her words, which cannot close the fence around them."""
    return f"<customer>{text.replace('</', '< /')}</customer>"


def _situation(view: View) -> str:
    about = ["signed in" if view.signed_in else "not signed in"]
    if view.memory.order:
        about.append(f"identified for order {view.memory.order}")
    if view.memory.formality:
        about.append(f"wishes to be addressed in a {view.memory.formality} way")
    if view.memory.goods:
        about.append(f"products talked about: {', '.join(view.memory.goods[:3])}")
    if view.proposal:
        about.append(f"{view.proposal.tool} is proposed and waits for the customer's yes")
    if view.read_only:
        about.append("a person will answer soon; until then only questions are answered")
    return "; ".join(about)


def told(result: ToolResult) -> str:
    evidence = "".join(_told_one(entry) for entry in result.evidence)
    data = json.dumps(dict(result.data), default=str, ensure_ascii=False)
    return f"outcome: {result.outcome}\n{data}\n<evidence>{evidence}</evidence>"


def _told_one(entry: Evidence) -> str:
    facts = ", ".join(
        f"{name}={'(hidden)' if name in PERSONAL else _brief(fact)}" for name, fact in entry.facts.items()
    )
    statement = " statement" if entry.statement else ""
    quote = f"\n<quote>{entry.quote.text.replace('</', '< /')}</quote>" if entry.quote else ""
    return f"\n{entry.id}{statement} {entry.statement or entry.source}: {facts}{quote}"


def _brief(fact: Fact) -> str:
    """A fact as short as a model needs it; the customer reads it as her locale writes it."""
    match fact:
        case Money():
            return f"{fact.amount} {fact.currency}"
        case DateTime():
            return fact.value.isoformat(timespec="minutes")
        case Duration():
            until = f"-{fact.until}" if fact.until is not None else ""
            return f"{fact.value}{until} {fact.unit}"
        case Quantity():
            return f"{fact.value} {fact.unit}" if fact.unit else str(fact.value)
        case Term():
            return fact.id.rpartition(".")[2]
        case Country():
            return fact.code
        case Listing():
            return "[" + "; ".join(map(_brief, fact.items)) + "]"
        case Percent():
            return f"{fact.value}%"
        case Text(aside=aside) if aside:
            return f"{fact.value} ({', '.join(map(_brief, aside))})"
        case Date() | Code() | Url() | Text():
            return str(fact.value)
