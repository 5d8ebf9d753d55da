"""A child who says her age is heard; sizes, waits and the ages of others are not taken for it."""

from __future__ import annotations

import pytest

from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.mood import Cues
from nlu.perception import Signal

CHILDREN = [
    "ich bin 14",
    "Ich bin erst 13 und hab mit der Karte von meiner Mama bezahlt",
    "i'm 13 and used my mom's card",
    "I am 15 years old, can I cancel",
    "im 12 years old",
    "I’m 13.",
    "I'm still a minor",
    "我14岁",
    "我今年 15 岁，用妈妈的手机买的",
    "我还未成年",
    "tengo 14 años y compré esto",
    "soy menor de edad",
    "j’ai 13 ans et j’ai commandé",
    "je n'ai que 12 ans",
    "je suis mineure",
    "14歳です",
    "私は15才ですが",
    "未成年です",
    "中学生なのですが、キャンセルできますか",
    "ich bin noch minderjährig",
    "i used my mum's card without asking",
    "ich bin 17 jahre alt",
    "ich bin 14 und will meine bestellung stornieren",
    "im 12 pls cancel it",
    "i'm 14, can you cancel this please",
    "my dad doesn't know I used his card",
    "dad will be mad, i'm 12",
    "ordered it without telling my parents",
    "bin 13 bitte stornieren bevor meine eltern es merken",
    "ohne meine Eltern zu fragen bestellt",
    "jai 13 ans",
    "j'ai commandé sans le dire à mes parents",
    "en cachette de mes parents",
    "lo compré a escondidas de mis padres",
    "lo pedí sin decirles a mis padres",
    "親に内緒で注文しました",
    "母のカードを勝手に使いました",
    "没告诉爸妈就下单了",
    "瞒着家长买的",
]
OTHERS = [
    "size 14",
    "my 12 year old son wears 38",
    "I'm a size 14",
    "I'm 14 in jeans",
    "I'm usually a 12",
    "ich bin 14 Tage im Urlaub",
    "Ich bin seit 12 Jahren Kundin",
    "ich bin 10 jahre kunde bei euch",
    "mein sohn ist 14",
    "Meine Tochter (13) trägt 36",
    "i'm 10 minutes away",
    "i'm 14 weeks pregnant",
    "我儿子14岁",
    "我12岁的女儿",
    "14码",
    "mi hijo tiene 12 años",
    "tengo 12 años comprando aquí",
    "tengo una hija de 14 años",
    "ma fille a 12 ans",
    "j'ai 10 ans de fidélité",
    "息子は14歳です",
    "娘が15歳なのですが",
    "息子は未成年です",
    "サイズ14です",
    "i'm 16, what size top would fit",
    "I am 5'4 and 12 stone",
    "soy menor que mi hermana",
    "le risque est mineur",
    "I'm 14 and need it in blue",
    "息子は中学生です",
    "i'm under 180 cm",
    "we've been customers for 15 years",
    "i am 17 days without my parcel",
    "my mum doesn't know I ordered it, it's her present",
    "cancel it before my wife sees it",
    "my dad is 80 and I'm 8 miles away",
    "母に内緒のプレゼントです",
    "es una sorpresa, que no lo vea mi madre",
    "c'est une surprise pour ma mère, elle ne sait pas",
    "我妈不知道，这是生日惊喜",
    "meine Mutter soll das Päckchen nicht sehen, es ist ein Geschenk",
]


@pytest.fixture(scope="module")
def cues(lexicons: tuple[Lexicon, ...]) -> Cues:
    return Cues(lexicons)


@pytest.mark.parametrize("text", CHILDREN)
def test_a_child_is_heard(cues: Cues, text: str) -> None:
    assert Signal.MINOR in cues.signals(fold(text))


@pytest.mark.parametrize("text", OTHERS)
def test_a_size_a_wait_or_somebody_elses_age_is_none(cues: Cues, text: str) -> None:
    assert Signal.MINOR not in cues.signals(fold(text))
