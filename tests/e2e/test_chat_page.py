"""The customer's page in a real browser, against a real demo server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from commerce.demo import stories
from tests.support.pages import Open, Shop, identify, say

pytestmark = pytest.mark.browser


def test_customer_sees_where_her_order_is_and_where_that_comes_from(
    visit: Open, shop: Shop, tmp_path: Path
) -> None:
    story = stories()["in_transit_en"]
    page = visit(shop.address)
    page.get_by_role("button", name="Where is my order?").click()
    expect(page.locator(".theirs .bubble").last).to_contain_text("order number")
    identify(page, story)
    card = page.locator(".card-tracking")
    expect(card).to_be_visible()
    assert card.locator(".timeline li:visible").count() >= 2
    number = card.locator(".code").inner_text()
    expect(page.locator(".theirs .bubble").last).to_contain_text(number)
    page.get_by_text("Where does this come from?").last.click()
    source = page.locator(".source").last
    expect(source).to_contain_text("Carrier's tracking data")
    expect(source).to_contain_text(number)
    picture = tmp_path / "chat.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000


def test_reload_keeps_the_conversation_with_its_cards_and_a_new_one_forgets_it(
    visit: Open, shop: Shop
) -> None:
    page = visit(shop.address)
    identify(page, stories()["in_transit_en"])
    expect(page.locator(".card-tracking")).to_be_visible()
    before = page.locator("#log .bubble").all_inner_texts()
    page.reload()
    expect(page.locator(".card-tracking")).to_be_visible()
    assert page.locator("#log .bubble").all_inner_texts() == before
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Start a new one").click()
    expect(page.get_by_role("heading", name="How can we help you?")).to_be_visible()
    assert page.locator("#log .bubble").count() == 0


def test_message_written_offline_arrives_once_when_the_network_is_back(visit: Open, shop: Shop) -> None:
    page = visit(shop.address)
    say(page, "Hello")
    expect(page.locator(".theirs .bubble")).to_have_count(1)
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("offline")
    page.get_by_label("Your message").fill("How can I pay?")
    page.keyboard.press("Enter")
    expect(page.locator(".own").last).to_contain_text("Trying again")
    page.context.set_offline(False)
    expect(page.locator(".theirs .bubble")).to_have_count(2)
    expect(page.locator("#connection")).to_be_hidden()
    page.reload()
    expect(page.locator(".theirs .bubble")).to_have_count(2)
    expect(page.locator(".own .bubble")).to_have_text(["Hello", "How can I pay?"])


def test_two_tabs_show_one_conversation(visit: Open, shop: Shop) -> None:
    first = visit(shop.address)
    say(first, "Hello")
    expect(first.locator(".theirs .bubble")).to_have_count(1)
    second = first.context.new_page()
    second.goto(shop.address)
    expect(second.locator(".theirs .bubble")).to_have_count(1)
    say(second, "How can I pay?")
    for page in (first, second):
        expect(page.locator(".theirs .bubble")).to_have_count(2)
        expect(page.locator(".own .bubble")).to_have_text(["Hello", "How can I pay?"])


def test_country_chosen_before_the_first_message_is_the_country_of_the_answer(
    visit: Open, shop: Shop
) -> None:
    page = visit(shop.address)
    page.get_by_label("Deliver to").select_option(label="Switzerland")
    page.get_by_role("button", name="How much is shipping?").click()
    expect(page.locator(".theirs .bubble")).to_contain_text("Switzerland")


def test_page_speaks_the_language_of_the_replies(visit: Open, shop: Shop) -> None:
    story = stories()["in_transit_de"]
    page = visit(shop.address, width=390)
    say(page, f"Wo ist meine Bestellung {story.number}? Meine E-Mail ist {story.email}")
    expect(page.locator(".card-tracking")).to_be_visible()
    expect(page.get_by_text("Woher stammt das?")).to_be_visible()
    expect(page.locator("#person")).to_have_text("Mit einem Menschen sprechen")
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_code_mail_lies_in_the_outbox_and_its_code_brings_a_proposal(visit: Open, shop: Shop) -> None:
    story = stories()["processing_paid_en"]
    page = visit(shop.address)
    say(page, f"Please cancel my order {story.number}, my e-mail is {story.email}")
    expect(page.locator(".theirs .bubble").last).to_contain_text("code")
    outbox = visit(f"{shop.address}/demo/outbox")
    mail = outbox.locator(".mail", has_text=story.email).first
    code = re.search(r"\b\d{6}\b", mail.inner_text())
    assert code
    say(page, code[0])
    expect(page.locator(".action")).to_contain_text("waiting for your yes")
    page.locator("#suggestions").get_by_role("button", name="Yes").click()
    expect(page.locator(".action").last).to_contain_text("done")
    expect(page.locator("#suggestions")).to_be_hidden()
