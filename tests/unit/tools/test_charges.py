"""What may still be due for a parcel is read from the order, and nothing that a message says makes it more."""

from __future__ import annotations

from typing import Any

import pytest

from commerce.models import PaymentStatus
from facts.values import Money
from markets.customs import customs_rules
from markets.marketplaces import marketplace_of
from tests.unit.tools.harness import POLICY, STORIES, Shop, owner
from tests.unit.tools.putting import put


async def charges(shop: Shop, handle: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    story = STORIES[handle]
    order = await shop.backend.order_by_number(story.number)
    assert order is not None
    await put(shop, orders=(order.model_copy(update=changes),))
    context = shop.context(identity=owner(story))
    told = await shop.call("parcel_charges", {"order_number": story.number}, context)
    return told.outcome, told.evidence[0].facts


@pytest.mark.parametrize(("handle", "outcome"), [
    ("delivered_single_en", "nothing_due"), ("in_transit_en", "nothing_due"), ("processing_eur_en", "not_shipped"),
    ("cancelled_already_en", "order_over"), ("in_customs_zh", "duties_possible"),
])  # fmt: skip
async def test_what_may_be_asked_for(shop: Shop, handle: str, outcome: str) -> None:
    told, facts = await charges(shop, handle)
    assert told == outcome
    assert ("tracking_number" in facts) == (outcome == "duties_possible")


async def test_at_the_door_exactly_the_total_is_due(shop: Shop) -> None:
    told, facts = await charges(
        shop, "in_transit_de", payment_method="cash_on_delivery", payment_status=PaymentStatus.PENDING
    )
    assert told == "cash_on_delivery"
    assert isinstance(facts["total"], Money)


async def test_paid_cash_on_delivery_is_paid(shop: Shop) -> None:
    told, _ = await charges(
        shop, "in_transit_de", payment_method="cash_on_delivery", payment_status=PaymentStatus.PAID
    )
    assert told == "nothing_due"


async def test_duties_paid_with_the_order_are_not_due_again(shop: Shop) -> None:
    told, _ = await charges(shop, "in_customs_zh", duties=Money(minor=900, currency="CNY"))
    assert told == "nothing_due"


@pytest.mark.parametrize(("country", "outcome"), [
    ("ES", "possible"), ("DE", "not_there"), (None, "country_needed"),
])  # fmt: skip
async def test_cash_at_the_door_by_country(shop: Shop, country: str | None, outcome: str) -> None:
    arguments = {"country": country} if country else {}
    assert (await shop.call("cash_on_delivery", arguments)).outcome == outcome


async def test_a_shop_without_it_says_so(shop: Shop) -> None:
    none = POLICY.payment.model_copy(update={"cash_on_delivery": None})
    other = Shop(shop.database, shop.backend, shop.clock, POLICY.model_copy(update={"payment": none}))
    assert (await other.call("cash_on_delivery", {})).outcome == "impossible"


async def test_customs_papers_name_what_is_usual_where_it_is_certain(shop: Shop) -> None:
    known = await shop.call("customs_papers", {"country": "BR"})
    assert "cpf" in str(known.evidence[0].facts["proofs"])
    assert (await shop.call("customs_papers", {"country": "FR"})).outcome == "general"
    assert (await shop.call("customs_papers", {})).outcome == "general"


def test_every_customs_rule_names_its_source() -> None:
    assert all(len(country) == 2 and rule.proofs and rule.source for country, rule in customs_rules().items())


@pytest.mark.parametrize(("text", "market"), [
    ("my order is 302-1234567-7654321", "Amazon"), ("３０２-1234567-7654321?", "Amazon"), ("12-34567-89012", "eBay"),
    ("FH-12345", None), ("0302-1234567-7654321", None), ("+49 30 1234567", None),
])  # fmt: skip
def test_order_numbers_of_marketplaces_are_known_by_their_shape(text: str, market: str | None) -> None:
    assert marketplace_of(text) == market
