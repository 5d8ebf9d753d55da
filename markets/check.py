"""`python -m markets.check [DIR]`: are the rules sound, which of them are unverified, and which want another look?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel

from facts.clock import SystemClock
from markets.rule import Dated, Rule
from markets.rules import MarketsError, channel_rules, market_rules

FRESH = timedelta(days=365)


def rules_in(model: BaseModel, at: str = "") -> Iterator[tuple[str, Rule]]:
    """Every rule of a market with its key, such as `imports.duty`."""
    for name in type(model).model_fields:
        value, key = getattr(model, name), f"{at}{name}"
        if isinstance(value, Dated):
            yield from ((key, rule) for rule in value.root)
        elif isinstance(value, BaseModel):
            yield from rules_in(value, f"{key}.")


def all_rules(own: Path | None = None) -> list[tuple[str, Rule]]:
    """Every rule with its market or channel and key: `DE.withdrawal`."""
    every = {**market_rules(own), **channel_rules(own)}
    return [(f"{name}.{key}", rule) for name, model in sorted(every.items()) for key, rule in rules_in(model)]


def stale(rule: Rule, today: date) -> bool:
    """Whether nobody has looked at its source for a year."""
    return rule.checked is not None and today - rule.checked > FRESH


def main(arguments: list[str], today: date) -> int:
    try:
        rules = all_rules(Path(arguments[0]) if arguments else None)
    except MarketsError as error:
        print(error)
        return 1
    for key, rule in rules:
        if rule.unverified:
            print(f"unverified  {key}: {rule.source}")
        elif stale(rule, today):
            print(f"stale       {key}: checked {rule.checked}, {rule.source}")
    print(f"{len(rules)} rules, {sum(rule.unverified for _, rule in rules)} unverified")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], SystemClock().now().date()))
