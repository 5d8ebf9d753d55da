"""ICU MessageFormat patterns: compiled by ICU to speak, parsed by us to know what they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from icu4py.messageformat import MessageFormat

Parameter = str | int | Decimal
"""What a compiled pattern takes; dates and amounts are words before they get here."""


class PatternError(ValueError):
    """A pattern that ICU, or our narrower use of it, does not accept."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{name}`"""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """`{name, plural, one {…} other {…}}`, also `select` and `selectordinal`."""

    name: str
    kind: str
    branches: dict[str, Tree]

    def reachable(self, value: object) -> tuple[Tree, ...]:
        """The branches that a value may take; only a select on a plain string narrows them."""
        if self.kind == "select" and isinstance(value, str):
            return (self.branches.get(value, self.branches["other"]),)
        return tuple(self.branches.values())


Tree = tuple[Placeholder | Choice, ...]

_KINDS = ("plural", "select", "selectordinal")
_DIGITS = "numbers=latn"
"""Counts stand beside dates and amounts, which Babel writes in these digits everywhere."""
_NAME = re.compile(r"\s*(\w+)\s*")
_KEY = re.compile(r"\s*(=\d+|[\w-]+)\s*\{")
_OFFSET = re.compile(r"\s*offset:\s*\d+")


class _Parser:
    """Recursive descent over one pattern; literal text is skipped."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parse(self) -> Tree:
        tree = self._nodes(counted=None)
        if self._at < len(self._pattern):
            raise PatternError("a closing brace too many")
        return tree

    def _nodes(self, counted: str | None) -> Tree:
        """Nodes up to the closing brace; directly inside a plural, `#` shows the counted argument."""
        found: list[Placeholder | Choice] = []
        while self._at < len(self._pattern) and (sign := self._pattern[self._at]) != "}":
            if sign == "'":
                self._skip_apostrophe(counted is not None)
            else:
                self._at += 1
                if sign == "{":
                    found.append(self._argument())
                elif sign == "#" and counted is not None:
                    found.append(Placeholder(counted))
        return tuple(found)

    def _skip_apostrophe(self, plural: bool) -> None:
        """ICU's rule: an apostrophe quotes only where syntax follows it; two of them are one."""
        follower = self._pattern[self._at + 1 : self._at + 2]
        self._at += 1
        if follower == "'":
            self._at += 1
        elif follower in ("{", "}") or (plural and follower == "#"):
            end = self._pattern.find("'", self._at)
            self._at = len(self._pattern) if end < 0 else end + 1

    def _argument(self) -> Placeholder | Choice:
        name = self._take(_NAME, "an argument has no name")
        if self._accept("}"):
            return Placeholder(name)
        self._expect(",")
        kind = self._take(_NAME, f"{name} has no type")
        if kind not in _KINDS:
            raise PatternError(f"{name} is a {kind}; a fact formats itself")
        self._expect(",")
        return self._choice(name, kind)

    def _choice(self, name: str, kind: str) -> Choice:
        if kind != "select" and (offset := _OFFSET.match(self._pattern, self._at)):
            self._at = offset.end()
        branches: dict[str, Tree] = {}
        while key := _KEY.match(self._pattern, self._at):
            self._at = key.end()
            branches[key.group(1)] = self._nodes(name if kind != "select" else None)
            self._expect("}")
        while self._pattern[self._at : self._at + 1].isspace():
            self._at += 1
        self._expect("}")
        if "other" not in branches:
            raise PatternError(f"{name} has no branch for other")
        return Choice(name, kind, branches)

    def _take(self, expression: re.Pattern[str], complaint: str) -> str:
        match = expression.match(self._pattern, self._at)
        if match is None:
            raise PatternError(complaint)
        self._at = match.end()
        return match.group(1)

    def _accept(self, sign: str) -> bool:
        accepted = self._pattern.startswith(sign, self._at)
        self._at += len(sign) if accepted else 0
        return accepted

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise PatternError(f"'{sign}' expected at {self._at}")


def parse(pattern: str) -> Tree:
    """The arguments of a pattern as a tree; raises PatternError."""
    return _Parser(pattern).parse()


def choices(tree: Tree) -> Iterator[Choice]:
    """Every selector of a pattern, nested ones included."""
    for node in tree:
        if isinstance(node, Choice):
            yield node
            for branch in node.branches.values():
                yield from choices(branch)


def shown(tree: Tree) -> frozenset[str]:
    """The arguments whose value can be read in the text."""
    names = {node.name for node in tree if isinstance(node, Placeholder)}
    for choice in choices(tree):
        names.update(*(shown(branch) for branch in choice.branches.values()))
    return frozenset(names)


def required(tree: Tree, given: Mapping[str, object]) -> frozenset[str]:
    """The arguments that this call of a pattern needs; an empty `given` yields all it can ever need."""
    names: set[str] = set()
    for node in tree:
        names.add(node.name)
        if isinstance(node, Choice):
            for branch in node.reachable(given.get(node.name)):
                names |= required(branch, given)
    return frozenset(names)


class Message:
    """A pattern compiled for one locale. Values are inserted, never parsed again."""

    __slots__ = ("_fixed", "_format", "_tree")

    def __init__(self, pattern: str, locale: str) -> None:
        self._tree = parse(pattern)
        selects = any(choice.kind == "select" for choice in choices(self._tree))
        self._fixed = None if selects else required(self._tree, {})
        try:
            self._format = MessageFormat(pattern, f"{locale}@{_DIGITS}")
        except ValueError as error:
            raise PatternError(str(error)) from error

    def required(self, given: Mapping[str, object]) -> frozenset[str]:
        return self._fixed if self._fixed is not None else required(self._tree, given)

    def format(self, values: Mapping[str, Parameter]) -> str:
        return self._format.format(dict(values))
