"""A size that comes out otherwise: what the chart says to it, whose fault it is, and how often it was reported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from commerce.fit import Fit
from commerce.models import Order, Product, ReturnReason
from commerce.shopdata import ShopData
from conversations.models import TaskKind
from knowledge.policy import Policy
from tests.unit.tools.harness import POLICY, STORIES, Shop, owner
from tools.tool import ToolResult

STORY = STORIES["delivered_single_en"]


async def order_of(shop: Shop, number: str = STORY.number) -> Order:
    order = await shop.backend.order_by_number(number)
    assert order is not None
    return order


async def product_of(shop: Shop) -> Product:
    product = await shop.backend.product((await order_of(shop)).lines[0].product_id)
    assert product is not None
    return product


async def row(shop: Shop) -> tuple[str, str, float, float]:
    """The size that she has, and its first measure with its range."""
    line = (await order_of(shop)).lines[0]
    chart = (await product_of(shop)).size_chart
    assert chart is not None
    part, (low, high) = next(iter(chart.rows[line.options["size"]].items()))
    return line.options["size"], part, low, high


async def compare(shop: Shop, **arguments: Any) -> ToolResult:
    line = (await order_of(shop)).lines[0]
    context = shop.context(identity=owner(STORY))
    given = {"order_number": STORY.number, "line_id": line.id, **arguments}
    return await shop.call("size_deviation", given, context)


def said(result: ToolResult) -> list[str | None]:
    return [entry.statement for entry in result.evidence]


async def test_without_a_measure_her_word_counts_and_the_chart_is_told(shop: Shop) -> None:
    result = await compare(shop, fit="smaller")
    assert (result.outcome, result.data["reason"], result.data["fit"]) == (
        "deviates",
        "not_as_described",
        "smaller",
    )
    assert said(result)[0] == "fit.chart"
    assert said(result)[-1] == "fit.our_fault"


async def test_direction_follows_from_the_size_that_it_fits_like(shop: Shop) -> None:
    size, *_ = await row(shop)
    sizes = list(dict.fromkeys(each.options["size"] for each in (await product_of(shop)).variants))
    place = sizes.index(size)
    assert (await compare(shop, feels_like=sizes[place - 1])).data["fit"] == "smaller"
    assert (await compare(shop, feels_like=sizes[place + 1])).data["fit"] == "larger"
    assert (await compare(shop, feels_like=size)).outcome == "direction_needed"
    assert (await compare(shop)).outcome == "direction_needed"


async def test_measure_inside_the_size_shows_that_the_piece_is_off(shop: Shop) -> None:
    _, part, low, _ = await row(shop)
    result = await compare(shop, fit="smaller", part=part, centimetres=low)
    assert (result.outcome, said(result)) == ("deviates", ["fit.as_charted", "fit.our_fault"])


async def test_piece_that_measures_less_than_its_chart_is_off(shop: Shop) -> None:
    _, part, low, _ = await row(shop)
    for fit in ("smaller", None):
        given = {"fit": fit} if fit else {}
        result = await compare(shop, part=part, centimetres=low - 2, **given)
        assert (result.outcome, result.data["fit"]) == ("deviates", "smaller")
        assert said(result) == ["fit.off_chart", "fit.our_fault"]


async def test_body_that_the_chart_gives_another_size_is_no_fault_of_the_piece(shop: Shop) -> None:
    size, part, _, high = await row(shop)
    result = await compare(shop, fit="smaller", part=part, centimetres=high + 0.5)
    assert (result.outcome, result.data["reason"]) == ("other_size", "too_small")
    assert "fit" not in result.data
    assert result.data["size"] != size
    assert said(result) == ["fit.other_size"]
    nobody = await compare(shop, fit="smaller", part=part, centimetres=390)
    assert said(nobody) == ["fit.no_size_for"]


async def test_measure_of_a_part_that_the_chart_does_not_have_proves_nothing(shop: Shop) -> None:
    result = await compare(shop, fit="smaller", part="head", centimetres=24)
    assert said(result)[0] == "fit.chart"


async def test_other_size_on_the_label_than_ordered_is_asked_about(shop: Shop) -> None:
    size, *_ = await row(shop)
    assert (await compare(shop, label="77", fit="smaller")).outcome == "other_label"
    assert (await compare(shop, label=f"EU {size}", fit="smaller")).outcome == "deviates"


async def test_chart_that_is_not_there_or_lacks_the_size_is_not_spoken_of(shop: Shop) -> None:
    product, (size, *_) = await product_of(shop), await row(shop)
    assert product.size_chart is not None
    lacking = {name: each for name, each in product.size_chart.rows.items() if name != size}
    for chart in (None, product.size_chart.model_copy(update={"rows": lacking})):
        changed = product.model_copy(update={"size_chart": chart})
        await shop.backend.load(ShopData((), (changed,), (), ()))  # type: ignore[attr-defined]
        result = await compare(shop, fit="larger", centimetres=24)
        assert (result.outcome, said(result)) == ("deviates", ["fit.our_fault"])


async def test_shop_that_wants_proof_gives_none_of_it_for_a_word(shop: Shop) -> None:
    sizing = POLICY.sizing.model_copy(update={"free_of_charge": False})
    result = await compare(replace(shop, policy=_ruled(sizing=sizing)), fit="smaller")
    assert (result.outcome, result.data["reason"]) == ("unproven", "too_small")
    assert "fit.our_fault" not in said(result)


async def test_nothing_is_called_free_where_the_rules_for_returns_do_not_say_so(shop: Shop) -> None:
    rules = POLICY.returns.model_copy(update={"seller_pays": (ReturnReason.DAMAGED,)})
    result = await compare(replace(shop, policy=_ruled(returns=rules)), fit="smaller")
    assert "fit.our_fault" not in said(result)


def _ruled(**changes: Any) -> Policy:
    return POLICY.model_copy(update=changes)


async def give_back(shop: Shop, number: str, turn: str, fit: str | None = "smaller") -> ToolResult:
    """A return of the first line for its size, confirmed."""
    story = next(each for each in STORIES.values() if each.number == number)
    order = await order_of(shop, number)
    proposed = await shop.call(
        "start_return",
        {
            "order_number": number,
            "lines": [{"line_id": order.lines[0].id}],
            "reason": "not_as_described",
            **({"fit": fit} if fit else {}),
        },
        shop.context(turn, identity=owner(story)),
    )
    assert proposed.outcome == "proposed", proposed
    assert not await shop.backend.fit_reports(order.lines[0].sku) or turn != "a"
    return await shop.confirm(proposed.data["proposal_id"], f"{turn}-yes", owner(story))


async def test_report_is_counted_with_the_yes_and_not_before(shop: Shop) -> None:
    result = await give_back(shop, STORY.number, "a")
    assert result.outcome == "done"
    sku = (await order_of(shop)).lines[0].sku
    (report,) = await shop.backend.fit_reports(sku)
    assert (report.kind, report.position) == (Fit.SMALLER, 1)


async def test_return_for_another_reason_counts_nothing(shop: Shop) -> None:
    await give_back(shop, STORY.number, "a", fit=None)
    assert not await shop.backend.fit_reports((await order_of(shop)).lines[0].sku)


async def test_so_many_reports_make_one_task_for_staff(shop: Shop) -> None:
    sizing = POLICY.sizing.model_copy(update={"alert_after": 2})
    shop = replace(shop, policy=_ruled(sizing=sizing))
    mine, other = await order_of(shop), STORIES["delivered_recent_en"]
    theirs = await order_of(shop, other.number)
    same = theirs.lines[0].model_copy(
        update={"sku": mine.lines[0].sku, "product_id": mine.lines[0].product_id}
    )
    changed = theirs.model_copy(update={"lines": (same, *theirs.lines[1:])})
    await shop.backend.load(ShopData((), (), (changed,), ()))  # type: ignore[attr-defined]
    await give_back(shop, STORY.number, "a")
    assert shop.staff.kinds == []
    assert (await give_back(shop, other.number, "b")).outcome == "done"
    assert shop.staff.kinds == [TaskKind.CARRY_OUT]
    ((_, summary),) = shop.staff.tasks.items()
    assert "desk.task.carry_out" in summary["en"]
    waiting = [each for each in await shop.proposals.waiting() if each.tool == "check_sizes"]
    assert [each.payload["reports"] for each in waiting] == [2]
    assert await shop.proposals.fulfil(waiting[0].id, "anna")
