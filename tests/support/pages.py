"""What a customer and a member of staff do on the pages of a running demo shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from commerce.demo import Story

Open = Callable[..., Page]


@dataclass(frozen=True)
class Shop:
    """A running demo."""

    address: str
    desk: str
    admin: str
    """A token that may stop and resume."""


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").or_(page.get_by_label("Ihre Nachricht")).fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".own .bubble").last).to_have_text(text)


def identify(page: Page, story: Story) -> None:
    say(page, f"Where is my order {story.number}? My e-mail is {story.email}")


def line_of(desk: Page, page: Page) -> Locator:
    """The line in the desk's list that stands for the conversation of a customer's page."""
    opened = page.wait_for_function("() => JSON.parse(localStorage.getItem('dragoman.conversation'))?.id")
    return desk.locator(f'.line[data-id="{opened.json_value()}"]')
