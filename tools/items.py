"""How the pieces of an order are told."""

from __future__ import annotations

from collections.abc import Iterable

from commerce.models import Order, OrderLine, Variant
from facts.values import Code, Fact, Listing, Term, Text

COLOURS = frozenset(
    [
        "black",
        "white",
        "blue",
        "navy",
        "red",
        "green",
        "olive",
        "grey",
        "beige",
        "brown",
        "pink",
        "yellow",
        "orange",
        "purple",
        "cream",
        "silver",
        "gold",
        "teal",
        "burgundy",
    ]
)
"""The colours that catalogues name (`term.colour.blue`); any other is told as the shop writes it."""


def item(order: Order, line: OrderLine, quantity: int) -> Text:
    """A line's name, with its number of pieces and, where two lines share a name, what tells them apart."""
    before = f"{quantity} × " if quantity > 1 else ""
    titles = {language: f"{before}{title}" for language, title in line.titles.items()}
    return Text(value=f"{before}{line.title}", titles=titles, aside=_differing(order, line))


def _differing(order: Order, line: OrderLine) -> tuple[Fact, ...]:
    twins = [other for other in order.lines if other.title == line.title and other.id != line.id]
    names = [name for name in line.options if any(t.options.get(name) != line.options[name] for t in twins)]
    # A size is short and enough where it differs everywhere; the colour is named where it does not.
    neutral = [name for name in names if name != "colour"]
    enough = neutral and all(any(t.options.get(n) != line.options[n] for n in neutral) for t in twins)
    return tuple(option(name, line.options[name]) for name in (neutral if enough else names))


def items(order: Order, pieces: Iterable[tuple[OrderLine, int]] | None = None) -> Listing:
    """The named pieces, or all of the order's."""
    chosen = [(line, line.quantity) for line in order.lines] if pieces is None else list(pieces)
    return Listing(items=tuple(item(order, line, quantity) for line, quantity in chosen))


def options(line: OrderLine | Variant) -> Listing:
    """Its options in words: colours as terms, sizes and the rest as they stand."""
    return Listing(items=tuple(option(name, value) for name, value in line.options.items()))


def option(name: str, value: str) -> Fact:
    """One option in words."""
    if name == "colour" and value.lower() in COLOURS:
        return Term(id=f"term.colour.{value.lower()}")
    return Code(value=value) if name == "size" else Text(value=value)
