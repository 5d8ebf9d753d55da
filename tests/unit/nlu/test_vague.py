"""A message that names nothing asks for nothing; the shortest wish is one."""

from __future__ import annotations

import pytest

from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.vague import VagueReader

NOTHING = [
    "well you know the thing",
    "the thingy, like that",
    "äh, das dings da",
    "na Sie wissen schon, das Dingsbums halt",
    "le truc du machin",
    "enfin, vous savez bien",
    "el coso ese, ya sabe",
    "lo de siempre",
    "例のアレがコレでして",
    "だからあれだって",
    "就那个呗",
    "嗯那个啥来着",
    "asdf",
    "qwert yxcv",
    "qqq",
    "ああああ",
    "asdf lkjh el coso",
]
SOMETHING = [
    "where is my thing",
    "return the thing",
    "das Ding ist kaputt",
    "le truc est cassé",
    "la cosa no llega",
    "それはいつ届きますか",
    "那个退货",
    "这个多少钱",
    "就这样吧",
    "eso es",
    "それで大丈夫です",
    "是这个",
    "ok",
    "hello",
    "hhhh",
    "FH-20045",
    "123456",
    "oui",
    "pop",
    "were",
    "",
    "🙂",
]


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> VagueReader:
    return VagueReader(lexicons)


@pytest.mark.parametrize("text", NOTHING)
def test_words_that_name_nothing_are_known(reader: VagueReader, text: str) -> None:
    assert reader.names_nothing(fold(text))


@pytest.mark.parametrize("text", SOMETHING)
def test_a_wish_an_answer_or_a_number_is_something(reader: VagueReader, text: str) -> None:
    assert not reader.names_nothing(fold(text))
