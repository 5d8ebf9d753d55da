"""Sets texts in policies/sources as PDF pages of the demo shop; run it after a text has changed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from fpdf import FPDF

from commerce.demo.files import demo_documents_dir
from commerce.demo.sources import Source, sources

_SIZES = {"# ": 18, "## ": 13}


def make_pdfs(target: Path) -> list[Path]:
    """Write every source as `<language>/<name>.pdf` under the target; the same text gives the same bytes."""
    made = []
    for source in sources("pdf"):
        path = target / source.language / f"{source.name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_set(source))
        made.append(path)
    return made


def _set(source: Source) -> bytes:
    pdf = FPDF(format="A4")
    # The built-in fonts need no font file; this encoding adds the euro sign and the quotation marks to Latin-1.
    pdf.core_fonts_encoding = "cp1252"
    _describe(pdf, source)
    pdf.set_margin(22)
    pdf.add_page()
    for paragraph in source.paragraphs:
        _paragraph(pdf, paragraph)
    return bytes(pdf.output())


def _describe(pdf: FPDF, source: Source) -> None:
    pdf.set_title(source.about["title"])
    pdf.set_lang(source.language)
    pdf.set_keywords(source.keywords)
    pdf.set_creation_date(datetime.combine(source.about["effective"], time(0), UTC))


def _paragraph(pdf: FPDF, text: str) -> None:
    for mark, size in _SIZES.items():
        if text.startswith(mark):
            pdf.set_font("Helvetica", "B", size)
            pdf.ln(3)
            pdf.multi_cell(0, size * 0.5, text.removeprefix(mark), align="L", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(1)
            return
    pdf.set_font("Helvetica", size=10.5)
    items = text.split("\n- ") if text.startswith("- ") else [text]
    for item in items:
        line = " ".join(item.removeprefix("- ").split())
        shown = f"• {line}" if len(items) > 1 else line
        pdf.multi_cell(0, 5.2, shown, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)


if __name__ == "__main__":
    make_pdfs(demo_documents_dir())
