"""Quotes are cut out of passages, never reworded."""

from knowledge.citations import best_sentences, cite
from knowledge.passages import Passage

TEXT = (
    "We sell shoes. Every order is packed by hand. Parcels to Japan take ten days. Customs may add two days. "
    "We never ship on Sundays. Ask us anything."
)


def passage(text: str, language: str = "en") -> Passage:
    return Passage(
        id="en/a.md@d#0",
        document="en/a.md",
        title_path=("Shipping", "Abroad", "Japan"),
        text=text,
        language=language,
        market=None,
        version="2026-01",
        page=3,
        url="https://shop.example/a#japan",
        valid_from=None,
        valid_to=None,
        score=1.0,
    )


def test_the_stretch_with_the_question_s_words_is_quoted_unbroken() -> None:
    found = best_sentences(TEXT, "How long do parcels to Japan take with customs?", "en")
    assert "Parcels to Japan take ten days. Customs may add two days." in found
    assert found in TEXT
    assert found != TEXT


def test_a_question_in_another_language_gets_the_beginning() -> None:
    assert (
        best_sentences(TEXT, "日本要多久?", "en")
        == "We sell shoes. Every order is packed by hand. Parcels to Japan take ten days."
    )


def test_a_short_passage_is_quoted_whole() -> None:
    assert best_sentences("One. Two.\nThree.", "anything", "en") == "One. Two.\nThree."


def test_chinese_sentences_and_rows_are_cut_cleanly() -> None:
    text = "我们出售鞋子。手工包装。周日不发货。寄往日本需要十天。海关可能再加两天。"
    assert best_sentences(text, "寄到日本要几天?", "zh-Hans", 1) == "寄往日本需要十天。"
    assert (
        best_sentences("国家: 德国; 费用: 1\n国家: 法国; 费用: 2", "法国", "zh-Hans", 1)
        == "国家: 法国; 费用: 2"
    )


def test_evidence_says_where_the_quote_stands() -> None:
    evidence = cite(passage("It takes ten days."), "e4", "How long?")
    quote = evidence.quote
    assert quote is not None
    assert (evidence.id, evidence.source, quote.text) == ("e4", "document:en/a.md", "It takes ten days.")
    assert (quote.document, quote.section, quote.page) == ("Shipping", "Abroad › Japan", 3)
    assert (quote.version, quote.language, quote.url) == ("2026-01", "en", "https://shop.example/a#japan")
