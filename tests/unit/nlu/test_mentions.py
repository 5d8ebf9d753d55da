"""Words point at order lines by option, by name in any language, by place, or at all of them."""

from __future__ import annotations

import pytest

from nlu.embedded import EmbeddedUnderstanding
from nlu.perception import Candidate

BLUE = Candidate(
    "blue", ("Trail Runner Shoes", "Trailrunner Schuhe", "越野跑鞋"), {"colour": "blue", "size": "38"}
)
BLACK = Candidate(
    "black", ("Trail Runner Shoes", "Trailrunner Schuhe", "越野跑鞋"), {"colour": "black", "size": "38"}
)
BAG = Candidate("bag", ("Leather Bag", "Ledertasche", "真皮手提包"), {"colour": "brown"})
ALL = (BLUE, BLACK, BAG)


@pytest.mark.parametrize(("text", "ids"), [
    ("the blue one", ["blue"]), ("die blauen", ["blue"]), ("蓝色的", ["blue"]), ("the bag", ["bag"]),
    ("die Tasche", ["bag"]),
    ("那个手提包", ["bag"]), ("the shoes", ["blue", "black"]), ("die schwarzen Schuhe", ["black"]),
    ("the first one", ["blue"]),
    ("der zweite", ["black"]), ("第二个", ["black"]), ("the last one", ["bag"]),
    ("all of them", ["blue", "black", "bag"]),
    ("alle", ["blue", "black", "bag"]), ("都退", ["blue", "black", "bag"]),
    ("not the black but the blue one", ["blue"]),
    ("2", ["black"]), ("what is your return policy", []), ("", []), ("不是黑色的，是蓝色的", ["blue"]),
])  # fmt: skip
def test_mentioned(understanding: EmbeddedUnderstanding, text: str, ids: list[str]) -> None:
    assert [c.id for c in understanding.mentioned(text, ALL, "en")] == ids


SOCKS = Candidate("socks", ("Merino Socks", "Merinosocken", "美利奴羊毛袜（两双装）"), {})
HAT = Candidate("hat", ("Rib Beanie", "Rippmütze", "罗纹羊毛帽"), {})


@pytest.mark.parametrize(("text", "ids"), [
    ("袜子退两份", ["socks"]), ("帽子", ["hat"]), ("退两个", []), ("里面的东西全退", ["socks", "hat"]),
    ("die merinosoken", ["socks"]),
])  # fmt: skip
def test_one_character_or_a_slip_is_enough_for_a_name(
    understanding: EmbeddedUnderstanding, text: str, ids: list[str]
) -> None:
    assert [c.id for c in understanding.mentioned(text, (SOCKS, HAT), "de")] == ids


def test_of_what_lacks_something_the_rest_has_come(understanding: EmbeddedUnderstanding) -> None:
    said = "j'ai bien reçu les chaussettes, mais le bonnet n'y était pas"
    parts = (
        Candidate("socks", ("Chaussettes mérinos",), {}),
        Candidate("hat", ("Bonnet côtelé",), {}),
    )
    assert [c.id for c in understanding.mentioned(said, parts, "fr")] == ["hat"]
    said = "j'ai bien reçu les chaussettes, elles sont trop petites"
    assert [c.id for c in understanding.mentioned(said, parts, "fr")] == ["socks"]


def test_without_candidates_nothing_is_mentioned(understanding: EmbeddedUnderstanding) -> None:
    assert understanding.mentioned("both", (), "en") == ()


def test_options_as_the_shop_writes_them_are_understood(understanding: EmbeddedUnderstanding) -> None:
    lines = (
        Candidate("a", ("Boots",), {"Colour": "Navy", "Size": "EU 42"}),
        Candidate("b", ("Boots",), {"Colour": "Grey", "Size": "EU 43"}),
    )
    assert [c.id for c in understanding.mentioned("size 43 please", lines, "en")] == ["b"]
    assert [c.id for c in understanding.mentioned("die marineblauen", lines, "de")] == ["a"]


@pytest.mark.parametrize(
    "text", ["1つ返品したいです", "2着のうち片方を返します", "I want to send back 1 of them"]
)
def test_number_of_pieces_is_no_place_in_the_list(understanding: EmbeddedUnderstanding, text: str) -> None:
    twins = (
        Candidate("a", ("Jumper",), {"colour": "black"}),
        Candidate("b", ("Jumper",), {"colour": "blue"}),
    )
    assert len(understanding.mentioned(text, twins, "ja")) != 1


@pytest.mark.parametrize("text", [
    "von meinen beiden Paar Schuhen soll eines zurück", "one of both", "un des deux", "uno de los dos",
    "両方のうち一つ", "全部里面的一双",
])  # fmt: skip
def test_one_of_both_is_not_both(understanding: EmbeddedUnderstanding, text: str) -> None:
    assert not understanding.means_all(text)
    assert understanding.means_all("beide, both, les deux, los dos, 両方, 都")


SHOES = Candidate(
    "shoes",
    ("Coastline Running Shoes", "Coastline ランニングシューズ", "Zapatillas Coastline"),
    {"size": "38"},
)
SWEATER = Candidate(
    "sweater", ("Merino Sweater", "Merino-Pullover", "Jersey de merino", "美利奴羊毛毛衣"), {}
)


@pytest.mark.parametrize(("text", "language", "ids"), [
    ("take the sweater out, I only want the shoes", "en", ["sweater"]),
    ("keep the shoes and drop the jumper", "en", ["sweater"]),
    ("den Pullover bitte raus, die Schuhe möchte ich behalten", "de", ["sweater"]),
    ("me quedo con las zapatillas, pero el jersey ya no lo necesito", "es", ["sweater"]),
    ("毛衣去掉 只要鞋", "zh-Hans", ["sweater"]), ("靴を38に変更", "ja", ["shoes"]),
    ("sácame el suéter", "es", ["sweater"]), ("I only want to return the shoes", "en", ["shoes"]),
    ("ich möchte nur die Schuhe zurückgeben", "de", ["shoes"]),
])  # fmt: skip
def test_what_stays_is_not_meant_and_sorts_have_other_names(
    understanding: EmbeddedUnderstanding, text: str, language: str, ids: list[str]
) -> None:
    assert [c.id for c in understanding.mentioned(text, (SHOES, SWEATER), language)] == ids


def test_the_packing_names_nothing(understanding: EmbeddedUnderstanding) -> None:
    mugs = Candidate("mugs", ("Mugs en grès (lot de 4)",), {})
    towels = Candidate("towels", ("Draps de bain nid d’abeille (lot de 2)",), {})
    said = "je voudrais retourner deux des trois lots de serviettes"
    assert [c.id for c in understanding.mentioned(said, (mugs, towels), "fr")] == ["towels"]


def test_a_letter_that_is_no_word_names_nothing(understanding: EmbeddedUnderstanding) -> None:
    mugs = Candidate("mugs", ("ストーンウェア マグカップ",), {})
    towels = Candidate("towels", ("ワッフル バスタオル",), {})
    assert understanding.mentioned("コードは615660です。", (towels, mugs), "ja") == ()
    assert understanding.mentioned("バスタオルを返品", (towels, mugs), "ja") == (towels,)
