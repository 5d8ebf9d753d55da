"""The desk of the staff in a real browser, beside the customer's page, against a real demo server."""

from __future__ import annotations

import re
from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from commerce.demo import stories
from tests.support.pages import Open, Shop, identify, line_of, say

pytestmark = pytest.mark.browser

WIDE = 900
PAYLOAD = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>'
FURIOUS = "This is outrageous, I am furious! You are thieves!!!"


def test_person_takes_over_a_furious_message_answers_live_and_hands_back(visit: Open, shop: Shop) -> None:
    page, desk = visit(shop.address), visit(shop.desk)
    assert "token" not in desk.url
    say(page, FURIOUS)
    expect(page.locator(".notice")).to_contain_text("asked to take over")
    line = line_of(desk, page)
    expect(line).to_contain_text("Very upset")
    expect(line).to_contain_text("Urgent")
    line.click()
    expect(desk.locator(".transcript")).to_contain_text(FURIOUS)
    expect(desk.get_by_role("heading", name="Summary")).to_be_visible()
    desk.get_by_role("button", name="Take over").click()
    expect(page.locator("#status")).to_contain_text("Demo Agent")
    desk.get_by_label("Your answer to the customer").fill("I am looking into it. https://shop.example/help")
    desk.locator("form.reply button").click()
    answer = page.locator(".message.staff")
    expect(answer).to_contain_text("I am looking into it.")
    expect(answer).to_contain_text("Demo Agent")
    expect(answer.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    say(page, "Thank you")
    expect(desk.locator(".said-customer").last).to_contain_text("Thank you")
    assert page.locator(".theirs:not(.staff)").count() == 1, "the assistant spoke over a person"
    desk.get_by_role("button", name="Hand back").click()
    expect(page.locator(".notice").last).to_contain_text("AI assistant is here")
    say(page, "How long do I have to return something?")
    expect(page.locator(".theirs:not(.staff)")).to_have_count(2)


def test_while_automation_is_stopped_people_edit_send_and_reject_drafts(visit: Open, shop: Shop) -> None:
    desk, page = visit(shop.desk), visit(shop.address)
    chinese = visit(shop.desk, "zh-CN")
    _switch(shop, "stop")
    try:
        say(page, "How long do I have to return something?")
        expect(page.locator(".theirs .bubble")).to_contain_text("A colleague will read it")
        line_of(desk, page).click()
        draft = desk.locator(".draft")
        expect(draft).to_contain_text("return an item within")
        draft.get_by_text("Sources").click()
        expect(draft.locator(".draft-sources li").first).to_be_visible()
        draft.get_by_role("button", name="Edit").click()
        field = draft.get_by_role("textbox")
        field.fill(f"{field.input_value()} Have a good day, Anna")
        desk.wait_for_timeout(3_000)
        draft.get_by_role("button", name="Send").click()
        answer = page.locator(".message.staff")
        expect(answer).to_contain_text("Have a good day, Anna")
        expect(desk.locator(".draft")).to_have_count(0)
        say(page, "What does shipping to France cost?")
        line = line_of(chinese, page)
        expect(line).to_contain_text("等待答复")
        line.click()
        chinese.locator(".draft").get_by_role("button", name="弃用").click()
        expect(chinese.locator(".draft")).to_have_count(0)
        expect(desk.locator(".said-staff").last).to_contain_text("Anna")
    finally:
        _switch(shop, "resume")
    page.reload()
    expect(page.locator(".message.staff")).to_contain_text("Have a good day, Anna")


def test_draft_shows_its_cards_to_the_customer_when_nobody_changed_its_words(visit: Open, shop: Shop) -> None:
    story = stories()["in_transit_en"]
    desk, page = visit(shop.desk), visit(shop.address)
    _switch(shop, "stop")
    try:
        identify(page, story)
        line_of(desk, page).click()
        card = desk.locator(".draft .card-tracking")
        expect(card).to_be_visible()
        desk.locator(".draft").get_by_role("button", name="Edit").click()
        expect(card).to_be_hidden()
        desk.locator(".draft").get_by_role("button", name="Leave as it was").click()
        expect(card).to_be_visible()
        assert page.locator(".card").count() == 0
        desk.locator(".draft").get_by_role("button", name="Send").click()
        expect(page.locator(".staff .card-tracking")).to_be_visible()
    finally:
        _switch(shop, "resume")
    page.reload()
    expect(page.locator(".staff .card-tracking")).to_be_visible()
    page.get_by_text("Where does this come from?").click()
    expect(page.locator(".staff .source").first).to_be_visible()
    assert page.locator(".staff").count() == 1


def test_staff_see_the_pictures_of_a_customer_small_and_in_full(visit: Open, shop: Shop) -> None:
    page, desk, chinese = visit(shop.address), visit(shop.desk), visit(shop.desk, "zh-CN")
    for colour in ("red", "blue"):
        field = page.locator("#photo")
        field.set_input_files({"name": f"{colour}.png", "mimeType": "image/png", "buffer": _picture(colour)})
        expect(page.locator("#photos img")).to_have_count(1 if colour == "red" else 2)
    say(page, "I want to talk to a person, my vase is broken")
    line_of(desk, page).click()
    expect(desk.locator(".said-customer .picture img")).to_have_count(2)
    place = desk.get_by_role("button", name="Picture 2 of 2 from the customer")
    expect(place.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    assert _width(place) < 120
    place.click()
    full = desk.get_by_role("dialog", name="Picture in full size").get_by_role("img")
    expect(full).to_be_visible()
    assert full.evaluate("image => image.naturalWidth") == WIDE
    assert _width(full) > 400
    desk.keyboard.press("Escape")
    expect(full).to_be_hidden()
    line = line_of(chinese, page)
    expect(line).to_contain_text("要求人工客服")
    line.click()
    expect(chinese.get_by_role("button", name="客户的图片（第 1 张，共 2 张）")).to_be_visible()


def test_an_admin_stops_and_resumes_on_the_page_and_an_agent_only_sees_it(visit: Open, shop: Shop) -> None:
    admin, agent = visit(f"{shop.address}/desk#token={shop.admin}"), visit(shop.desk)
    expect(agent.locator("#automation")).to_contain_text("Answers are sent automatically")
    expect(agent.locator("#automation button")).to_have_count(0)
    admin.get_by_role("button", name="Stop automatic answers").click()
    admin.get_by_role("button", name="Not now").click()
    expect(admin.locator("#automation")).to_contain_text("Answers are sent automatically")
    try:
        admin.get_by_role("button", name="Stop automatic answers").click()
        admin.get_by_role("button", name="Confirm: Stop automatic answers").click()
        for desk in (admin, agent):
            expect(desk.locator("#automation")).to_contain_text("Automatic answers stopped since")
        admin.get_by_role("button", name="Send answers automatically again").click()
        admin.get_by_role("button", name="Confirm: Send answers automatically again").click()
        expect(agent.locator("#automation")).to_contain_text("Answers are sent automatically")
    finally:
        _switch(shop, "resume")


def _switch(shop: Shop, act: str) -> None:
    answer = httpx.post(
        f"{shop.address}/v1/desk/automation/{act}", headers={"Authorization": f"Bearer {shop.admin}"}
    )
    assert answer.status_code == httpx.codes.OK, answer.text


def test_script_in_a_message_is_shown_as_text_and_never_run(visit: Open, shop: Shop) -> None:
    page, desk = visit(shop.address), visit(shop.desk)
    say(page, f"{PAYLOAD} I want to talk to a person")
    expect(page.locator(".own .bubble")).to_contain_text("<img src=x")
    expect(page.locator(".notice")).to_contain_text("asked to take over")
    line_of(desk, page).click()
    expect(desk.locator(".said-customer")).to_contain_text("<script>")
    desk.get_by_role("button", name="Take over").click()
    desk.get_by_label("Your answer to the customer").fill(PAYLOAD)
    desk.locator("form.reply button").click()
    expect(page.locator(".message.staff")).to_contain_text("<script>")
    page.reload()
    expect(page.locator(".message.staff")).to_contain_text("<script>")
    for each in (page, desk):
        assert each.locator("img, body script").count() == 0
        assert each.title() != "run"


def test_wrong_staff_token_opens_nothing_and_says_so(visit: Open, shop: Shop) -> None:
    desk = visit(f"{shop.address}/desk#token=forged")
    expect(desk.get_by_role("alert")).to_contain_text("not valid")
    expect(desk.get_by_label("Staff token")).to_be_visible()
    assert desk.locator(".line").count() == 0


def _width(shown: Locator) -> float:
    box = shown.bounding_box()
    assert box
    return box["width"]


def _picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (WIDE, 600), colour).save(out, "PNG")
    return out.getvalue()
