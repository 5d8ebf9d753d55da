"""Coupons: the terms of a code that exists, nothing about any other, and no guessing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from commerce.coupons import Coupon
from commerce.embedded.backend import EmbeddedBackend
from commerce.shopdata import ShopData
from facts.values import Money
from knowledge.passages import Passage
from tests.unit.tools.harness import NOW, STORIES, Shop, owner
from tools.tool import Identity, ToolResult

DAY = timedelta(days=1)
PASSAGE = Passage(
    id="p1", document="gift-cards", title_path=("Coupons", "How to"), text="", language="en", market=None,
    version="3", page=2, url=None, valid_from=None, valid_to=None, score=0.9,
)  # fmt: skip
EUROS = Money(minor=5000, currency="EUR")
COUPONS = (
    Coupon(
        id="OAK15", percent=15, minimum=EUROS, ends_at=NOW + DAY, categories=("shoes", "curtains"),
        once_per_customer=True,
    ),
    Coupon(id="ELM5", percent=None, amount=Money(minor=500, currency="CHF"), countries=("CH", "LI")),
    Coupon(id="OLD20", percent=20, ends_at=NOW - DAY),
    Coupon(id="SOON20", percent=20, starts_at=NOW + DAY),
    Coupon(id="FIRST10", percent=10, first_order_only=True),
    Coupon(id="GONE30", percent=30, active=False),
)  # fmt: skip


@pytest.fixture
async def stall(shop: Shop) -> Shop:
    backend = shop.backend
    assert isinstance(backend, EmbeddedBackend)
    await backend.load(ShopData(customers=(), products=(), orders=(), shipments=(), coupons=COUPONS))
    return shop


async def check(shop: Shop, code: str | None, identity: Identity | None = None, **more: Any) -> ToolResult:
    context = shop.context(identity=identity or Identity(), **more)
    return await shop.call("check_coupon", {"code": code} if code else {}, context)


def statements(result: ToolResult) -> list[str | None]:
    return [entry.statement for entry in result.evidence]


async def test_valid_code_is_told_with_all_its_terms(stall: Shop) -> None:
    result = await check(stall, "oak 15")
    assert result.outcome == "valid"
    assert statements(result) == [
        "coupon.percent", "coupon.until", "coupon.minimum", "coupon.categories", "coupon.once",
    ]  # fmt: skip


async def test_ended_and_coming_codes_say_when(stall: Shop) -> None:
    assert statements(await check(stall, "OLD20")) == ["coupon.expired"]
    assert statements(await check(stall, "SOON20")) == ["coupon.not_yet"]


async def test_withdrawn_code_looks_like_none(stall: Shop) -> None:
    withdrawn, unknown = await check(stall, "GONE30"), await check(stall, "NOSUCH99")
    assert (withdrawn.outcome, statements(withdrawn)) == (unknown.outcome, statements(unknown))
    assert [e.facts for e in withdrawn.evidence] == [e.facts for e in unknown.evidence]
    assert [e.source for e in withdrawn.evidence] == [e.source for e in unknown.evidence]


async def test_code_of_another_country_is_told_so(stall: Shop) -> None:
    stall.market = "DE"
    assert statements(await check(stall, "ELM5")) == ["coupon.wrong_country"]
    stall.market = "CH"
    assert statements(await check(stall, "ELM5")) == ["coupon.amount"]
    stall.market = None
    assert statements(await check(stall, "ELM5")) == ["coupon.amount", "coupon.countries"]


async def test_first_order_s_code_is_refused_to_who_has_ordered(stall: Shop) -> None:
    known = owner(STORIES["delivered_single_en"])
    assert (await check(stall, "FIRST10", known)).outcome == "not_first_order"
    assert statements(await check(stall, "FIRST10")) == ["coupon.percent", "coupon.first_order"]


async def test_no_code_lists_none(stall: Shop) -> None:
    result = await check(stall, None)
    assert (result.outcome, result.evidence, dict(result.data)) == ("code_needed", (), {})


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("Enter the coupon code in the basket.", 1), ("You can pay with PayPal or by bank transfer.", 0)],
)
async def test_only_what_is_written_on_coupons_answers_a_question_about_them(
    stall: Shop, text: str, quoted: int
) -> None:
    stall.shelf.passages = (replace(PASSAGE, text=text),)
    result = await check(stall, None)
    assert (result.outcome, len(result.evidence)) == ("code_needed", quoted)


async def test_codes_cannot_be_guessed(stall: Shop) -> None:
    for guess in range(5):
        assert (await check(stall, f"GUESS{guess}", turn=f"t{guess}")).outcome == "unknown_code"
    assert (await check(stall, "OAK15", conversation="cnv_2")).outcome == "throttled"
    assert (await check(stall, "OAK15", address="192.0.2.77", conversation="cnv_3")).outcome == "valid"


async def test_guesses_at_coupons_lock_nobody_out_of_her_order(stall: Shop) -> None:
    for guess in range(6):
        await check(stall, f"GUESS{guess}")
    story = STORIES["delivered_single_en"]
    details = {"order_number": story.number, "email": story.email}
    assert (await stall.call("find_order", details, stall.context())).outcome == "found"


@pytest.mark.parametrize("code", ["\x00\x00", "'; --", "%%%%", "ＯＡＫ", "🎁🎁"])
async def test_strange_code_is_unknown(stall: Shop, code: str) -> None:
    assert (await check(stall, code)).outcome == "unknown_code"


@pytest.mark.parametrize("code", ["x" * 65, "a"])
async def test_code_that_can_be_none_is_refused(stall: Shop, code: str) -> None:
    assert (await check(stall, code)).outcome == "invalid_arguments"
