"""Size advice: the row that fits, both where she is between, and no guess beyond the chart."""

from __future__ import annotations

from typing import Any

import pytest

from commerce.models import SizeChart
from facts.values import Code, Quantity
from tests.unit.tools.harness import Shop
from tests.unit.tools.test_products import stall  # noqa: F401
from tools.size_charts import fit, fits, together
from tools.tool import ToolResult

BELTS = SizeChart(measures=("waist",), rows={"80": {"waist": (76, 83)}, "85": {"waist": (81, 88)}})
DRESS = SizeChart(
    measures=("chest", "waist", "inseam"),
    rows={
        "36": {"chest": (83, 86), "waist": (66, 69), "inseam": (79, 79)},
        "38": {"chest": (87, 90), "waist": (70, 73), "inseam": (80, 80)},
        "40": {"chest": (91, 94), "waist": (74, 77)},
    },
)


@pytest.mark.parametrize(("cm", "sizes", "beyond"), [
    (85, ("36",), ""), (87, ("38",), ""), (86.5, ("36", "38"), ""), (70, (), "below"), (120, (), "above"),
])  # fmt: skip
def test_length_falls_into_a_row_between_two_or_outside(
    cm: float, sizes: tuple[str, ...], beyond: str
) -> None:
    found = fit(DRESS, "chest", cm)
    assert (found.sizes, found.beyond) == (sizes, beyond)


def test_rows_that_overlap_are_both_right() -> None:
    assert fit(BELTS, "waist", 82).sizes == ("80", "85")


def test_fixed_length_of_the_garment_decides_nothing() -> None:
    assert fits(DRESS, {"inseam": 79}) == []


def test_measures_that_disagree_span_their_sizes() -> None:
    assert together(DRESS, fits(DRESS, {"chest": 84, "waist": 75})) == ("36", "40")
    assert together(DRESS, fits(DRESS, {"chest": 86.5, "waist": 71})) == ("38",)


async def ask(shop: Shop, says: str, **arguments: Any) -> ToolResult:
    return await shop.call("size_advice", arguments, shop.context(says=says))


async def test_named_product_and_measure_give_the_size(stall: Shop) -> None:  # noqa: F811
    result = await ask(stall, "which size of the Kairos clogs, my foot is 25.5 cm?")
    assert result.outcome == "fits"
    assert result.evidence[0].facts["size"] == Code(value="40")


async def test_between_two_sizes_names_both(stall: Shop) -> None:  # noqa: F811
    result = await ask(stall, "Kairos, foot 25.75 cm")
    assert (result.outcome, result.evidence[0].statement) == ("between", "size.between")


async def test_chart_that_lacks_the_size_says_what_it_covers(stall: Shop) -> None:  # noqa: F811
    result = await ask(stall, "Kairos clogs, foot 31 cm")
    assert (result.outcome, result.evidence[0].statement) == ("outside", "size.above")
    assert result.evidence[0].facts["high"] == Quantity(value="26.3", unit="centimeter")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "says", ["I am 170 cm and weigh 65 kg", "my chest is 80 cm", "I wear US 9", "which size?"]
)
async def test_what_the_chart_does_not_measure_is_asked_for(stall: Shop, says: str) -> None:  # noqa: F811
    result = await ask(stall, says, earlier=["kairos"])
    assert (result.outcome, result.evidence[0].statement) == ("measure_needed", "size.measures_needed")


async def test_length_without_a_name_is_the_chart_s_only_measure(stall: Shop) -> None:  # noqa: F811
    assert (await ask(stall, "it is 25.5 cm", earlier=["kairos"])).outcome == "fits"


async def test_measure_told_before_the_product_is_kept(stall: Shop) -> None:  # noqa: F811
    first = await ask(stall, "my foot is 25.5 cm, which size?")
    assert first.outcome == "product_needed"
    assert (await ask(stall, "the Kairos ones", measures=first.data["measures"])).outcome == "fits"


async def test_new_measure_goes_before_the_old_one(stall: Shop) -> None:  # noqa: F811
    old = [{"part": "foot_length", "cm": 25.5}]
    result = await ask(stall, "no, foot 26 cm", earlier=["kairos"], measures=old)
    assert result.evidence[0].facts["size"] == Code(value="41")


async def test_thing_without_a_chart_is_not_guessed(stall: Shop) -> None:  # noqa: F811
    assert (await ask(stall, "which size of Zephyr gaiters? foot 25 cm")).outcome == "no_chart"


async def test_two_things_of_one_name_are_asked_about(shop: Shop) -> None:
    result = await ask(shop, "which size of the Coastline running shoes? my foot is 24.2 cm")
    assert result.outcome == "which_product"
    assert len(result.data["choices"]) == len(result.data["goods"]) == 2


async def test_page_that_tells_of_the_cut_is_quoted(shop: Shop) -> None:
    result = await ask(shop, "which size of the Alma boots for a foot of 24.45 cm?")
    assert result.outcome == "between"
    assert result.evidence[-1].quote is not None


@pytest.mark.parametrize("measures", [
    [{"part": "foot_length", "cm": 0}], [{"part": "foot_length", "cm": 1e9}], [{"part": "x" * 33, "cm": 3}],
    [{"part": "a", "cm": 3}] * 13, [{"part": "a", "cm": "nan"}],
])  # fmt: skip
async def test_bad_measures_are_refused(shop: Shop, measures: list[dict[str, Any]]) -> None:
    assert (await ask(shop, "which size?", measures=measures)).outcome == "invalid_arguments"
