"""Ingestion with the real parsers, encoders and Chroma: what is read, replaced, removed and refused."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from fpdf import FPDF
from pypdf import PdfWriter

from knowledge.index import ChromaIndex
from knowledge.ingest import IngestError, IngestReport, ingest_directory
from knowledge.sandbox import ParseLimits
from tests.integration.knowledge.conftest import CountingEncoder, put

RETURNS = "# Returns\n\n## Window\n\nYou have 30 days to send an item back.\n"


def texts(index: ChromaIndex, language: str = "en") -> list[str]:
    return (
        [passage.text for passage in index.load(language).passages] if language in index.languages() else []
    )


def reasons(report: IngestReport) -> dict[str, str]:
    return {refusal.document: refusal.reason for refusal in report.refused}


async def test_a_document_is_read_once_and_costs_nothing_afterwards(
    folder: Path, index: ChromaIndex, encoder: CountingEncoder
) -> None:
    put(folder, "en/returns.md", RETURNS)
    first = await ingest_directory(folder, index)
    encoded = encoder.encoded
    second = await ingest_directory(folder, index)
    assert (first.read, second.read, second.unchanged) == (["en/returns.md"], [], ["en/returns.md"])
    assert encoder.encoded == encoded
    assert texts(index) == ["You have 30 days to send an item back."]


async def test_a_changed_document_replaces_its_passages(folder: Path, index: ChromaIndex) -> None:
    put(folder, "en/returns.md", RETURNS)
    await ingest_directory(folder, index)
    before = index.generation()
    put(folder, "en/returns.md", RETURNS.replace("30", "45"))
    report = await ingest_directory(folder, index)
    assert report.read == ["en/returns.md"]
    assert texts(index) == ["You have 45 days to send an item back."]
    assert index.generation() != before


async def test_a_removed_document_disappears(folder: Path, index: ChromaIndex) -> None:
    put(folder, "en/returns.md", RETURNS)
    put(folder, "en/hours.md", "# Hours\n\nWe answer from nine to six.\n")
    await ingest_directory(folder, index)
    (folder / "en/returns.md").unlink()
    report = await ingest_directory(folder, index)
    assert report.removed == ["en/returns.md"]
    assert texts(index) == ["We answer from nine to six."]


async def test_bad_documents_are_listed_with_reasons_and_the_others_are_read(
    folder: Path, index: ChromaIndex
) -> None:
    put(folder, "en/returns.md", RETURNS)
    put(folder, "en/empty.md", "")
    put(folder, "en/blank.html", "<html><body><script>x</script></body></html>")
    put(folder, "en/broken.pdf", b"%PDF-1.7\n1 0 obj\n<<garbage")
    put(folder, "en/not-a.pdf", b"MZ\x00\x01\x02 not a pdf")
    put(folder, "en/binary.md", b"# Title\x00\n\ntext")
    put(folder, "en/latin.md", "Rückgabe".encode("latin-1"))
    put(folder, "en/letter.docx", b"PK")
    put(folder, "en/letter.odt", b"PK")
    put(folder, "en/dates.md", "---\neffective: soon\n---\n# Title\n\nText.\n")
    put(folder, "en/front.md", "---\n: [\n---\n# Title\n\nText.\n")
    put(folder, "nowhere.md", "# Title\n\nNo language is named.\n")
    report = await ingest_directory(folder, index)
    assert report.read == ["en/returns.md"]
    found = reasons(report)
    assert found["en/empty.md"] == "is empty"
    assert found["en/blank.html"] == "holds no text"
    assert "not a readable PDF" in found["en/broken.pdf"]
    assert "not a readable PDF" in found["en/not-a.pdf"]
    assert found["en/binary.md"] == "is binary, not text"
    assert found["en/latin.md"] == "is not UTF-8 text"
    assert "not a readable DOCX" in found["en/letter.docx"]
    assert ".odt" in found["en/letter.odt"]
    assert found["en/dates.md"].startswith("effective: ")
    assert "front matter" in found["en/front.md"]
    assert "language" in found["nowhere.md"]


async def test_a_document_that_became_unreadable_keeps_its_last_readable_version(
    folder: Path, index: ChromaIndex
) -> None:
    put(folder, "en/returns.md", RETURNS)
    await ingest_directory(folder, index)
    put(folder, "en/returns.md", b"\xff\xfe\x00")
    report = await ingest_directory(folder, index)
    assert list(reasons(report)) == ["en/returns.md"]
    assert texts(index) == ["You have 30 days to send an item back."]


async def test_an_encrypted_pdf_is_refused(folder: Path, index: ChromaIndex) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(text="Secret terms.")
    writer = PdfWriter(clone_from=put(folder, "en/plain.pdf", bytes(pdf.output())))
    writer.encrypt("secret", algorithm="AES-256")
    (folder / "en/plain.pdf").unlink()
    writer.write(folder / "en/locked.pdf")
    report = await ingest_directory(folder, index)
    assert reasons(report) == {"en/locked.pdf": "is encrypted"}


async def test_a_pdf_without_text_says_so(folder: Path, index: ChromaIndex) -> None:
    pdf = FPDF()
    pdf.add_page()
    put(folder, "en/scan.pdf", bytes(pdf.output()))
    assert "no text layer" in reasons(await ingest_directory(folder, index))["en/scan.pdf"]


async def test_twenty_megabytes_of_html_are_refused_unread(folder: Path, index: ChromaIndex) -> None:
    put(folder, "en/huge.html", b"<html lang=en><body>" + b"<p>word</p>" * 1_900_000)
    assert reasons(await ingest_directory(folder, index)) == {
        "en/huge.html": "has 20.9 MB; the limit is 4.2 MB"
    }


async def test_a_link_out_of_the_folder_is_refused(folder: Path, index: ChromaIndex, tmp_path: Path) -> None:
    put(tmp_path, "private/secret.md", "# Secret\n\nThe key is here.\n")
    (folder / "en").mkdir()
    (folder / "en/secret.md").symlink_to(tmp_path / "private/secret.md")
    (folder / "en/more").symlink_to(tmp_path / "private")
    report = await ingest_directory(folder, index)
    assert reasons(report) == {
        "en/more": "is a linked folder, which is not followed",
        "en/secret.md": "is a link that leads out of the folder",
    }
    assert report.passages == 0


async def test_a_bomb_is_stopped_by_time_and_the_next_document_is_still_read(
    folder: Path, index: ChromaIndex
) -> None:
    put(folder, "en/a-deep.html", "<html lang=en><body>" + "<div>" * 300_000 + "x")
    put(folder, "en/a-slow.md", "# Slow\n\n" + "[" * 60_000 + "\n")
    put(folder, "en/returns.md", RETURNS)
    report = await ingest_directory(folder, index, limits=ParseLimits(seconds=3))
    assert "en/returns.md" in report.read
    assert texts(index)[-1:] == ["You have 30 days to send an item back."]


async def test_a_document_that_needs_too_much_memory_is_refused(folder: Path, index: ChromaIndex) -> None:
    put(folder, "en/wide.html", "<html lang=en><body>" + "<p>A short paragraph.</p>" * 100_000)
    put(folder, "en/zreturns.md", RETURNS)
    report = await ingest_directory(folder, index, limits=ParseLimits(memory_bytes=24 * 1024 * 1024))
    assert list(reasons(report)) == ["en/wide.html"]
    assert report.read == ["en/zreturns.md"]


async def test_a_missing_folder_is_an_error_that_changes_nothing(folder: Path, index: ChromaIndex) -> None:
    with pytest.raises(IngestError):
        await ingest_directory(folder / "missing", index)


async def test_another_model_reads_everything_anew(
    folder: Path, index: ChromaIndex, encoder: CountingEncoder, tmp_path: Path
) -> None:
    put(folder, "en/returns.md", RETURNS)
    await ingest_directory(folder, index)
    index.close()
    other = ChromaIndex(tmp_path / "index", encoder, model="other")
    assert (await ingest_directory(folder, other)).read == ["en/returns.md"]
    assert len(texts(other)) == 1
    other.close()


async def test_a_run_that_is_cancelled_changes_nothing(folder: Path, index: ChromaIndex) -> None:
    put(folder, "en/a.md", RETURNS)
    await ingest_directory(folder, index)
    before = index.generation(), texts(index)
    put(folder, "en/a.md", RETURNS.replace("30", "45"))
    put(folder, "en/b.md", "# B\n\nMore text.\n")
    run = asyncio.create_task(ingest_directory(folder, index))
    await asyncio.sleep(0.3)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert (index.generation(), texts(index)) == before


KILLED = """
    import asyncio, os, sys
    from pathlib import Path
    from knowledge.index import ChromaIndex
    from knowledge.ingest import ingest_directory
    from nlu.encoder import EmbeddedEncoder

    class Dying(ChromaIndex):
        def commit(self, entries, generation):
            print("encoded", flush=True)
            os.kill(os.getpid(), 9)

    asyncio.run(ingest_directory(Path(sys.argv[1]), Dying(Path(sys.argv[2]), EmbeddedEncoder())))
"""


async def test_a_killed_run_changes_nothing_and_its_work_is_used_by_the_next(
    folder: Path, index: ChromaIndex, encoder: CountingEncoder, tmp_path: Path
) -> None:
    put(folder, "en/a.md", RETURNS)
    await ingest_directory(folder, index)
    before = texts(index)
    index.close()
    put(folder, "en/a.md", RETURNS.replace("30", "45"))
    script = [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), str(tmp_path / "index")]
    dead = await asyncio.to_thread(
        subprocess.run, script, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3]
    )
    assert (dead.stdout, dead.returncode) == ("encoded\n", -signal.SIGKILL)
    assert texts(index) == before
    encoded = encoder.encoded
    await ingest_directory(folder, index)
    assert texts(index) == ["You have 45 days to send an item back."]
    assert encoder.encoded == encoded
