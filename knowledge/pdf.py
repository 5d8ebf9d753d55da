"""The text layer of a PDF as `unstructured` elements: lines, paragraphs, and headings by size, weight and shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.documents import UnreadableDocument

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader
    from unstructured.documents.elements import Element

MAX_PAGES = 500
LEGIBLE_POINTS = 3.0
HEADING_RATIO = 1.12
HEADING_CHARACTERS = 90
PARAGRAPH_GAP = 1.45
BULLET = re.compile(r"^\s*(?:[•‣◦▪●–·*-]|\d{1,2}[.)])\s+")
NUMBERED_HEADING = re.compile(r"^\s*(?:§\s*)?\d{1,2}(?:\.\d{1,2})*\.?\s+\S")
SENTENCE_END = re.compile(r"[.!?;:,。!?;:,…]$")
KEYWORD = re.compile(r"(version|effective|expires|market|language|url)\s*[=:]\s*([^;,\s]+)")
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass
class Line:
    text: str
    size: float
    bold: bool
    y: float
    page: int


def read_pdf(path: Path) -> tuple[dict[str, Any], list[Element]]:
    """What the document says about itself, and its elements; raises UnreadableDocument with the reason."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        _open(reader)
        lines = [line for number, page in enumerate(reader.pages, 1) for line in _lines(page, number)]
        about = _about(reader)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise UnreadableDocument(f"is not a readable PDF ({type(error).__name__})") from error
    if not lines:
        raise UnreadableDocument("has no text layer (a scanned document?)")
    return about, list(_elements(_without_furniture(lines)))


def _open(reader: PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument("is encrypted")
    if len(reader.pages) > MAX_PAGES:
        raise UnreadableDocument(f"has {len(reader.pages)} pages; the limit is {MAX_PAGES}")


def _about(reader: PdfReader) -> dict[str, Any]:
    info = reader.metadata
    about: dict[str, Any] = {"title": (info.title or "").strip()} if info else {}
    if info and info.keywords:
        about.update(KEYWORD.findall(info.keywords))
    language = reader.root_object.get("/Lang")
    if language:
        about.setdefault("language", str(language))
    return {key: value for key, value in about.items() if value}


def _lines(page: PageObject, number: int) -> Iterator[Line]:
    """The page's lines; a fragment smaller than a reader can see is left out."""
    current: list[tuple[str, float, bool, float]] = []
    finished: list[Line] = []

    def close() -> None:
        shown = [part for part in current if part[0].strip()]
        if shown:
            text = " ".join("".join(part[0] for part in current).split())
            longest = max(shown, key=lambda part: len(part[0]))
            bold = all(part[2] for part in shown)
            finished.append(Line(text, round(longest[1], 1), bold, longest[3], number))
        current.clear()

    def visit(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        height = abs(size) * (tm[2] ** 2 + tm[3] ** 2) ** 0.5 * (cm[2] ** 2 + cm[3] ** 2) ** 0.5
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        for index, piece in enumerate(text.split("\n")):
            if index:
                close()
            if piece and (height >= LEGIBLE_POINTS or not piece.strip()):
                current.append((piece, height, bold, tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

    page.extract_text(visitor_text=visit)
    close()
    return iter(finished)


def _without_furniture(lines: list[Line]) -> list[Line]:
    """Drop running heads, feet and page numbers: edge lines that recur in place, digits aside, on most pages."""
    pages = sorted({line.page for line in lines})
    if len(pages) < 2:
        return lines
    by_page = {page: [line for line in lines if line.page == page] for page in pages}
    edges = {page: [*found[:2], *found[-2:]] for page, found in by_page.items()}
    seen = Counter(shape for found in edges.values() for shape in {_shape(line) for line in found})
    repeated = {shape for shape, count in seen.items() if count >= 2 and count > len(pages) / 2}
    furniture = {id(line) for found in edges.values() for line in found if _shape(line) in repeated}
    return [line for line in lines if id(line) not in furniture]


def _shape(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.y / 4)


def _elements(lines: list[Line]) -> Iterator[Element]:
    from unstructured.documents.elements import ElementMetadata, ListItem, NarrativeText, Title

    body = _body_size(lines)
    sizes = sorted({line.size for line in lines if line.size > body * HEADING_RATIO}, reverse=True)
    for group in _paragraphs(lines, body):
        text = _joined([line.text for line in group])
        first = group[0]
        meta = ElementMetadata(page_number=first.page)
        if _is_heading(first, body):
            meta.category_depth = sizes.index(first.size) if first.size in sizes else max(len(sizes), 1)
            yield Title(text=text, metadata=meta)
        elif BULLET.match(text):
            yield ListItem(text=BULLET.sub("", text) if not text[0].isdigit() else text, metadata=meta)
        else:
            yield NarrativeText(text=text, metadata=meta)


def _body_size(lines: list[Line]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0]


def _is_heading(line: Line, body: float) -> bool:
    if len(line.text) > HEADING_CHARACTERS:
        return False
    if line.size > body * HEADING_RATIO:
        return True
    plain = not SENTENCE_END.search(line.text) and line.size >= body
    return plain and line.bold and not BULLET.match(line.text.replace(".", "", 1))


def _paragraphs(lines: list[Line], body: float) -> Iterator[list[Line]]:
    """Lines that belong together: same kind of line, no gap, no new bullet; a heading may run over two lines."""
    group: list[Line] = []
    for line in lines:
        if group and not _continues(group[-1], line, body):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _continues(before: Line, line: Line, body: float) -> bool:
    heading = _is_heading(before, body)
    if heading != _is_heading(line, body) or BULLET.match(line.text):
        return False
    if heading:
        return before.size == line.size and before.page == line.page and _gap(before, line) <= PARAGRAPH_GAP
    if abs(before.size - line.size) > 0.6:
        return False
    if before.page != line.page:
        return not SENTENCE_END.search(before.text)
    return _gap(before, line) <= PARAGRAPH_GAP + 0.35


def _gap(before: Line, line: Line) -> float:
    """The distance of two lines in line heights."""
    return abs(before.y - line.y) / max(before.size, line.size, 1.0)


def _joined(texts: list[str]) -> str:
    """Lines of one paragraph as running text: a space between words, none between ideographs."""
    text = texts[0]
    for following in texts[1:]:
        wide = WIDE.match(text[-1]) and WIDE.match(following[0])
        text += following if wide else f" {following}"
    return text
