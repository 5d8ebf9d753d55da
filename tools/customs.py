"""What customs or a carrier may want from the recipient, and that none of it belongs into a chat."""

from __future__ import annotations

from pydantic import Field

from conversations.models import Level
from facts.values import Country, Fact, Listing, Term, Text
from markets.customs import customs_rules
from tools.lookup import Arguments
from tools.results import evidence
from tools.tool import Effect, Tool, ToolContext, ToolResult


class CustomsArguments(Arguments):
    country: str | None = Field(
        None,
        pattern=r"^[A-Z]{2}$",
        description="Country of delivery, ISO 3166-1 alpha-2, if it is known.",
    )


async def customs_papers(context: ToolContext, arguments: CustomsArguments) -> ToolResult:
    """Which number or proof is usual in a country, and where it is handed in."""
    code = arguments.country or context.market
    rule = customs_rules().get(code or "")
    if code is None or rule is None:
        title = Text(value=context.policy.shop.name)
        told = evidence(context, "customs.where", "markets:customs", title, {})
        return ToolResult("customs_papers", "general", (told,))
    proofs = tuple(Term(id=f"term.customs_proof.{proof}") for proof in rule.proofs)
    facts: dict[str, Fact] = {"country": Country(code=code), "proofs": Listing(items=proofs)}
    told = evidence(context, "customs.where_in", f"markets:customs/{code}", Country(code=code), facts)
    return ToolResult("customs_papers", "known", (told,), {"country": code})


CUSTOMS_PAPERS = Tool(
    name="customs_papers",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "What customs or the carrier ask the recipient of a parcel for (a tax or ID number, an invoice), and where to "
        "hand it in. Never ask for such a number in the chat, and never take one.\n"
        "Outcomes: known (what is usual in that country); general (where to hand it in)."
    ),
    arguments=CustomsArguments,
    read=customs_papers,
)
