"""Documents to passages along their own structure: a section, or a part of one that an encoder can hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.documents import Block, Document, Kind
from knowledge.passages import Passage
from knowledge.sentences import joiner, sentences, weight

MAX_WEIGHT = 900


@dataclass(frozen=True, slots=True)
class Section:
    titles: tuple[str, ...]
    anchor: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, item, table row or sentence; `glue` is what joins it to the piece before it."""

    text: str
    page: int | None
    glue: str = "\n"


def passages_of(document: Document, *, name: str, language: str, digest: str) -> list[Passage]:
    """The passages of one document in order; ids carry the content's digest, so a changed document has new ones."""
    about = document.about
    title = about.title or _first_title(document.blocks) or name
    found: list[Passage] = []
    for section in _sections(title, document.blocks):
        for text, page in _parts(section.blocks, language):
            found.append(
                Passage(
                    id=f"{name}@{digest}#{len(found)}",
                    document=name,
                    title_path=section.titles,
                    text=text,
                    language=language,
                    market=about.market,
                    version=about.version,
                    page=page,
                    url=_link(about.url, section.anchor),
                    valid_from=about.effective,
                    valid_to=about.expires,
                    score=0.0,
                )
            )
    return found


def _first_title(blocks: Iterable[Block]) -> str | None:
    return next((block.text for block in blocks if block.kind is Kind.TITLE), None)


def _link(url: str | None, anchor: str | None) -> str | None:
    return f"{url}#{anchor}" if url and anchor else url


def _sections(title: str, blocks: Sequence[Block]) -> Iterator[Section]:
    """Headings open sections. A single top heading is the title that the reader sees; else `title` leads the path."""
    tops = [block for block in blocks if block.kind is Kind.TITLE and block.depth == 0]
    led = len(tops) == 1 and blocks[0] is tops[0]
    open_titles: list[tuple[int, str]] = []
    anchor: str | None = None
    body: list[Block] = []

    def section() -> Section:
        titles = tuple(text for _, text in open_titles)
        return Section(titles if led else (title, *titles), anchor, tuple(body))

    for block in blocks:
        if block.kind is not Kind.TITLE:
            body.append(block)
            continue
        if body:
            yield section()
            body = []
        open_titles = [(depth, text) for depth, text in open_titles if depth < block.depth]
        open_titles.append((block.depth, block.text))
        anchor = block.anchor
    if body:
        yield section()


def _parts(blocks: Iterable[Block], language: str) -> Iterator[tuple[str, int | None]]:
    """A section's text in parts of about one length, at most MAX_WEIGHT, cut where paragraphs, rows or sentences end."""
    pieces = list(_pieces(blocks, language))
    total = sum(weight(piece.text) for piece in pieces)
    target = total / max(1, math.ceil(total / MAX_WEIGHT))
    text, page = "", None
    for piece in pieces:
        size, added = weight(text), weight(piece.text)
        # A piece goes to the side on which the part comes out nearer to its share.
        if text and (size + added > MAX_WEIGHT or size + added / 2 > target):
            yield text, page
            text = ""
        if not text:
            text, page = piece.text, piece.page
        else:
            text += piece.glue + piece.text
    if text:
        yield text, page


def _pieces(blocks: Iterable[Block], language: str) -> Iterator[Piece]:
    for block in blocks:
        for line in block.text.split("\n"):
            if weight(line) <= MAX_WEIGHT:
                yield Piece(line, block.page)
            else:
                yield from _sentence_pieces(line, block.page, language)


def _sentence_pieces(line: str, page: int | None, language: str) -> Iterator[Piece]:
    before = ""
    for sentence in sentences(line, language):
        for part in _cut(sentence):
            yield Piece(part, page, joiner(before, part) if before else "\n")
            before = part


def _cut(sentence: str) -> Iterator[str]:
    """A sentence that no encoder can hold, cut between words; only data dumps have such."""
    while weight(sentence) > MAX_WEIGHT:
        length = MAX_WEIGHT * len(sentence) // weight(sentence)
        at = sentence.rfind(" ", 0, length)
        at = at if at > length // 2 else length
        yield sentence[:at].rstrip()
        sentence = sentence[at:].lstrip()
    if sentence:
        yield sentence
