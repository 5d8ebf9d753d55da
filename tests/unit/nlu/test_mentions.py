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
