"""What a customer has written before is told to her alone, and what waits longest first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations.models import Conversation, Level, Owner, Priority
from facts.values import DateTime
from tests.contract.conversations.samples import handoff_of
from tests.unit.tools.harness import NOW, STORIES, Shop, owner
from tools.tool import Identity, ToolResult

STORY, STRANGER = STORIES["in_transit_en"], STORIES["in_transit_de"]
ORDER = "ord_" + STORY.number.partition("-")[2]
THEIRS = "ord_" + STRANGER.number.partition("-")[2]


async def wrote(shop: Shop, waits: bool = True, customer: str | None = STORY.customer_id) -> Conversation:
    talk, _ = await shop.conversations.create(channel="email", customer_id=customer)
    await shop.conversations.accept(talk.id, "hello?", "k")
    if waits:
        waiting = handoff_of(talk).model_copy(update={"created_at": shop.clock.now()})
        await shop.conversations.queue(talk.id, waiting)
    return talk


async def asks(shop: Shop, identity: Identity, **arguments: str) -> ToolResult:
    here, _ = await shop.conversations.create()
    return await shop.call(
        "contact_history", arguments, shop.context(identity=identity, conversation=here.id)
    )


def statement(result: ToolResult) -> str | None:
    return result.evidence[0].statement if result.evidence else None


def since(result: ToolResult) -> object:
    told = result.evidence[0].facts["since"]
    assert isinstance(told, DateTime)
    return told.value


async def test_longest_wait_is_told(shop: Shop) -> None:
    await wrote(shop)
    shop.clock.advance(timedelta(hours=2))
    await wrote(shop)
    result = await asks(shop, owner(STORY))
    assert (result.outcome, statement(result)) == ("waiting", "history.waiting")
    assert since(result) == NOW


@pytest.mark.parametrize(
    ("hours", "told", "priority"),
    [
        (23, "history.waiting", Priority.NORMAL),
        (24, "history.raised", Priority.HIGH),
        (72, "history.raised", Priority.URGENT),
    ],
)
async def test_waiting_makes_it_more_urgent_by_the_rules_of_the_shop(
    shop: Shop, hours: int, told: str, priority: Priority
) -> None:
    talk = await wrote(shop)
    shop.clock.advance(timedelta(hours=hours))
    assert statement(await asks(shop, owner(STORY))) == told
    handoff = await shop.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.priority is priority


async def test_older_than_the_shop_looks_back_is_not_found_unless_it_still_waits(shop: Shop) -> None:
    await wrote(shop, waits=False)
    shop.clock.advance(timedelta(days=15))
    assert (await asks(shop, owner(STORY))).outcome == "none"
    await wrote(shop)
    shop.clock.advance(timedelta(days=15))
    assert (await asks(shop, owner(STORY))).outcome == "waiting"


async def test_read_identity_asks_for_a_code_whoever_has_written(shop: Shop) -> None:
    await wrote(shop)
    for order, story in ((ORDER, STORY), (THEIRS, STRANGER)):
        read = Identity(grants={order: Level.ORDER_READ})
        result = await asks(shop, read, order_number=story.number)
        assert (result.outcome, dict(result.data)) == (
            "identity_needed",
            {"needed": "confirmed", "order_number": story.number},
        )


async def test_code_to_another_address_than_that_of_the_account_proves_nothing(shop: Shop) -> None:
    """A present that somebody ordered in her account, with his own address."""
    await wrote(shop)
    order = await shop.backend.order(ORDER)
    assert order is not None

    class Elsewhere:
        def __getattr__(self, name: str) -> object:
            return getattr(shop.backend, name)

        async def order(self, order_id: str) -> object:
            assert order is not None
            return order.model_copy(update={"email": "somebody@else.example"})

    confirmed = Identity(grants={ORDER: Level.CONFIRMED})
    assert (await asks(shop, confirmed)).outcome == "waiting"
    object.__setattr__(shop.records, "backend", Elsewhere())
    assert (await asks(shop, confirmed)).outcome == "identity_needed"


async def test_conversation_of_one_customer_opens_nothing_of_the_next(shop: Shop) -> None:
    """Two people at one device: the code of the second does not make the first one's words hers, nor his hers."""
    await wrote(shop)
    here, _ = await shop.conversations.create()
    first = shop.context(identity=Identity(grants={THEIRS: Level.CONFIRMED}), conversation=here.id)
    assert (await shop.call("contact_history", {}, first)).outcome == "none"
    second = shop.context(identity=Identity(grants={ORDER: Level.CONFIRMED}), conversation=here.id)
    assert (await shop.call("contact_history", {}, second)).outcome == "identity_needed"
    proven = await shop.profiles.proven(here.id)
    assert proven is not None
    assert proven.customer_id == STRANGER.customer_id


async def test_unproven_customer_hears_of_this_conversation_alone(shop: Shop) -> None:
    await wrote(shop)
    shop.clock.advance(timedelta(hours=1))
    mine = await wrote(shop, customer=None)
    result = await shop.call("contact_history", {}, shop.context(conversation=mine.id))
    assert statement(result) == "history.waiting"
    assert since(result) == shop.clock.now()
    assert (await shop.conversations.get(mine.id)).owner is Owner.QUEUE


async def test_last_order_is_named_among_her_orders_and_nobody_elses(shop: Shop) -> None:
    talk = await wrote(shop, waits=False)
    await shop.profiles.remember(talk.id, STORY.customer_id, last_order=STORY.number)
    hers = await shop.call("list_orders", {}, shop.context(identity=owner(STORY)))
    assert hers.data["last_order"] == STORY.number
    others = await shop.call("list_orders", {}, shop.context(identity=owner(STRANGER)))
    assert "last_order" not in others.data
    read = shop.context(identity=Identity(grants={ORDER: Level.ORDER_READ}))
    assert "last_order" not in (await shop.call("list_orders", {}, read)).data


async def wrote_as_guest(shop: Shop, order: str = ORDER) -> Conversation:
    """An order's number and address were known; nobody was shown to be anybody."""
    talk = await wrote(shop, customer=None)
    await shop.conversations.grant(talk.id, order, Level.ORDER_READ, timedelta(hours=24))
    return talk


@pytest.mark.parametrize("identity", [owner(STORY), Identity(grants={ORDER: Level.CONFIRMED})])
async def test_what_a_guest_wrote_is_found_once_she_has_shown_to_be_her(
    shop: Shop, identity: Identity
) -> None:
    await wrote_as_guest(shop)
    result = await asks(shop, identity)
    assert (result.outcome, statement(result)) == ("waiting", "history.waiting")
    assert (await asks(shop, owner(STRANGER))).outcome == "none"


async def test_number_and_address_find_nothing_of_the_guest_who_knew_them_before(shop: Shop) -> None:
    await wrote_as_guest(shop)
    read = Identity(grants={ORDER: Level.ORDER_READ})
    assert (await asks(shop, read, order_number=STORY.number)).outcome == "identity_needed"


async def test_what_another_customer_wrote_about_her_order_is_not_hers(shop: Shop) -> None:
    talk = await wrote(shop, customer=STRANGER.customer_id)
    await shop.conversations.grant(talk.id, ORDER, Level.ORDER_READ, timedelta(hours=24))
    assert (await asks(shop, owner(STORY))).outcome == "none"


async def test_order_in_her_account_with_another_address_may_be_another_guests(shop: Shop) -> None:
    await wrote_as_guest(shop)
    orders = await shop.backend.orders_of(STORY.customer_id, 50)

    class Elsewhere:
        def __getattr__(self, name: str) -> object:
            return getattr(shop.backend, name)

        async def orders_of(self, customer_id: str, limit: int = 10) -> object:
            return [order.model_copy(update={"email": "somebody@else.example"}) for order in orders]

    object.__setattr__(shop.records, "backend", Elsewhere())
    assert (await asks(shop, owner(STORY))).outcome == "none"
