"""Cuts a message into its requests and puts sentences without one beside their neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nlu.entities import identifier_spans
from nlu.heads import Scores, log_softmax
from nlu.intents import FAMILIES, SOCIAL, Intent, IntentHead
from nlu.lexicon import Lexicon
from nlu.perception import OUT_OF_SCOPE, Entity, EntityKind, Segment
from nlu.phrases import PhraseSet
from nlu.reading import Message, MessageReader

MAX_FRAGMENTS = 5
_SURE = 0.45
_SURER = 0.7
_DOUBTED = frozenset({OUT_OF_SCOPE, Intent.ARE_YOU_A_BOT, Intent.COMPLAINT})
"""What sentences of a story ("what can I do?") are easily taken for."""
_ENDS = re.compile(
    r"[!?…؟।]+[\"'”’»)]*(?=\s|$)|[。！？｡]+[”’」』）]*|(?<=[^\W\d_]{3})\.+[\"'”’»)]*(?=\s|$)|(?<=\d)\.(?=\s+[^\W\d_])|[;؛]\s|[\n\r]+"
    r"|[!?]+(?=[\u3040-\u30ff\u3400-\u9fff])"
)
_QUESTION = re.compile(
    r"[?؟]|吗|哪|几时|多少|怎么|(?:呢|没|没有)\W*$|か\W*$"
    r"|ไหม|มั้ย|หรือเปล่า|หรือยัง|รึยัง|อะไร|ที่ไหน|อยู่ไหน|ยังไง|อย่างไร|ทำไม|เมื่อไ|เท่าไ|กี่"
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of the message; `start` and `end` are positions in the original text."""

    start: int
    end: int


class Splitter:
    """Cuts at sentence ends of all scripts and at the joints of the lexicons."""

    def __init__(self, lexicons: Sequence[Lexicon], reader: MessageReader) -> None:
        self._joints = PhraseSet(p for lexicon in lexicons for p in lexicon.joints)
        self._reader = reader

    def split(self, message: Message) -> list[Fragment]:
        """The fragments that may carry a request, in order; one for the whole text when there is nothing to cut."""
        folded, text = message.folded, message.text
        cuts = {folded.span(m.end() - 1, m.end())[1] for m in _ENDS.finditer(folded.text)}
        cuts |= {
            folded.span(m.start(), m.start() + 1)[0] for m in self._joints.finditer(folded.text) if m.start()
        }
        inside = identifier_spans(message.entities)
        edges = [
            0,
            *sorted(c for c in cuts if 0 < c < len(text) and not any(a < c < b for a, b, _ in inside)),
            len(text),
        ]
        fragments: list[Fragment] = []
        for start, end in pairwise(edges):
            if self._reader.says_something(message, start, end):
                fragments.append(Fragment(start if fragments else 0, end))
            elif fragments:
                # Details ("order MF-10428, mail …") belong to the request beside them.
                fragments[-1] = Fragment(fragments[-1].start, end)
        while len(fragments) > MAX_FRAGMENTS:
            shortest = min(range(len(fragments) - 1), key=lambda i: fragments[i + 1].end - fragments[i].start)
            fragments[shortest : shortest + 2] = [
                Fragment(fragments[shortest].start, fragments[shortest + 1].end)
            ]
        return fragments if len(fragments) > 1 else [Fragment(0, len(text))]


def assemble(
    text: str,
    fragments: Sequence[Fragment],
    whole: Scores,
    scores: Sequence[Scores],
    entities: Sequence[Entity],
    head: IntentHead,
) -> tuple[Segment, ...]:
    """The segments: fragments with a request of their own, each with the words and details around it."""
    names = [head.labels[int(np.argmax(s))] for s in scores]
    strong = [i for i, fragment in enumerate(fragments) if _is_request(text, fragment, names[i], scores[i])]
    asked = [i for i in strong if _asks(text, fragments[i])]
    if asked:
        # "Only one of them came. Where is the other?": what is told before a question explains it.
        strong = [i for i in strong if i in asked or _probability(scores[i]) >= _SURER]
    beside = [i for i in strong if names[i] not in SOCIAL and names[i] != Intent.COMPLAINT]
    strong = beside or strong[:1]
    if len(strong) <= 1:
        only = whole if not strong else _mean(whole, scores[strong[0]])
        return (_segment(text, 0, len(text), only, entities, head),)
    groups: list[list[int]] = []
    for index in strong:
        before = groups[-1][-1] if groups else index
        if (
            groups
            and _together(names[before], names[index])
            and _same_order(fragments, before, index, entities)
        ):
            groups[-1].append(index)
        else:
            groups.append([index])
    starts = [0, *(fragments[group[0]].start for group in groups[1:])]
    segments = []
    for start, end, group in zip(starts, [*starts[1:], len(text)], groups, strict=True):
        parts = [scores[i] for i in group] + ([whole] if len(groups) == 1 else [])
        segments.append(_segment(text, start, end, _mean(*parts), entities, head))
    return tuple(segments)


def _is_request(text: str, fragment: Fragment, name: str, scores: Scores) -> bool:
    if _probability(scores) < (_SURER if name in _DOUBTED else _SURE):
        return False
    # A sentence of a story is often about nothing of ours; only a question is a request of its own.
    return name != OUT_OF_SCOPE or _asks(text, fragment)


def _asks(text: str, fragment: Fragment) -> bool:
    return bool(_QUESTION.search(text[fragment.start : fragment.end]))


def _probability(scores: Scores) -> float:
    return float(np.exp(scores.max()))


def _together(first: str, second: str) -> bool:
    return first == second or any(first in family and second in family for family in FAMILIES)


def _same_order(fragments: Sequence[Fragment], first: int, second: int, entities: Sequence[Entity]) -> bool:
    """ "Cancel A. And where is the money for B?": whoever names two orders asks twice."""
    named = [
        {e.value for e in entities if e.kind is EntityKind.ORDER_NUMBER and f.start <= e.start < f.end}
        for f in (fragments[first], fragments[second])
    ]
    return not (named[0] and named[1]) or bool(named[0] & named[1])


def _mean(*scores: Scores) -> Scores:
    return log_softmax(np.mean(np.stack(scores), axis=0))


def _segment(
    text: str, start: int, end: int, scores: Scores, entities: Sequence[Entity], head: IntentHead
) -> Segment:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    own = tuple(e for e in entities if start <= e.start and e.end <= end)
    return Segment(part.strip(), start, head.ranked(scores), own)
