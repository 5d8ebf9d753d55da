"""How a landed cost is told: the plain answer first, then its parts, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from facts.values import Country, Date, Fact, Listing, Percent, Term, Text
from markets.border import Charge, DeMinimis
from markets.consignment import Doubt, Part, Payer, Span
from markets.landed import LandedCost
from markets.models import MarketRules
from markets.rule import Rule

Said = tuple[str, dict[str, Fact]]
"""A statement and its facts."""


def whole(cost: LandedCost, country: Country, delivery_known: bool = True) -> list[Said]:
    """Everything that is told of a consignment that crosses a border."""
    return [
        _verdict(cost, country),
        *_part("duty", cost.duty),
        *_tax(cost),
        *_by_scheme(cost),
        *_sums(cost, delivery_known),
        *_grounds(cost),
    ]


def _verdict(cost: LandedCost, country: Country) -> Said:
    facts: dict[str, Fact] = {"country": country}
    if cost.asked.nothing:
        return ("landed.nothing_more" if cost.sure else "landed.nothing_expected"), facts
    if cost.asked.high is None:
        return "landed.unsure", facts
    if cost.asked.exact:
        return "landed.due_about", {**facts, "amount": cost.asked.low}
    return "landed.due", {**facts, "low": cost.asked.low, "high": cost.asked.high}


def _part(name: str, part: Part) -> Iterator[Said]:
    """`name` is duty or tax; what the seller pays is told with the scheme."""
    if part.payer is Payer.SELLER:
        return
    if part.span.nothing:
        yield f"landed.{name}_none", {}
    elif part.span.high is None:
        yield f"landed.{name}_unknown", {}
    else:
        yield _amount(f"landed.{name}", part.span)


def _amount(statement: str, span: Span) -> Said:
    if span.high is None or span.exact:
        return statement, {"amount": span.low}
    return f"{statement}_range", {"low": span.low, "high": span.high}


def _tax(cost: LandedCost) -> Iterator[Said]:
    if cost.tax.payer is Payer.RECIPIENT and cost.tax.span.high is None and cost.tax_percent is not None:
        yield "landed.tax_percent", {"percent": Percent(value=cost.tax_percent)}
    else:
        yield from _part("tax", cost.tax)


def _by_scheme(cost: LandedCost) -> Iterator[Said]:
    if cost.scheme is not None:
        covered = Listing(items=tuple(Term(id=f"term.border_charge.{each}") for each in cost.scheme.covers))
        yield "landed.scheme", {"scheme": Text(value=cost.scheme.name), "charges": covered}


def _sums(cost: LandedCost, delivery_known: bool) -> Iterator[Said]:
    if cost.asked.nothing:
        return
    if cost.handling.high is not None:
        yield "landed.handling", {"fee": cost.handling.high}
    if cost.total.high is not None and delivery_known:
        yield _amount("landed.total", cost.total)


def _grounds(cost: LandedCost) -> Iterator[Said]:
    if cost.rates is not None:
        yield "landed.rate", {"date": Date(value=cost.rates.as_of)}
    if cost.doubts:
        reasons = tuple(Term(id=f"term.landed_doubt.{each}") for each in Doubt if each in cost.doubts)
        yield "landed.depends", {"reasons": Listing(items=reasons)}
    yield from sources(cost.rules, assumed=cost.duty.assumed or cost.tax.assumed)


def sources(rules: Sequence[Rule], assumed: bool = False) -> Iterator[Said]:
    """What was checked and when, and what nobody has checked."""
    checked = [rule for rule in rules if rule.checked]
    unchecked = [rule for rule in rules if not rule.checked]
    if checked:
        oldest = min(rule.checked for rule in checked if rule.checked)
        yield "landed.source", {"sources": _listed(checked), "checked": Date(value=oldest)}
    if unchecked:
        yield "landed.unverified", {"sources": _listed(unchecked)}
    if assumed:
        yield "landed.as_far_as_known", {}


def _listed(rules: Sequence[Rule]) -> Listing:
    return Listing(items=tuple(Text(value=source) for source in dict.fromkeys(rule.source for rule in rules)))


def free_value(market: MarketRules, origin: str, today: date) -> list[Said]:
    """Up to which value a parcel from there is free; nothing where no value is, or none is known."""
    imports = market.imports
    rule: DeMinimis | None = imports.de_minimis_from.on(today) if imports.de_minimis_from else None
    if rule is None or origin not in rule.origins:
        rule = imports.de_minimis.on(today) if imports.de_minimis else None
    if rule is None or not rule.amount.minor:
        return []
    charges = Listing(
        items=tuple(Term(id=f"term.border_charge.{each}") for each in Charge if each in rule.what)
    )
    return [("landed.free_up_to", {"amount": rule.amount, "charges": charges}), *sources([rule])]
