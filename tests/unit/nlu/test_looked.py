"""Whether a parcel was looked for, as customers tell it instead of a yes or no."""

from __future__ import annotations

import pytest

from nlu.attributes import AttributeReader
from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.perception import EntityKind


@pytest.fixture(scope="module")
def read(lexicons: tuple[Lexicon, ...]) -> AttributeReader:
    return AttributeReader(lexicons)


def values(read: AttributeReader, text: str) -> set[str]:
    return {entity.value for entity in read.read(fold(text)) if entity.kind is EntityKind.LOOKED}


@pytest.mark.parametrize("text", [
    "hab alles abgesucht, nachbarn wissen auch nix", "bei allen im Haus geklingelt, niemand hat es",
    "I have asked all of my neighbours", "checked absolutely everywhere",
    "ya pregunté a los vecinos", "he buscado por todas partes",
    "j'ai demandé aux voisins", "on a cherché partout",
    "家族にもお隣にも聞いたけどなかったです", "宅配ボックスも管理人さんも確認済みです",
    "都找过了，没有", "都找啦 没有", "门卫邻居快递柜都问了",
])  # fmt: skip
def test_who_has_looked_says_so_in_many_ways(read: AttributeReader, text: str) -> None:
    assert values(read, text) == {"everywhere"}


@pytest.mark.parametrize("text", [
    "ich muss erst noch bei den Nachbarn klingeln", "überall habe ich noch nicht geschaut",
    "I haven't looked everywhere", "let me ask my neighbours first",
    "todavía no he preguntado a los vecinos", "je n'ai pas encore demandé aux voisins",
    "je vais d'abord regarder", "まだ近所に聞いていません", "还没问邻居", "我先去问问门卫",
])  # fmt: skip
def test_who_will_look_first_has_not_yet(read: AttributeReader, text: str) -> None:
    assert values(read, text) == {"not_yet"}


@pytest.mark.parametrize("text", [
    "还没收到货", "I have not received it", "mein Paket ist nicht da",
    "まだ届いていません", "no me ha llegado", "je n'ai rien reçu",
])  # fmt: skip
def test_who_has_nothing_tells_nothing_of_looking(read: AttributeReader, text: str) -> None:
    assert not values(read, text)
