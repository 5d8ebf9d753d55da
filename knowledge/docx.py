"""A Word document (.docx) as `unstructured` elements; what its author hid from readers is not read."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from knowledge.documents import UnreadableDocument

if TYPE_CHECKING:
    from docx.document import Document
    from unstructured.documents.elements import Element

MAX_UNPACKED = 64 * 1024 * 1024
LEGIBLE_HALF_POINTS = 6
KEYWORD = re.compile(r"(version|effective|expires|market|language|url)\s*[=:]\s*([^;,\s]+)")
OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of Word's older format, and of any encrypted document."""


def read_docx(path: Path) -> tuple[dict[str, Any], list[Element]]:
    """What the document says about itself, and its elements; raises UnreadableDocument with the reason."""
    import docx
    from docx.opc.exceptions import OpcError
    from unstructured.partition.docx import partition_docx

    _look_inside(path)
    try:
        document = docx.Document(str(path))
        about = _about(document)
        _prune(document)
        shown = BytesIO()
        document.save(shown)
        elements = partition_docx(file=shown, languages=[""])
    except (
        OpcError,
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        AttributeError,
    ) as error:
        raise UnreadableDocument(f"is not a readable DOCX ({type(error).__name__})") from error
    return about, elements


def _look_inside(path: Path) -> None:
    """Refuses what would unpack to too much before anything is unpacked."""
    with path.open("rb") as file:
        if file.read(4) == OLE:
            raise UnreadableDocument("is encrypted, or in Word's older format")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise UnreadableDocument(f"is not a readable DOCX ({type(error).__name__})") from error
    if unpacked > MAX_UNPACKED:
        raise UnreadableDocument(
            f"unpacks to {unpacked / 1e6:.0f} MB; the limit is {MAX_UNPACKED / 1e6:.0f} MB"
        )


def _about(document: Document) -> dict[str, Any]:
    properties = document.core_properties
    about: dict[str, Any] = {"title": (properties.title or "").strip(), "language": properties.language or ""}
    about.update(KEYWORD.findall(properties.keywords or ""))
    return {key: value for key, value in about.items() if value}


def _prune(document: Document) -> None:
    """Takes out runs that are marked hidden or are smaller than a reader can see."""
    from docx.oxml.ns import qn

    for run in list(document.element.iter(qn("w:r"))):
        look = run.find(qn("w:rPr"))
        if look is None:
            continue
        if _tiny(look.find(qn("w:sz")), qn("w:val")) or _on(look.find(qn("w:vanish")), qn("w:val")):
            run.getparent().remove(run)


def _tiny(size: Any, value: str) -> bool:
    points = "" if size is None else size.get(value) or ""
    return points.isdigit() and int(points) < LEGIBLE_HALF_POINTS


def _on(switch: Any, value: str) -> bool:
    return switch is not None and switch.get(value) not in ("0", "false", "off")
