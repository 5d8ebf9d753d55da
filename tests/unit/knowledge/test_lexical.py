"""BM25 finds shared words in spaced and unspaced scripts."""

from knowledge.lexical import Bm25, tokens


def test_tokens_fold_case_and_width_and_split_unspaced_scripts_in_pairs() -> None:
    assert tokens("DHL 30天内退货") == ["dhl", "30", "天内", "内退", "退货"]
    assert tokens("Rücksendekosten") == ["rücksendekosten", "rücks…"]


def test_the_passage_with_the_rare_word_comes_first() -> None:
    found = Bm25(["We ship to Japan and France.", "We ship to Poland.", "Returns cost money."])
    assert found.best("do you ship to Japan?", 3)[0] == 0
    assert found.best("退货", 3) == []


def test_an_inflected_word_still_counts() -> None:
    scores = Bm25(["Die Rücksendung ist frei.", "Wir liefern schnell."]).scores("Rücksendekosten?")
    assert scores[0] > scores[1] == 0


def test_an_empty_shelf_and_an_empty_question_score_nothing() -> None:
    assert Bm25([]).scores("x").tolist() == []
    assert Bm25(["a"]).scores("").tolist() == [0.0]
