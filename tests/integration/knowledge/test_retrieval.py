"""Questions meet the shop's documents: the right section, the customer's language, her market and day, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from commerce.demo.files import demo_documents_dir
from knowledge.calibration import load_calibration
from knowledge.index import ChromaIndex
from knowledge.ingest import ingest_directory
from knowledge.retrieval import Question, answers_on, load_library
from knowledge.shelf import load_shelf
from nlu.encoder import EmbeddedEncoder
from tests.integration.knowledge.conftest import TODAY, CountingEncoder, Shop, put

RETURNS_EN = "# Returns\n\n## How long can I return something?\n\nYou have 30 days after delivery.\n"
RETURNS_DE = (
    "# Rückgabe\n\n## Wie lange kann ich etwas zurückgeben?\n\nSie haben 30 Tage nach der Zustellung.\n"
)
WINDOW = "How many days do I have to return an item?"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, encoder: EmbeddedEncoder) -> ChromaIndex:
    """Some of the demo shop's documents, each kind and language among them."""
    home = tmp_path_factory.mktemp("demo")
    for path in demo_documents_dir().glob("*/*"):
        if path.stem in ("returns", "payment", "lost-or-damaged", "warranty-and-care"):
            put(home, f"documents/{path.parent.name}/{path.name}", path.read_bytes())
    index = ChromaIndex(home / "index", encoder)
    asyncio.run(ingest_directory(home / "documents", index))
    return index


@pytest.mark.parametrize(
    ("language", "question", "document"),
    [
        ("en", "how long does a refund take", "en/returns"),
        ("en", "how do I clean my suede boots", "en/warranty-and-care"),
        ("de", "mein Paket kam beschädigt an, was soll ich tun", "de/lost-or-damaged"),
        ("de", "wie viele Jahre Garantie habe ich", "de/warranty-and-care"),
        ("zh-Hans", "能用支付宝吗", "zh-Hans/payment"),
        ("zh-Hans", "退货流程是什么", "zh-Hans/returns"),
    ],
)
async def test_a_question_finds_its_section_in_its_language(
    demo: ChromaIndex, encoder: EmbeddedEncoder, language: str, question: str, document: str
) -> None:
    found = await Shop(demo, encoder).ask(question, language)
    assert found[0].document.startswith(document)
    assert {passage.language for passage in found} == {language}
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "write me a poem about the sea"),
        ("de", "wie wird das Wetter in Rotterdam"),
        ("zh-Hans", "讲个笑话"),
    ],
)
async def test_a_question_that_no_document_answers_gets_nothing(
    demo: ChromaIndex, encoder: EmbeddedEncoder, language: str, question: str
) -> None:
    assert await Shop(demo, encoder).ask(question, language) == []


async def test_a_language_without_documents_is_answered_from_another(
    demo: ChromaIndex, encoder: EmbeddedEncoder
) -> None:
    shop = Shop(demo, encoder)
    for language, question in (("es", "¿Cuánto tarda el reembolso?"), ("hi", "रिफंड में कितने दिन लगते हैं?")):
        found = await shop.ask(question, language)
        assert found
        assert len({passage.language for passage in found}) == 1


async def test_strange_text_is_no_question(demo: ChromaIndex, encoder: EmbeddedEncoder) -> None:
    shop = Shop(demo, encoder)
    for text in ("", "🙂🙂", "\0", "12345", "x" * 20_000):
        assert await shop.ask(text) == []


async def test_the_customer_s_language_wins_where_both_say_the_same(
    folder: Path, index: ChromaIndex, shop: Shop
) -> None:
    put(folder, "en/returns.md", RETURNS_EN)
    put(folder, "de/returns.md", RETURNS_DE)
    await ingest_directory(folder, index)
    assert (await shop.ask(WINDOW, "en"))[0].language == "en"
    assert (await shop.ask("Wie viele Tage habe ich für die Rückgabe?", "de"))[0].language == "de"


async def test_validity_and_market_are_kept_apart(folder: Path, index: ChromaIndex, shop: Shop) -> None:
    def variant(days: int, fields: str) -> str:
        return f"---\n{fields}\n---\n{RETURNS_EN.replace('30', str(days))}"

    put(folder, "en/a.md", variant(14, "version: 1\neffective: 2025-01-01\nexpires: 2026-06-30"))
    put(folder, "en/b.md", variant(30, "version: 2\neffective: 2026-07-01"))
    put(folder, "en/c.md", variant(60, "version: 2\neffective: 2026-07-01\nmarket: JP"))
    await ingest_directory(folder, index)
    assert [p.version for p in await shop.ask(WINDOW, on=date(2026, 6, 30))] == ["1"]
    assert [p.version for p in await shop.ask(WINDOW, on=date(2026, 7, 1))] == ["2"]
    assert await shop.ask(WINDOW, on=date(2024, 12, 31)) == []
    japan = await shop.ask(WINDOW, market="JP", on=date(2026, 7, 1))
    assert "60 days" in japan[0].text
    assert all(p.market is None for p in await shop.ask(WINDOW, market="DE"))


async def test_the_same_words_in_two_documents_are_said_once(
    folder: Path, index: ChromaIndex, shop: Shop
) -> None:
    put(folder, "en/a.md", RETURNS_EN)
    put(folder, "en/b.md", RETURNS_EN)
    await ingest_directory(folder, index)
    assert len(await shop.ask(WINDOW)) == 1


async def test_a_changed_document_is_seen_by_the_next_question(
    folder: Path, index: ChromaIndex, shop: Shop
) -> None:
    assert await shop.ask(WINDOW) == []
    put(folder, "en/returns.md", RETURNS_EN)
    await ingest_directory(folder, index)
    assert "30 days" in (await shop.ask(WINDOW))[0].text
    put(folder, "en/returns.md", RETURNS_EN.replace("30", "45"))
    await ingest_directory(folder, index)
    assert "45 days" in (await shop.ask(WINDOW))[0].text


async def test_a_large_shelf_asks_chroma_and_finds_the_same(
    demo: ChromaIndex, encoder: EmbeddedEncoder
) -> None:
    kept, large = load_shelf(demo, "en"), load_shelf(demo, "en", in_memory=0)
    assert large.vectors is None
    for text in ("how long does a refund take", "can I pay with PayPal", "the mug arrived broken"):
        (vectors,) = encoder.encode_queries([text])
        question = Question(vectors, text, "en", None, TODAY)
        expected, found = (answers_on(shelf, question, load_calibration()) for shelf in (kept, large))
        assert [p.id for p in found[:3]] == [p.id for p in expected[:3]]
        assert [p.score for p in found[:3]] == pytest.approx([p.score for p in expected[:3]], abs=1e-4)


async def test_a_shelf_outlives_the_run_that_swept_its_passages(
    folder: Path, index: ChromaIndex, encoder: CountingEncoder
) -> None:
    put(folder, "en/returns.md", RETURNS_EN)
    await ingest_directory(folder, index)
    (before,) = load_library(index).shelves
    stale = replace(before, vectors=None)
    put(folder, "en/returns.md", RETURNS_EN.replace("30", "45"))
    await ingest_directory(folder, index)
    (vectors,) = encoder.encode_queries([WINDOW])
    question = Question(vectors, WINDOW, "en", None, TODAY)
    assert answers_on(stale, question, load_calibration()) == []
    assert "30 days" in answers_on(before, question, load_calibration())[0].text
