"""Short answers as Japanese and Chinese customers type them: a yes is never one that could be a no."""

from __future__ import annotations

import pytest

from nlu.answers import AnswerReader
from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.perception import Answer


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> AnswerReader:
    return AnswerReader(lexicons)


@pytest.mark.parametrize(
    "text",
    [
        "はい",
        "はいはい",
        "はーい",
        "うん",
        "うい",
        "うんうん",
        "お願い",
        "お願いします",
        "お願いしまーす！",
        "そうして",
        "そうしてください",
        "せやで",
        "それで頼むわ",
        "おなしゃす",
        "はい、大丈夫です",
        "それで結構です",
        "そのまま進めてください",
        "そうですね、お願いします",
        "いいですよ",
        "好哒",
        "好的呢",
        "嗯呐",
        "行",
        "行嘞",
        "中",
        "成",
        "妥",
        "可以呀",
        "就按你说的办吧",
        "好的，麻烦您办理一下",
    ],
)
def test_short_yes(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "いいえ",
        "ううん",
        "むり",
        "無理です",
        "いらん",
        "いらんわ",
        "いりません",
        "結構です",
        "もう結構です",
        "いいや",
        "やめとくわ",
        "しなくていいです",
        "あかん",
        "すみません、結構です",
        "不用了",
        "不用啦",
        "算了",
        "算啦",
        "别",
        "别了",
        "甭",
        "免了",
        "拉倒吧",
        "没必要",
        "先等等吧",
        "不用了，谢谢",
    ],
)
def test_short_no(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is Answer.NO


@pytest.mark.parametrize(
    "text",
    [
        "大丈夫です",
        "いいです",
        "良いです",
        "そのままでいいです",
        "このままで大丈夫です",
        "そのままでお願いします",
        "以上で結構です",
        "確認します",
        "そうですね",
        "せやな",
        "えぇ…",
        "うーん",
        "わかりました、大丈夫です",
        "了解です。大丈夫です",
        "うん、いいや",
        "确认一下",
        "都行",
        "随便",
        "再看吧",
        "好像可以",
        "可以不退吗",
    ],
)
def test_what_may_be_a_no_is_never_heard_as_a_yes(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is not Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "Ja, genau dorthin.",
        "Ja, bitte umstellen.",
        "yes, take it out",
        "Yes, exactly like that.",
        "sí, cámbielo",
        "Oui, retirez-le",
        "はい、その内容で変更をお願いします。",
        "对 改",
        "好的，就寄到那里",
    ],
)
def test_a_yes_may_name_the_deed(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "take it out",
        "改吧",
        "retirez-le",
        "yes, not there",
        "Ja, aber nicht dorthin",
        "ja, in 40",
        "yes keep it",
    ],
)
def test_the_deed_alone_or_another_one_is_no_yes(reader: AnswerReader, text: str) -> None:
    assert reader.read(fold(text)).answer is not Answer.YES
