"""What a lying and an honest model say, and what customers write to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import yaml

from commerce.demo import stories
from evals.cases import CASES, load_cases

REFERENCE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Corpus:
    lies: tuple[str, ...]
    honest: tuple[str, ...]
    held_out: tuple[str, ...]
    messages: tuple[str, ...]


@cache
def corpus(language: str) -> Corpus:
    """Lies, honest drafts, and what customers write, from the cases of the dialogues."""
    data = yaml.safe_load((CASES / "figures" / f"{language}.yaml").read_text("utf-8"))
    lies = [lie for kind in data["lies"].values() for lie in kind] + data["wrong_facts"]
    return Corpus(
        tuple(lies), tuple(data["honest"]), tuple(data["honest_held_out"]), tuple(_messages(language))
    )


def _messages(language: str) -> Iterator[str]:
    known = stories()
    seen = set()
    for case in load_cases("dialogues", language):
        story = known[case.story]
        fill = {"number": story.number, "email": story.email, "postcode": story.postcode}
        for wording in case.turns[0].say:
            if wording not in seen and not REFERENCE.search(wording.format_map(_Left(fill))):
                seen.add(wording)
                yield wording.format_map(fill)


class _Left(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
