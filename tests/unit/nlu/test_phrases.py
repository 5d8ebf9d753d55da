"""Phrases are found as one expression over all of them would find them; what cannot match is never compiled."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest

from nlu.folding import fold
from nlu.lexicon import LexiconError, check_phrases, compiled, load_lexicons, shipped_languages
from nlu.phrases import NamedPhrases, PhraseSet, needed

TEXTS = [
    "I would like a refund, please: the parcel never came and the colour is wrong",
    "¿Dónde está mi pedido? Quiero que me devuelvan el dinero ya",
    "Ich möchte die blauen Schuhe zurückschicken, sie sind zu klein",
    "je voudrais échanger la veste contre une taille au-dessus, svp",
    "我的包裹还没到，能退款吗？尺码太小了",
    "荷物がまだ届きません。サイズが大きいので交換したいです",
    "",
]


@pytest.mark.parametrize(
    ("phrase", "letters"),
    [
        ("money back", {"money"}),
        ("refund(ed)?s?", {"refund"}),
        ("(the |my )?cash", {"cash"}),
        ("money|geld", {"money", "geld"}),
        ("(zu|viel) (klein|gross)", {"klein", "gross"}),
        ("colou?r", {"colo"}),
        ("colours*", {"colour"}),
        ("a{0,2}bc", {"bc"}),
        ("x+yz", {"yz"}),
        ("s.il", {"il"}),
        (r"50 ?\%", {"50"}),
        ("Größe", {"grösse"}),
        ("(?!not)sure(?= thing)", {"sure"}),
        ("[àa]", set()),
        ("(cash)?", set()),
        ("cash|[àa]", set()),
    ],
)
def test_letters_that_a_phrase_cannot_do_without(phrase: str, letters: set[str]) -> None:
    assert needed(phrase) == letters


def test_found_as_by_one_expression_over_all_phrases_of_all_languages() -> None:
    lists = [
        phrases
        for lexicon in load_lexicons([shipped_languages()])
        for phrases in (
            lexicon.answers.polite,
            lexicon.feelings.furious,
            *lexicon.reasons.policy_topic.values(),
        )
    ]
    together = tuple(sorted({phrase for phrases in lists for phrase in phrases}))
    for phrases in (*lists, together):
        whole, piecewise = compiled(phrases), PhraseSet(phrases)
        for text in (fold(each).text for each in TEXTS):
            assert [m.span() for m in piecewise.finditer(text)] == [m.span() for m in whole.finditer(text)]
            assert piecewise.sub("_", text) == whole.sub("_", text)
            assert (piecewise.match(text) is None) == (whole.match(text) is None)
            assert (piecewise.fullmatch(text) is None) == (whole.fullmatch(text) is None)


def test_order_of_the_phrases_does_not_matter() -> None:
    phrases = ["no", "not at all", "not", "at all", "all of it"]
    for seed in range(10):
        random.Random(seed).shuffle(phrases)
        assert [m[0] for m in PhraseSet(phrases).finditer("not at all of it, no")] == ["not at all", "no"]


def test_a_set_without_phrases_finds_nothing() -> None:
    assert PhraseSet(()).search("anything") is None
    assert PhraseSet(()).sub("_", "anything") == "anything"
    assert NamedPhrases([]).everything("anything") == []


def test_longest_mention_stays_where_two_names_overlap() -> None:
    named = NamedPhrases([("blue", ["blue"]), ("navy", ["navy blue"]), ("blue", ["azul"])])
    assert named.longest("navy blue, azul") == [(0, 9, "navy"), (11, 15, "blue")]
    assert [name for _, _, name in named.everything("navy blue")] == ["navy", "blue"]


def test_only_what_may_match_is_compiled() -> None:
    phrases = PhraseSet(["refund", "money back", "broken**", "geld"])
    assert phrases.search("a refund") is not None
    assert phrases.possible("hello") == []


def test_hangul_typed_in_parts_is_read_as_whole_syllables() -> None:
    folded = fold(unicodedata.normalize("NFD", "환불 해주세요"))
    assert folded.text == "환불 해주세요"
    assert folded.span(0, 2) == (0, 6)


def test_every_shipped_phrase_is_an_expression() -> None:
    for lexicon in load_lexicons([shipped_languages()]):
        check_phrases(lexicon)


def test_a_shop_learns_at_the_start_which_of_its_phrases_is_no_expression(tmp_path: Path) -> None:
    (tmp_path / "sv").mkdir()
    (tmp_path / "sv" / "lexicon.yaml").write_text("near:\n  order: ['(broken']\n", "utf-8")
    with pytest.raises(LexiconError, match=r"sv/lexicon.yaml: near.order: not a regular expression"):
        load_lexicons([shipped_languages(), tmp_path])
