"""Finding an order shows who she is, tells nothing to those who guess, and stops them soon."""

from __future__ import annotations

import pytest

from conversations.models import Level
from tests.unit.tools.harness import STORIES, Shop, owner
from tools.tool import Identity

STORY = STORIES["delivered_single_de"]
ORDER = "ord_" + STORY.number[3:]


@pytest.mark.parametrize(
    "details",
    [
        {"email": STORY.email},
        {"email": f"  {STORY.email.upper()} "},
        {"postcode": STORY.postcode},
        {"postcode": f" {STORY.postcode[:2]} {STORY.postcode[2:]} "},
        {"email": STORY.email, "postcode": "00000"},
    ],
)
async def test_right_detail_grants_reading(shop: Shop, details: dict[str, str]) -> None:
    result = await shop.call("find_order", {"order_number": f"#{STORY.number.lower()}", **details})
    assert (result.outcome, result.data) == ("found", {"order_number": STORY.number, "country": "DE"})
    assert await shop.desk.grants("cnv_1") == {ORDER: Level.ORDER_READ}


@pytest.mark.parametrize(
    "details",
    [
        {"email": "somebody@else.example"},
        {"postcode": "99999"},
        {"email": "somebody@else.example", "postcode": STORY.postcode},
        {"postcode": "-"},
    ],
)
async def test_wrong_detail_looks_like_an_unknown_order(shop: Shop, details: dict[str, str]) -> None:
    wrong = await shop.call("find_order", {"order_number": STORY.number, **details})
    unknown = await shop.call("find_order", {"order_number": "FH-00000", **details})
    assert wrong.outcome == unknown.outcome == "not_matched"
    assert wrong.evidence == unknown.evidence == ()
    assert await shop.desk.grants("cnv_1") == {}


async def test_tracking_number_stands_in_for_the_order_number(shop: Shop) -> None:
    shipment = (await shop.backend.shipments(ORDER))[0]
    number = shipment.legs[-1].tracking_number
    result = await shop.call("find_order", {"order_number": number, "email": STORY.email})
    assert result.data == {"order_number": STORY.number, "country": "DE"}


async def test_nothing_given_asks_for_details_without_a_lookup_of_whose_it_is(shop: Shop) -> None:
    known = await shop.call("find_order", {"order_number": STORY.number})
    unknown = await shop.call("find_order", {"order_number": "FH-00000"})
    assert known.outcome == unknown.outcome == "details_needed"


async def test_five_wrong_guesses_lock_the_order_for_the_right_ones_too(shop: Shop) -> None:
    for guess in range(5):
        context = shop.context(address=f"192.0.2.{guess}")
        arguments = {"order_number": STORY.number, "postcode": f"{guess}0000"}
        assert (await shop.call("find_order", arguments, context)).outcome == "not_matched"
    context = shop.context(address="198.51.100.1")
    right = {"order_number": STORY.number, "email": STORY.email}
    assert (await shop.call("find_order", right, context)).outcome == "throttled"


async def test_writing_the_number_differently_does_not_help_a_guesser(shop: Shop) -> None:
    for guess, number in enumerate(("FH-{}", "fh-{}", "#FH-{}", "FH- {}", "＃FH-{}")):
        written = number.format(STORY.number[3:])
        context = shop.context(address=f"192.0.2.{guess}")
        await shop.call("find_order", {"order_number": written, "postcode": "1"}, context)
    context = shop.context(address="198.51.100.1")
    result = await shop.call("find_order", {"order_number": STORY.number, "postcode": "1"}, context)
    assert result.outcome == "throttled"


async def test_one_address_may_not_try_order_after_order(shop: Shop) -> None:
    for number in range(5):
        await shop.call("find_order", {"order_number": f"FH-1000{number}", "postcode": "12045"})
    result = await shop.call("find_order", {"order_number": STORY.number, "email": STORY.email})
    assert result.outcome == "throttled"


async def test_signed_in_owner_is_never_locked_out(shop: Shop) -> None:
    shop.desk.wrong[STORY.number] = shop.desk.wrong["192.0.2.1"] = 99
    result = await shop.call(
        "find_order", {"order_number": STORY.number}, shop.context(identity=owner(STORY))
    )
    assert result.outcome == "found"


async def test_listing_shows_at_most_five_of_her_own_newest_first(shop: Shop) -> None:
    result = await shop.call("list_orders", {}, shop.context(identity=owner(STORY)))
    placed = [each.facts["placed_at"] for each in result.evidence]
    assert 0 < len(placed) <= 5
    assert [fact.model_dump()["value"] for fact in placed] == sorted(
        (fact.model_dump()["value"] for fact in placed), reverse=True
    )
    for number in result.data["order_numbers"]:
        order = await shop.backend.order_by_number(number)
        assert order is not None
        assert order.customer_id == STORY.customer_id


async def test_listing_shows_what_this_conversation_was_granted(shop: Shop) -> None:
    context = shop.context(identity=Identity(grants={ORDER: Level.ORDER_READ}))
    result = await shop.call("list_orders", {}, context)
    assert result.data == {"order_numbers": [STORY.number]}
