"""Passages follow a document's sections and never exceed what an encoder can hold."""

from datetime import date

from knowledge.chunking import MAX_WEIGHT, passages_of
from knowledge.documents import About, Block, Document, Kind
from knowledge.passages import Passage
from knowledge.sentences import weight


def chunk(*blocks: Block, about: About | None = None, language: str = "en") -> list[Passage]:
    document = Document(about=about or About(), blocks=blocks)
    return passages_of(document, name="en/a.md", language=language, digest="d")


def title(text: str, depth: int, anchor: str | None = None) -> Block:
    return Block(kind=Kind.TITLE, text=text, depth=depth, anchor=anchor)


def text(words: str, page: int | None = None) -> Block:
    return Block(kind=Kind.TEXT, text=words, page=page)


def test_each_section_is_a_passage_under_its_titles() -> None:
    found = chunk(
        title("Returns", 0),
        text("Intro."),
        title("Fees", 1),
        title("Abroad", 2),
        text("Ten."),
        title("Time", 1),
        text("Soon."),
    )
    assert [(p.title_path, p.text) for p in found] == [
        (("Returns",), "Intro."),
        (("Returns", "Fees", "Abroad"), "Ten."),
        (("Returns", "Time"), "Soon."),
    ]
    assert [p.id for p in found] == ["en/a.md@d#0", "en/a.md@d#1", "en/a.md@d#2"]


def test_the_document_s_own_title_leads_where_several_headings_are_equal() -> None:
    found = chunk(title("One", 0), text("a"), title("Two", 0), text("b"), about=About(title="Terms"))
    assert [p.title_path for p in found] == [("Terms", "One"), ("Terms", "Two")]


def test_a_long_section_is_cut_between_paragraphs_and_a_long_paragraph_between_sentences() -> None:
    sentence = "This sentence has exactly as many words as it needs."
    long = " ".join([sentence] * 40)
    found = chunk(title("T", 0), text("Short one.", 1), text(long, 2))
    assert len(found) > 2
    assert all(weight(p.text) <= MAX_WEIGHT and p.text.endswith(".") for p in found)
    assert [p.page for p in found] == [1] + [2] * (len(found) - 1)
    assert " ".join(p.text for p in found).replace("\n", " ") == f"Short one. {long}"


def test_chinese_is_cut_between_sentences_without_added_spaces() -> None:
    long = "退货费用由买家承担,质量问题除外。" * 60
    found = chunk(title("退货", 0), text(long), language="zh-Hans")
    assert "".join(p.text for p in found) == long
    assert all(weight(p.text) <= MAX_WEIGHT for p in found)


def test_text_without_any_pause_is_still_cut() -> None:
    found = chunk(text("x" * 5000))
    assert "".join(p.text for p in found) == "x" * 5000
    assert all(weight(p.text) <= MAX_WEIGHT for p in found)


def test_a_table_is_cut_between_rows() -> None:
    rows = [f"Country: Land {n}; Price: {n} euro" for n in range(80)]
    found = chunk(Block(kind=Kind.TABLE, text="\n".join(rows)))
    assert [line for p in found for line in p.text.split("\n")] == rows


def test_version_validity_market_and_link_are_kept() -> None:
    about = About(
        version="3",
        effective=date(2026, 1, 1),
        expires=date(2026, 6, 1),
        market="DE",
        url="https://shop.example/a",
    )
    (found,) = chunk(title("T", 0, anchor="t"), text("x"), about=about)
    assert (found.version, found.valid_from, found.valid_to) == ("3", date(2026, 1, 1), date(2026, 6, 1))
    assert (found.market, found.url) == ("DE", "https://shop.example/a#t")
