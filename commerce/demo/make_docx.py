"""Sets texts in policies/sources as DOCX pages of the demo shop; run it after a text has changed."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import docx
from docx.document import Document

from commerce.demo.files import demo_documents_dir
from commerce.demo.sources import Source, sources

_HEADINGS = {"# ": 1, "## ": 2}


def make_docx(target: Path) -> list[Path]:
    """Write every source as `<language>/<name>.docx` under the target."""
    made = []
    for source in sources("docx"):
        path = target / source.language / f"{source.name}.docx"
        path.parent.mkdir(parents=True, exist_ok=True)
        _set(source).save(str(path))
        made.append(path)
    return made


def _set(source: Source) -> Document:
    document = docx.Document()
    about = document.core_properties
    about.title, about.language, about.keywords = source.about["title"], source.language, source.keywords
    about.author, about.comments = "Fern & Harbour", ""
    about.created = about.modified = datetime.combine(source.about["effective"], time(0))
    for paragraph in source.paragraphs:
        _paragraph(document, paragraph)
    return document


def _paragraph(document: Document, text: str) -> None:
    for mark, level in _HEADINGS.items():
        if text.startswith(mark):
            document.add_heading(text.removeprefix(mark), level)
            return
    if text.startswith("|"):
        _table(document, text)
    elif text.startswith("- "):
        for item in text.split("\n- "):
            document.add_paragraph(" ".join(item.removeprefix("- ").split()), style="List Bullet")
    else:
        document.add_paragraph(" ".join(text.split()))


def _table(document: Document, text: str) -> None:
    head, _, *rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in text.split("\n")]
    table = document.add_table(rows=0, cols=len(head), style="Table Grid")
    for row in (head, *rows):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words


if __name__ == "__main__":
    make_docx(demo_documents_dir())
