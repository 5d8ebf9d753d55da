"""`python -m i18n.check [DIR…]`: does every language say all that English says, in sound ICU?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

from babel import Locale as BabelLocale

from i18n.catalogue import FORM
from i18n.figures import FORMS
from i18n.icu import Message, PatternError, Tree, choices, parse, required, shown
from i18n.languages import BUILT_IN, SOURCE, LanguageError, LanguagePack, load_languages

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
_ARGUMENT = re.compile(r"\{\s*\w+\s*\}")
_COUNTS = (*range(1001), Decimal("0.5"), Decimal("1.5"))
"""The counts of a shop; a category that none of them takes (a million's, in French) is not asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    language: str
    id: str
    problem: str

    def __str__(self) -> str:
        return f"{self.language}: {self.id}: {self.problem}"


def check(packs: Mapping[str, LanguagePack]) -> list[Finding]:
    """Everything that is wrong with the catalogues, sorted; an empty list means that they are sound."""
    source = packs[SOURCE]
    findings: list[Finding] = []
    for pack in packs.values():
        trees = _Trees(pack)
        problems = [*trees.problems, *_ids(pack), *_forms(pack, trees), *_plurals(pack, trees)]
        if pack.code != SOURCE:
            problems += [
                *_coverage(source, pack),
                *_arguments(_Trees(source), trees, pack),
                *_copies(source, pack),
            ]
        findings += [Finding(pack.code, found, problem) for found, problem in problems]
    return sorted(findings)


Problem = tuple[str, str]


class _Trees(dict[str, Tree]):
    """The parsed patterns of a pack by id; those that ICU refuses are problems instead."""

    def __init__(self, pack: LanguagePack) -> None:
        super().__init__()
        self.problems: list[Problem] = []
        for found, pattern in {**pack.messages, **pack.terms}.items():
            try:
                Message(pattern, pack.locale)
                self[found] = parse(pattern)
            except PatternError as error:
                self.problems.append((found, str(error)))


def _ids(pack: LanguagePack) -> Iterator[Problem]:
    for found in (*pack.messages, *pack.terms):
        if not _ID.fullmatch(found):
            yield found, "is no dotted lower-case id"
    for found in pack.messages:
        if found.startswith("term."):
            yield found, "is a term and belongs to the terms"
    for found in pack.terms:
        if not found.startswith("term."):
            yield found, "is a message and belongs to the messages"


def _forms(pack: LanguagePack, trees: Mapping[str, Tree]) -> Iterator[Problem]:
    """`{window__dative}` needs a language that has a dative."""
    for found, tree in trees.items():
        for name in sorted(required(tree, {})):
            form = name.partition(FORM)[2]
            if form and form not in (*FORMS, *pack.forms):
                yield found, f"{name} asks for a form that this language does not have"


def _plurals(pack: LanguagePack, trees: Mapping[str, Tree]) -> Iterator[Problem]:
    locale = BabelLocale.parse(pack.locale)
    rules = {"plural": locale.plural_form, "selectordinal": locale.ordinal_form}
    needed = {kind: {rule(count) for count in _COUNTS} for kind, rule in rules.items()}
    for found, tree in trees.items():
        for choice in choices(tree):
            if choice.kind not in rules:
                continue
            given = {key for key in choice.branches if not key.startswith("=")}
            if missing := needed[choice.kind] - given:
                yield (found, f"{choice.name} lacks the plural {', '.join(sorted(missing))}")
            if foreign := given - needed[choice.kind] - rules[choice.kind].tags - {"other"}:
                yield (
                    found,
                    f"{choice.name} has a plural that the language lacks: {', '.join(sorted(foreign))}",
                )


def _coverage(source: LanguagePack, pack: LanguagePack) -> Iterator[Problem]:
    for ours, theirs in (
        (source.messages.keys(), pack.messages.keys()),
        (source.vocabulary, pack.vocabulary),
    ):
        for found in ours - theirs:
            yield found, "is missing"
        for found in theirs - ours:
            yield found, "is unknown in English"


def _arguments(
    source: Mapping[str, Tree], trees: Mapping[str, Tree], pack: LanguagePack
) -> Iterator[Problem]:
    """The same values must be told; only a count that is not shown may go, where no plural depends on it."""
    for found, tree in trees.items():
        base = found if found in source else found.rpartition(".")[0]
        if base not in source or (base != found and found in pack.vocabulary):
            continue
        for name in sorted(_plain(shown(source[base])) - _plain(shown(tree))):
            yield found, f"does not tell {name}"
        for name in sorted(_selected(source[base]) - _selected(tree)):
            yield found, f"does not distinguish {name}"
        for name in sorted(_plain(required(tree, {})) - _plain(required(source[base], {}))):
            yield found, f"{name} is an argument that English does not have"


def _plain(names: frozenset[str]) -> set[str]:
    return {name.partition(FORM)[0] for name in names}


def _selected(tree: Tree) -> set[str]:
    return {choice.name for choice in choices(tree) if choice.kind == "select"}


def _copies(source: LanguagePack, pack: LanguagePack) -> Iterator[Problem]:
    """English words in another language are a forgotten translation, unless the pack allows them."""
    original = {**source.messages, **source.terms}
    for found, pattern in {**pack.messages, **pack.terms}.items():
        worded = any(sign.isalpha() for sign in _ARGUMENT.sub("", pattern))
        allowed = pack.fallback == SOURCE or any(fnmatchcase(found, same) for same in pack.same_as_source)
        if worded and not allowed and original.get(found) == pattern:
            yield found, "is still English"
    for same in pack.same_as_source:
        if not any(fnmatchcase(found, same) for found in original):
            yield same, "is allowed to equal English but does not exist"


def main(directories: Sequence[str]) -> int:
    """Check the built-in languages and those of further directories; 0 when all is sound."""
    try:
        packs = load_languages([BUILT_IN, *(Path(directory) for directory in directories)])
    except LanguageError as error:
        print(error)
        return 1
    findings = check(packs)
    for finding in findings:
        print(finding)
    source = packs[SOURCE]
    print(
        f"{len(packs)} languages, {len(source.messages)} messages, {len(source.vocabulary)} terms, "
        f"{len(findings)} problems"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
