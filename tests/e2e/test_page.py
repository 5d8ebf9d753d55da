"""The pages in a real browser, against a real demo server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from commerce.demo import Story, stories

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "no Chromium on this machine: no page is tested (apt-get install chromium)"
START_S = 180.0
PATIENCE_MS = 20_000
PAYLOAD = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>'
FURIOUS = "This is outrageous, I am furious! You are thieves!!!"


@dataclass(frozen=True)
class Shop:
    """A running demo."""

    address: str
    desk: str
    admin: str
    """A token that may stop and resume."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """`dragoman demo` on a free port with a home of its own."""
    if CHROMIUM is None:
        warnings.warn(NO_CHROMIUM, stacklevel=1)
        pytest.skip(NO_CHROMIUM)
    home = tmp_path_factory.mktemp("home")
    port, log = _free_port(), home / "server.log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DRAGOMAN_")}
    environment |= {"DRAGOMAN_HOME": str(home / "dragoman"), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "cli.main", "demo", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server, log)
        found = re.search(r"/desk#token=\S+", log.read_text())
        assert found, log.read_text()
        admin = [sys.executable, "-m", "cli.main", "staff-token", "Ada", "--role", "admin", "--demo"]
        token = subprocess.run(admin, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        yield Shop(address, address + found[0], token.stdout.strip())
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def browser(shop: Shop) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens pages as different people; none may break the content policy or fail in its code."""
    complaints: list[str] = []
    contexts = []

    def open_page(address: str, language: str = "en-GB", width: int = 1200) -> Page:
        context = browser.new_context(locale=language, viewport={"width": width, "height": 860})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if _refused(message.text) else None
        )
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(address)
        page.wait_for_selector("body.ready")
        return page

    expect.set_options(timeout=PATIENCE_MS)
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_customer_sees_where_her_order_is_and_where_that_comes_from(
    visit: Open, shop: Shop, tmp_path: Path
) -> None:
    story = stories()["in_transit_en"]
    page = visit(shop.address)
    page.get_by_role("button", name="Where is my order?").click()
    expect(page.locator(".theirs .bubble").last).to_contain_text("order number")
    _identify(page, story)
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
    _identify(page, stories()["in_transit_en"])
    expect(page.locator(".card-tracking")).to_be_visible()
    before = page.locator("#log .bubble").all_inner_texts()
    page.reload()
    expect(page.locator(".card-tracking")).to_be_visible()
    assert page.locator("#log .bubble").all_inner_texts() == before
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Start a new one").click()
    expect(page.get_by_role("heading", name="How can we help you?")).to_be_visible()
    assert page.locator("#log .bubble").count() == 0


def test_person_takes_over_a_furious_message_answers_live_and_hands_back(visit: Open, shop: Shop) -> None:
    page, desk = visit(shop.address), visit(shop.desk)
    assert "token" not in desk.url
    _say(page, FURIOUS)
    expect(page.locator(".notice")).to_contain_text("asked to take over")
    line = desk.locator(".line", has_text="Very upset")
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
    _say(page, "Thank you")
    expect(desk.locator(".said-customer").last).to_contain_text("Thank you")
    assert page.locator(".theirs:not(.staff)").count() == 1, "the assistant spoke over a person"
    desk.get_by_role("button", name="Hand back").click()
    expect(page.locator(".notice").last).to_contain_text("AI assistant is here")
    _say(page, "How long do I have to return something?")
    expect(page.locator(".theirs:not(.staff)")).to_have_count(2)


def test_while_automation_is_stopped_people_edit_send_and_reject_drafts(visit: Open, shop: Shop) -> None:
    desk, page = visit(shop.desk), visit(shop.address)
    chinese = visit(shop.desk, "zh-CN")
    _switch(shop, "stop")
    try:
        _say(page, "How long do I have to return something?")
        expect(page.locator(".theirs .bubble")).to_contain_text("A colleague reads it")
        desk.locator(".line", has_text="Needs an answer").click()
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
        _say(page, "What does shipping to France cost?")
        chinese.locator(".line", has_text="等待答复").click()
        chinese.locator(".draft").get_by_role("button", name="弃用").click()
        expect(chinese.locator(".draft")).to_have_count(0)
        expect(desk.locator(".said-staff").last).to_contain_text("Anna")
    finally:
        _switch(shop, "resume")
    page.reload()
    expect(page.locator(".message.staff")).to_contain_text("Have a good day, Anna")


def test_an_admin_stops_and_resumes_on_the_page_and_an_agent_only_sees_it(visit: Open, shop: Shop) -> None:
    admin, agent = visit(f"{shop.address}/desk#token={shop.admin}"), visit(shop.desk)
    expect(agent.locator("#automation")).to_contain_text("Answers leave by themselves")
    expect(agent.locator("#automation button")).to_have_count(0)
    admin.get_by_role("button", name="Stop automatic answers").click()
    admin.get_by_role("button", name="Not now").click()
    expect(admin.locator("#automation")).to_contain_text("Answers leave by themselves")
    try:
        admin.get_by_role("button", name="Stop automatic answers").click()
        admin.get_by_role("button", name="Really: Stop automatic answers").click()
        for desk in (admin, agent):
            expect(desk.locator("#automation")).to_contain_text("Automatic answers stopped since")
        admin.get_by_role("button", name="Let answers leave again").click()
        admin.get_by_role("button", name="Really: Let answers leave again").click()
        expect(agent.locator("#automation")).to_contain_text("Answers leave by themselves")
    finally:
        _switch(shop, "resume")


def _switch(shop: Shop, act: str) -> None:
    answer = httpx.post(
        f"{shop.address}/v1/desk/automation/{act}", headers={"Authorization": f"Bearer {shop.admin}"}
    )
    assert answer.status_code == httpx.codes.OK, answer.text


def test_script_in_a_message_is_shown_as_text_and_never_run(visit: Open, shop: Shop) -> None:
    page, desk = visit(shop.address), visit(shop.desk)
    _say(page, f"{PAYLOAD} I want to talk to a person")
    expect(page.locator(".own .bubble")).to_contain_text("<img src=x")
    expect(page.locator(".notice")).to_contain_text("asked to take over")
    desk.locator(".line", has_text="Asked for a person").click()
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


def test_message_written_offline_arrives_once_when_the_network_is_back(visit: Open, shop: Shop) -> None:
    page = visit(shop.address)
    _say(page, "Hello")
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
    _say(first, "Hello")
    expect(first.locator(".theirs .bubble")).to_have_count(1)
    second = first.context.new_page()
    second.goto(shop.address)
    expect(second.locator(".theirs .bubble")).to_have_count(1)
    _say(second, "How can I pay?")
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
    _say(page, f"Wo ist meine Bestellung {story.number}? Meine E-Mail ist {story.email}")
    expect(page.locator(".card-tracking")).to_be_visible()
    expect(page.get_by_text("Woher stammt das?")).to_be_visible()
    expect(page.locator("#person")).to_have_text("Mit einem Menschen sprechen")
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_code_mail_lies_in_the_outbox_and_its_code_brings_a_proposal(visit: Open, shop: Shop) -> None:
    story = stories()["processing_paid_en"]
    page = visit(shop.address)
    _say(page, f"Please cancel my order {story.number}, my e-mail is {story.email}")
    expect(page.locator(".theirs .bubble").last).to_contain_text("code")
    outbox = visit(f"{shop.address}/demo/outbox")
    mail = outbox.locator(".mail", has_text=story.email).first
    code = re.search(r"\b\d{6}\b", mail.inner_text())
    assert code
    _say(page, code[0])
    expect(page.locator(".action")).to_contain_text("waits for your yes")
    page.locator("#suggestions").get_by_role("button", name="Yes").click()
    expect(page.locator(".action").last).to_contain_text("done")
    expect(page.locator("#suggestions")).to_be_hidden()


def test_wrong_staff_token_opens_nothing_and_says_so(visit: Open, shop: Shop) -> None:
    desk = visit(f"{shop.address}/desk#token=forged")
    expect(desk.get_by_role("alert")).to_contain_text("not valid")
    expect(desk.get_by_label("Staff token")).to_be_visible()
    assert desk.locator(".line").count() == 0


def _say(page: Page, text: str) -> None:
    page.get_by_label("Your message").or_(page.get_by_label("Ihre Nachricht")).fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".own .bubble").last).to_have_text(text)


def _identify(page: Page, story: Story) -> None:
    _say(page, f"Where is my order {story.number}? My e-mail is {story.email}")


def _refused(console: str) -> bool:
    return "Content Security Policy" in console or "violates" in console


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"the demo did not start:\n{log.read_text()}")
