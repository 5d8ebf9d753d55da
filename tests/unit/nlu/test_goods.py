"""What is looked for, for whom and for how much; and which token is a coupon's code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu.entities import EntityReader
from nlu.folding import fold
from nlu.goods import Budget, GoodsReader
from nlu.lexicon import load_lexicons, shipped_languages
from nlu.perception import EntityKind


@pytest.fixture(scope="module")
def goods() -> GoodsReader:
    return GoodsReader(load_lexicons([shipped_languages()]))


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader(load_lexicons([shipped_languages()]), r"FH[-\s]?\d{5}")


@pytest.mark.parametrize(("text", "words", "audiences"), [
    ("do you have waterproof boots", {"boots", "waterproof"}, set()),
    ("Ich suche wasserdichte Wanderschuhe für meinen Mann", {"waterproof", "hiking"}, {"men"}),
    ("Busco un vestido de lino", {"dress", "linen"}, set()),
    ("un pull en laine pour femme", {"sweater", "wool"}, {"women"}),
    ("子供用の長靴はありますか", {"boots"}, {"children"}),
    ("有没有男士羊毛围巾", {"scarf", "wool"}, {"men"}),
])  # fmt: skip
def test_goods_are_read_by_the_trade_s_english_words(
    goods: GoodsReader, text: str, words: set[str], audiences: set[str]
) -> None:
    wanted = goods.read(text)
    assert wanted.words >= words
    assert wanted.audiences == audiences


@pytest.mark.parametrize(("text", "budget"), [
    ("a gift under 50 euro", Budget(Decimal(50), "EUR")),
    ("bis 1.000,50 €", Budget(Decimal("1000.50"), "EUR")),
    ("less than $1,000", Budget(Decimal(1000), "USD")),
    ("max 30", Budget(Decimal(30))),
    ("por menos de 80 euros", Budget(Decimal(80), "EUR")),
    ("à moins de 100€", Budget(Decimal(100), "EUR")),
    ("5000円以下のもの", Budget(Decimal(5000), "JPY")),
    ("500元以内", Budget(Decimal(500), "CNY")),
    ("size 42 please", None),
    ("I paid 50 euro", None),
])  # fmt: skip
def test_most_that_she_will_pay(goods: GoodsReader, text: str, budget: Budget | None) -> None:
    assert goods.read(text).budget == budget


@pytest.mark.parametrize(("text", "code"), [
    ("does the code WELCOME10 work?", "WELCOME10"), ("Mein Gutschein summer20 geht nicht", "SUMMER20"),
    ("优惠码NIHAO60能用吗", "NIHAO60"), ("クーポンコードARIGATO1000は使えますか", "ARIGATO1000"),
    ("mon code promo BIENVENUE", "BIENVENUE"), ("el cupón HOLA-5 no funciona", "HOLA-5"), ("WELCOME10", "WELCOME10"),
    ("do you have a coupon?", None), ("PLEASE USE MY COUPON NOW", None), ("a discount for order FH-19707?", None),
    ("WELCOME everybody", None), ("does HELLO9 work", "HELLO9"), ("SUMMER20为什么用不了？", "SUMMER20"),
    ("ARIGATO1000 使える?", "ARIGATO1000"), ("JJD000390007 where is it", None), ("is EU39 in stock", None),
])  # fmt: skip
def test_code_of_a_coupon(reader: EntityReader, text: str, code: str | None) -> None:
    found = [e.value for e in reader.read(fold(text)) if e.kind is EntityKind.COUPON_CODE]
    assert found == ([code] if code else [])
