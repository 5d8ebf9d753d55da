"""What is said of a parcel that is not there."""

from __future__ import annotations

import pytest

from nlu.attributes import AttributeReader
from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.perception import EntityKind


@pytest.fixture(scope="module")
def read(lexicons: tuple[Lexicon, ...]) -> AttributeReader:
    return AttributeReader(lexicons)


def said(read: AttributeReader, text: str) -> bool:
    return any(entity.kind is EntityKind.ARRIVED for entity in read.read(fold(text)))


@pytest.mark.parametrize("text", [
    "it still isn't here", "my parcel never arrived", "I haven't received it", "nothing has turned up",
    "habe das Paket nie bekommen", "das Paket ist immer noch nicht da", "bei mir kam nichts an",
    "还没收到货", "显示签收但我没拿到", "一直没到", "まだ届いていません", "荷物が届かないのですが",
    "el pedido no ha llegado", "no lo he recibido", "je n'ai rien reçu", "le colis n'est pas arrivé",
])  # fmt: skip
def test_it_is_not_there(read: AttributeReader, text: str) -> None:
    assert said(read, text)


@pytest.mark.parametrize("text", [
    "has it been delivered?", "when will it arrive", "Wurde es schon zugestellt?", "ich war nicht da",
    "签收了没", "到了没有", "没收到退款", "もう届いていますか", "¿ha llegado ya?", "est-il arrivé ?",
])  # fmt: skip
def test_who_asks_does_not_say_so(read: AttributeReader, text: str) -> None:
    assert not said(read, text)
