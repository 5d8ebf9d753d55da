"""Whoever looks for something to buy: search, it and the blue one, sizes, coupons, invoices, payments; real graph."""

from __future__ import annotations

import pytest

from tests.integration.agent.conftest import STORIES, House, told

PAID, UNPAID = STORIES["delivered_single_en"], STORIES["pending_payment"]


async def test_it_is_the_thing_that_was_found(house: House) -> None:
    talk = await house.open(language="en")
    found = await talk.say("Do you have the Ridge hiking boots in size 42?")
    assert told(found) == ["product.available"]
    assert found.cards[0]["type"] == "product"
    assert told(await talk.say("is it available in grey, size 45?"))[0] == "product.sold_out"
    assert told(await talk.say("no, in brown")) == ["product.available"]


async def test_product_is_asked_for_then_the_measure(house: House) -> None:
    talk = await house.open(language="de")
    asked = await talk.say("Welche Größe soll ich nehmen?")
    assert house.words("de", "product.which_size") in asked.text
    needed = await talk.say("die Chelsea Boots Alma")
    assert told(needed) == ["size.measures_needed"]
    assert told(await talk.say("Fußlänge 24,8 cm"))[0] == "size.fits"


async def test_interrupted_size_question_is_taken_up_again(house: House) -> None:
    talk = await house.open(language="en", market="DE")
    await talk.say("Which size should I take?")
    reply = await talk.say("How long do I have to return something?")
    assert told(reply)[0].startswith("policy.return_window")
    assert house.words("en", "resume.size_advice") in reply.text
    assert house.words("en", "product.which_size") in reply.text


@pytest.mark.parametrize(("language", "question", "price"), [
    ("en", "do you sell the Ridge hiking boots in brown?", "€179.00"),
    ("de", "Gibt es die Ridge Wanderstiefel in Braun?", "179,00\u00a0€"),
    ("zh-Hans", "有没有Ridge防水登山靴？", "179.00"),
])  # fmt: skip
async def test_price_stands_as_her_language_writes_it(
    house: House, language: str, question: str, price: str
) -> None:
    talk = await house.open(language=language)
    assert price in (await talk.say(question)).text


async def test_coupon_is_asked_for_and_its_code_alone_is_enough(house: House) -> None:
    talk = await house.open(language="en")
    asked = await talk.say("Can you check a coupon code for me?")
    assert house.words("en", "coupon.ask_code") in asked.text
    assert told(await talk.say("NOSUCH99")) == ["coupon.unknown"]
    assert told(await talk.say("NOSUCH98")) == ["coupon.unknown"]


async def test_codes_tried_one_after_the_other_end_at_a_throttle(house: House) -> None:
    talk = await house.open(language="en")
    replies = [await talk.say(f"does the coupon code TRY{number}ME work?") for number in range(7)]
    assert [told(each) == ["coupon.unknown"] for each in replies] == [True] * 5 + [False] * 2
    assert house.words("en", "order.throttled") in replies[-1].text


async def test_invoice_is_mailed_once_and_to_the_buyer_alone(house: House) -> None:
    talk = await house.open(language="en")
    wish = f"Please send the invoice for order {PAID.number}. My e-mail is {PAID.email}"
    assert told(await talk.say(wish))[-1] == "invoice.sent"
    assert told(await talk.say("Send me the invoice again to other@example.com"))[-1] == "invoice.sent_today"
    mails = [mail for mail in await house.deployment.mails.recent() if PAID.number in mail.subject]
    assert [mail.recipient for mail in mails] == [PAID.email]
    order = await house.deployment.backend.order_by_number(PAID.number)
    assert order is not None
    assert str(order.total.amount) in mails[0].text


async def test_company_on_the_invoice_is_a_person_s_work(house: House) -> None:
    talk = await house.open(language="en")
    reply = await talk.say(
        f"I need my company name and VAT ID on the invoice of {PAID.number}, my e-mail is {PAID.email}"
    )
    assert house.words("en", "invoice.change_person") in reply.text
    assert reply.handoff is not None


async def test_unpaid_order_is_explained_and_no_card_is_asked_for(house: House) -> None:
    talk = await house.open(language="en")
    reply = await talk.say(f"My payment for {UNPAID.number} failed. My e-mail is {UNPAID.email}")
    assert "payment.pending" in told(reply)
    assert "card number" not in reply.text.lower()


async def test_stranger_learns_nothing_of_a_payment(house: House) -> None:
    talk = await house.open(language="en")
    reply = await talk.say(f"Was I charged twice for order {PAID.number}? My e-mail is thief@evil.example")
    assert not any(statement.startswith("payment.") for statement in told(reply))


async def test_memory_keeps_ids_and_none_of_her_words(house: House) -> None:
    talk = await house.open(language="en")
    await talk.say("Do you have Ridge hiking boots for my sister Petronella in 42?")
    config = {"configurable": {"thread_id": talk.id}}
    kept = str(await house.deployment.checkpoints.saver.aget(config))  # type: ignore[arg-type]
    assert "ridge-hiking-boots" in kept
    assert "Petronella" not in kept


async def test_eight_thousand_characters_of_shopping_are_answered(house: House) -> None:
    talk = await house.open(language="en")
    reply = await talk.say(("I want red shoes in 42 under 50 euro, foot 26 cm, code ABC123. " * 130)[:7990])
    assert reply.text
