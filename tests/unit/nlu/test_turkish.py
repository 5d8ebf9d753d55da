"""Turkish chat: İ, I, ı and i as people type them, short answers, and words that other languages have as well."""

from __future__ import annotations

from functools import cache

import pytest

from nlu.answers import AnswerReader
from nlu.attributes import AttributeReader
from nlu.folding import fold, folded_letters
from nlu.language import LanguageReader
from nlu.lexicon import load_lexicons, shipped_languages
from nlu.mood import Cues
from nlu.perception import Answer, EntityKind, Signal

LEXICONS = load_lexicons([shipped_languages()])


@cache
def attributes() -> AttributeReader:
    return AttributeReader(LEXICONS)


@pytest.mark.parametrize("typed", ["IADE", "İADE", "İade", "iade", "ıade", "I\u0307ade"])
def test_dotted_and_dotless_i_are_one(typed: str) -> None:
    assert fold(typed).text == "iade" == folded_letters(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Straße", "strasse"),
        ("Größe", "grösse"),
        ("naïve", "naïve"),
        ("ÎLE", "île"),
        ("ŻÓŁĆ", "żółć"),
        ("Ėjo", "ėjo"),
    ],
)
def test_letters_of_other_languages_stay_what_they_are(typed: str, read: str) -> None:
    assert fold(typed).text == read == folded_letters(typed)


def test_a_word_lies_where_it_was_typed() -> None:
    folded = fold("Şu İADEYİ istiyorum")
    start = folded.text.index("iadeyi")
    assert folded.original[slice(*folded.span(start, start + 6))] == "İADEYİ"


@pytest.mark.parametrize(
    "said", ["IADE SURESI KAC GUN", "İade süresi kaç gün", "iade süresi", "ıade suresı", "İADE SÜRESİ"]
)
def test_a_phrase_is_found_however_it_is_typed(said: str) -> None:
    topics = [each.value for each in attributes().read(fold(said)) if each.kind is EntityKind.POLICY_TOPIC]
    assert topics == ["return_window"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Evet", Answer.YES),
        ("EVET LÜTFEN", Answer.YES),
        ("evet, iptal edin", Answer.YES),
        ("Tamamdır, teşekkürler", Answer.YES),
        ("onayliyorum", Answer.YES),
        ("HAYIR", Answer.NO),
        ("hayır", Answer.NO),
        ("hayir kalsin", Answer.NO),
        ("iptal etmeyin", Answer.NO),
        ("simdi degil", Answer.NO),
        ("evet?", None),
        ("peki", None),
        ("evet ama adresi değiştirin", None),
        ("tamam da para iadesi istiyorum", None),
    ],
)
def test_a_yes_is_sure_and_a_doubt_is_none(said: str, answer: Answer | None) -> None:
    assert AnswerReader(LEXICONS).read(fold(said)).answer is answer


@pytest.mark.parametrize(
    ("said", "countries"),
    [
        ("Almanya'ya gönderiyor musunuz", ["DE"]),
        ("almanyaya kac gunde gelir", ["DE"]),
        ("İngiltere’ye kargo", ["GB"]),
        ("ISVICREYE KARGO", ["CH"]),
    ],
)
def test_countries_carry_their_endings(said: str, countries: list[str]) -> None:
    assert list(attributes().countries(said)) == countries


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("siparisim nerede kaldi", "tr"),
        ("ÜRÜN KIRIK GELDİ", "tr"),
        ("İngilizce yazar mısınız?", "en"),
        ("Turkish please", "tr"),
        ("turkce konusalim", "tr"),
    ],
)
def test_the_language_is_heard_and_may_be_chosen(said: str, language: str) -> None:
    assert LanguageReader(LEXICONS, "en").read(said, None).language == language


@pytest.mark.parametrize(
    ("said", "signals"),
    [
        ("SARJ ALETI PATLADI, ELIM YANDI", {Signal.SAFETY}),
        ("Avukatımla görüşeceğim", {Signal.LEGAL}),
        ("15 yaşındayım", {Signal.MINOR}),
        ("oğlum 12 yaşında, hangi beden olur", set()),
        ("indirimli fiyatlar patladı", set()),
        ("cimer, c'est parfait", set()),
        ("puste pudełko, proszę o zwrot", set()),
    ],
)
def test_danger_is_heard_and_other_languages_are_left_alone(said: str, signals: set[Signal]) -> None:
    assert set(Cues(LEXICONS).signals(fold(said))) == signals


@pytest.mark.parametrize(
    "said",
    [
        "para ver el sofá en la tienda",
        "it's on order, my son has a new one",
        "wurde es dort abgegeben",
        "sorted, thanks",
        "minder betalen",
        "i've lost track",
    ],
)
def test_words_of_other_languages_are_no_turkish_ones(said: str) -> None:
    turkish = AttributeReader([each for each in LEXICONS if each.language == "tr"])
    assert list(turkish.read(fold(said))) == []
