"""Markdown, HTML, DOCX and PDF files to blocks through `unstructured`; runs in the worker process, offline."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from lxml import html
from pydantic import ValidationError

from knowledge.documents import About, Block, Document, Kind, UnreadableDocument
from knowledge.visible import parse_html, prune

if TYPE_CHECKING:
    from unstructured.documents.elements import Element

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2002-\u200a\u202f\u3000]+")
META = re.compile(r"^dragoman:(version|effective|expires|market|url)$")


def prepare() -> None:
    """Make `unstructured` work without a network: no analytics, no notice, no model download."""
    os.environ.update(DO_NOT_TRACK="1", SCARF_NO_ANALYTICS="1", UNSTRUCTURED_DISABLE_NOTICE="1")
    import spacy
    from unstructured.nlp import tokenize

    def blank() -> spacy.language.Language:
        pipeline = spacy.blank("xx")
        pipeline.add_pipe("sentencizer")
        return pipeline

    # The stock loader downloads an English model at the first partition; sentence ends in any language suffice here.
    tokenize._load_spacy_model = blank


def read_document(path: Path) -> Document:
    """Parse one file by its suffix; raises UnreadableDocument with the reason."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableDocument(f"{path.suffix or 'no suffix'} is not a kind of document that is read")
    about, blocks = reader(path)
    if not any(block.kind is not Kind.TITLE for block in blocks):
        raise UnreadableDocument("holds no text")
    try:
        return Document(about=About.model_validate(about), blocks=tuple(blocks))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "metadata"
        raise UnreadableDocument(f"{where}: {first['msg']}") from error


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument("is not UTF-8 text") from error
    if "\0" in text:
        raise UnreadableDocument("is binary, not text")
    return text


def _markdown(path: Path) -> tuple[dict[str, Any], list[Block]]:
    from markdown.extensions import Extension  # type: ignore[import-untyped]
    from markdown.postprocessors import Postprocessor  # type: ignore[import-untyped]
    from unstructured.partition.md import partition_md

    text = _text(path)
    about: dict[str, Any] = {}
    if match := FRONT_MATTER.match(text):
        about = _front_matter(match.group(1))
        text = text[match.end() :]
    if not text.strip():
        raise UnreadableDocument("holds no text")
    anchors: list[tuple[str, str]] = []

    class Visible(Extension):  # type: ignore[misc]
        """Markdown may carry HTML, so what it hides is taken out where `unstructured` would read it."""

        def extendMarkdown(self, md: Any) -> None:
            class Prune(Postprocessor):  # type: ignore[misc]
                def run(self, text: str) -> str:
                    tree = _pruned(text)
                    anchors.extend(_anchors(tree))
                    return str(html.tostring(tree, encoding="unicode"))

            md.postprocessors.register(Prune(md), "visible", 0)

    extensions = ["tables", "fenced_code", "attr_list", "def_list", "sane_lists", Visible()]
    elements = partition_md(text=text, languages=[""], extensions=extensions)
    return about, list(blocks_from(elements, anchors))


def _front_matter(text: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableDocument("the front matter is not YAML") from error
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise UnreadableDocument("the front matter is not a list of fields")
    return {str(key): value for key, value in fields.items() if value is not None}


def _html(path: Path) -> tuple[dict[str, Any], list[Block]]:
    from unstructured.partition.html import partition_html

    data: bytes | str = path.read_bytes()
    if b"\0" in data:
        raise UnreadableDocument("is binary, not text")
    try:
        data = _text(path)
    except UnreadableDocument:
        # An older page names its own encoding, and the parser reads that.
        if b"charset" not in path.read_bytes()[:2048].lower():
            raise
    try:
        tree = parse_html(
            data.encode() if isinstance(data, str) and data.lstrip().startswith("<?xml") else data
        )
    except ValueError as error:
        raise UnreadableDocument(str(error)) from error
    about = _page_about(tree)
    prune(tree)
    if not tree.text_content().strip():
        raise UnreadableDocument("holds no text")
    elements = partition_html(text=html.tostring(tree, encoding="unicode"), languages=[""])
    return about, list(blocks_from(elements, _anchors(tree)))


def _page_about(tree: html.HtmlElement) -> dict[str, Any]:
    about: dict[str, Any] = {"language": tree.get("lang") or "", "title": tree.findtext(".//title") or ""}
    for meta in tree.iter("meta"):
        if match := META.match(meta.get("name", "")):
            about[match.group(1)] = meta.get("content", "")
    for link in tree.iterfind(".//link[@rel='canonical']"):
        about.setdefault("url", link.get("href"))
    about["title"] = _squeeze(about["title"])
    return {key: value for key, value in about.items() if value}


def _pruned(text: str) -> html.HtmlElement:
    tree = parse_html(f"<div>{text}</div>")
    prune(tree)
    return tree


def _anchors(tree: html.HtmlElement) -> list[tuple[str, str]]:
    """(heading, id) of the headings that can be linked to, in order."""
    headings = tree.iter("h1", "h2", "h3", "h4", "h5", "h6")
    return [(_squeeze(h.text_content()), h.get("id")) for h in headings if h.get("id")]


def _pdf(path: Path) -> tuple[dict[str, Any], list[Block]]:
    from knowledge.pdf import read_pdf

    about, elements = read_pdf(path)
    return about, list(blocks_from(elements, []))


def _docx(path: Path) -> tuple[dict[str, Any], list[Block]]:
    from knowledge.docx import read_docx

    about, elements = read_docx(path)
    return about, list(blocks_from(elements, []))


READERS: dict[str, Callable[[Path], tuple[dict[str, Any], list[Block]]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
}


def blocks_from(elements: Iterable[Element], anchors: list[tuple[str, str]]) -> Iterator[Block]:
    """`unstructured` elements as blocks; `anchors` are consumed in order by the headings that carry them."""
    waiting = list(anchors)
    for element in elements:
        kind = _kind(element)
        text = _table(element) if kind is Kind.TABLE else _squeeze(element.text)
        if not text:
            continue
        anchor = None
        if kind is Kind.TITLE and waiting and waiting[0][0] == text:
            anchor = waiting.pop(0)[1]
        meta = element.metadata
        depth = meta.category_depth or 0
        yield Block(kind=kind, text=text, depth=depth, page=meta.page_number, anchor=anchor)


def _kind(element: Element) -> Kind:
    match element.category:
        case "Title" if element.metadata.category_depth is not None:
            return Kind.TITLE
        case "Table":
            return Kind.TABLE
        case "ListItem":
            return Kind.ITEM
        case _:
            return Kind.TEXT


def _squeeze(text: str) -> str:
    return " ".join(SPACES.sub(" ", text).split())


def _table(element: Element) -> str:
    """A table as readable lines, `column: value; column: value`, so that each row stands alone."""
    markup = element.metadata.text_as_html
    if not markup:
        return _squeeze(element.text)
    rows = [
        [_squeeze(cell.text_content()) for cell in row.iter("td", "th")]
        for row in parse_html(markup).iter("tr")
    ]
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        return "\n".join("; ".join(filter(None, row)) for row in rows)
    head, *body = rows
    return "\n".join(_row(head, row) for row in body)


def _row(head: list[str], row: list[str]) -> str:
    named = [f"{name}: {value}" if name else value for name, value in zip(head, row, strict=False) if value]
    return "; ".join(named + row[len(head) :])
