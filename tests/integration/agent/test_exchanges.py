"""Exchanges, odd sizes and the state of what comes back, in conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commerce.demo import Story
from commerce.exchanges import Exchange
from commerce.models import Order, OrderLine, RefundStatus, ReturnReason
from commerce.shopdata import ShopData
from conversations.models import HandoffReason, Reply
from tests.integration.agent.conftest import STORIES, House, Talk, told

GERMAN, ENGLISH = STORIES["delivered_single_de"], STORIES["delivered_single_en"]


async def order(house: House, story: Story = ENGLISH) -> Order:
    found = await house.deployment.backend.order_by_number(story.number)
    assert found is not None
    return found


async def exchanges(house: House, story: Story = ENGLISH) -> Sequence[Exchange]:
    return await house.deployment.backend.exchanges((await order(house, story)).id)


async def code(house: House) -> str:
    newest = (await house.deployment.mails.recent(1))[0]
    found = re.search(r"\b\d{6}\b", newest.text)
    assert found
    return found[0]


async def confirmed(talk: Talk, wish: str) -> Reply:
    """Says what is wanted and types the code that comes by mail."""
    asked = await talk.say(wish)
    assert told(asked)[-1:] == ["identity.code_sent"], (told(asked), asked.text)
    return await talk.say(await code(talk.house))


async def line_of(house: House, story: Story = ENGLISH) -> tuple[OrderLine, list[str], str]:
    """Her line, its product's sizes, and another size that is in stock in her colour."""
    line = (await order(house, story)).lines[0]
    product = await house.deployment.backend.product(line.product_id)
    assert product is not None
    sizes = list(dict.fromkeys(each.options["size"] for each in product.variants))
    colour = line.options.get("colour")
    there = [
        each.options["size"]
        for each in product.variants
        if each.sku != line.sku and each.stock and each.options.get("colour") == colour
    ]
    return line, sizes, there[0]


async def test_size_that_is_named_is_proposed_and_exchanged_on_a_yes(house: House) -> None:
    line, _, size = await line_of(house)
    talk = await house.open()
    shown = await confirmed(
        talk, f"I'd like to exchange the item from {ENGLISH.number}, {ENGLISH.email}, for size {size}"
    )
    assert told(shown) == ["exchange.proposed"]
    assert not await exchanges(house)
    done = await talk.say("yes")
    assert told(done) == ["exchange.started"]
    (made,) = await exchanges(house)
    assert (made.options["size"], made.order_line_id) == (size, line.id)
    again = await talk.say(f"I want to return the item from {ENGLISH.number}")
    assert told(again) == ["return.exchanged"]


async def test_size_is_asked_for_with_what_is_in_stock_and_may_be_corrected(house: House) -> None:
    _, sizes, size = await line_of(house)
    talk = await house.open()
    asked = await talk.say(f"I want to exchange the item from order {ENGLISH.number}, {ENGLISH.email}")
    assert size in asked.quick_replies
    assert asked.quick_replies[-1] == house.words("en", "exchange.return_instead")
    assert told(await talk.say(size)) == ["identity.code_sent"]
    shown = await talk.say(await code(house))
    assert told(shown) == ["exchange.proposed"]
    another = next(each for each in asked.quick_replies[:-1] if each in sizes and each != size)
    corrected = await talk.say(f"no, in size {another} please")
    assert told(corrected) == ["exchange.proposed"]
    await talk.say("yes")
    assert [each.options["size"] for each in await exchanges(house)] == [another]


async def test_one_size_bigger_is_the_next_one_in_the_products_order(house: House) -> None:
    line, sizes, _ = await line_of(house, GERMAN)
    talk = await house.open()
    asked = await talk.say(
        f"Ich möchte den Artikel aus {GERMAN.number} eine Größe größer umtauschen, {GERMAN.email}"
    )
    assert told(asked) == ["identity.code_sent"], asked.text
    shown = await talk.say(await code(house))
    assert told(shown) == ["exchange.proposed"]
    await talk.say("ja")
    (made,) = await exchanges(house, GERMAN)
    assert made.options["size"] == sizes[sizes.index(line.options["size"]) + 1]
    assert made.reason is ReturnReason.TOO_SMALL


async def test_who_rather_wants_the_money_gets_a_return(house: House) -> None:
    talk = await house.open()
    await talk.say(f"I want to exchange the item from order {ENGLISH.number}, {ENGLISH.email}")
    await talk.say(house.words("en", "exchange.return_instead"))
    asked = await talk.say("it is too small")
    assert told(asked) == ["identity.code_sent"]
    assert told(await talk.say(await code(house)))[0].startswith("return.proposed")


async def test_sold_out_size_is_said_with_what_there_is_and_another_is_taken(house: House) -> None:
    line, sizes, size = await line_of(house)
    product = await house.deployment.backend.product(line.product_id)
    assert product is not None
    gone = next(s for s in sizes if s not in (size, line.options["size"]))
    variants = tuple(
        each.model_copy(update={"stock": 0}) if each.options["size"] == gone else each
        for each in product.variants
    )
    empty = product.model_copy(update={"variants": variants})
    await house.deployment.backend.load(ShopData((), (empty,), (), ()))
    talk = await house.open()
    await talk.say(f"Can I exchange the item from {ENGLISH.number}, {ENGLISH.email}, for size {gone}?")
    refused = await talk.say(await code(house))
    assert told(refused) == ["exchange.out_of_stock"]
    assert size in refused.quick_replies
    assert told(await talk.say(size)) == ["exchange.proposed"]


async def test_size_that_fits_like_another_is_our_fault_and_free(house: House) -> None:
    line, sizes, _ = await line_of(house)
    own = line.options["size"]
    smaller = sizes[max(0, sizes.index(own) - 1)]
    talk = await house.open()
    heard = await talk.say(f"This {own} fits like a {smaller}! {ENGLISH.number}, {ENGLISH.email}")
    assert told(heard)[0] == "fit.chart"
    assert told(heard)[-1] == "fit.our_fault"
    sku = line.sku
    assert not await house.deployment.backend.fit_reports(sku)
    asked = await talk.say("Return it")
    assert told(asked) == ["identity.code_sent"]
    shown = await talk.say(await code(house))
    assert told(shown) == ["return.proposed_free"]
    assert told(await talk.say("yes")) == ["return.opened_free"]
    (report,) = await house.deployment.backend.fit_reports(sku)
    assert report.kind == "smaller"


async def test_other_size_than_ordered_is_asked_about(house: House) -> None:
    line, sizes, _ = await line_of(house)
    other = next(s for s in sizes if s != line.options["size"])
    talk = await house.open()
    asked = await talk.say(f"The {other} runs way too small. {ENGLISH.number}, {ENGLISH.email}")
    assert told(asked) == ["fit.other_label"]
    went_on = await talk.say("no")
    assert told(went_on)[0] == "fit.chart"


async def test_where_the_money_is_and_what_is_overdue(house: House) -> None:
    pending = STORIES["refund_pending_en"]
    talk = await house.open()
    reply = await talk.say(f"Where is my refund for {pending.number}? {pending.email}")
    assert told(reply) == ["return_state.received_paid", "refund.pending"]
    assert reply.handoff is None
    nothing = await (await house.open()).say(f"Has my return arrived? {ENGLISH.number} {ENGLISH.email}")
    assert house.words("en", "after.none") in nothing.text


async def test_refund_that_failed_brings_a_person_with_the_facts(house: House) -> None:
    paid = STORIES["refund_pending_en"]
    backend = house.deployment.backend
    (owed,) = await backend.refunds((await order(house, paid)).id)
    failed = owed.model_copy(update={"status": RefundStatus.FAILED})
    await backend.load(ShopData((), (), (), (), refunds=(failed,)))
    late = await (await house.open()).say(f"Where is my refund? {paid.number} {paid.email}")
    assert "refund.failed" in told(late)
    assert late.handoff is not None
    assert late.handoff.reason is HandoffReason.NOT_AUTOMATED
