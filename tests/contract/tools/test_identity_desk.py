"""The identity desk over real rows: codes by mail, grants, and guesses that run out."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from commerce.models import Order
from conversations.codes import OneTimeCodes
from conversations.mail import MailQueue
from conversations.models import Level
from conversations.repository import Conversations
from conversations.signals import Signals
from i18n.catalogue import IcuRenderer
from i18n.languages import load_languages
from tests.unit.tools.harness import POLICY, STORIES, Shop
from tools.identity import CodeOutcome
from tools.identity_desk import ConversationDesk

STORY = STORIES["delivered_single_de"]


class Room:
    """One conversation at the real desk."""

    def __init__(self, shop: Shop, order: Order, conversation_id: str) -> None:
        signals = Signals()
        self.clock = shop.clock
        self.order = order
        self.id = conversation_id
        self.mail = MailQueue(shop.database, shop.clock, signals)
        self.desk = ConversationDesk(
            Conversations(shop.database, shop.clock, signals),
            OneTimeCodes(shop.database, shop.clock, b"a secret of this test"),
            self.mail,
            IcuRenderer(load_languages()),
            POLICY,
        )

    async def code(self, language: str = "de") -> str:
        """The code that was mailed last."""
        assert await self.desk.send_code(self.id, self.order, language)
        newest = (await self.mail.recent())[0]
        found = re.search(r"\b\d{6}\b", newest.text)
        assert found is not None
        return found.group()


@pytest.fixture
async def room(shop: Shop) -> Room:
    order = await shop.backend.order_by_number(STORY.number)
    assert order is not None
    conversation, _ = await Conversations(shop.database, shop.clock, Signals()).create()
    return Room(shop, order, conversation.id)


async def test_code_goes_to_the_address_of_the_order_in_her_language(room: Room) -> None:
    code = await room.code("de")
    (mail,) = await room.mail.recent()
    assert mail.recipient == STORY.email
    assert mail.language == "de"
    assert POLICY.shop.name in mail.subject
    assert code not in mail.subject
    assert STORY.number in mail.text


async def test_right_code_confirms_the_order_for_two_hours(room: Room) -> None:
    assert await room.desk.check_code(room.id, await room.code()) == (CodeOutcome.VERIFIED, room.order.id)
    assert await room.desk.grants(room.id) == {room.order.id: Level.CONFIRMED}
    room.clock.advance(timedelta(hours=2, seconds=1))
    assert await room.desk.grants(room.id) == {}


async def test_wrong_code_grants_nothing(room: Room) -> None:
    code = await room.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert await room.desk.check_code(room.id, wrong) == (CodeOutcome.WRONG, None)
    assert await room.desk.grants(room.id) == {}


async def test_code_is_good_once_and_not_for_long(room: Room) -> None:
    code = await room.code()
    room.clock.advance(timedelta(minutes=11))
    assert (await room.desk.check_code(room.id, code))[0] is CodeOutcome.EXPIRED
    code = await room.code()
    assert (await room.desk.check_code(room.id, code))[0] is CodeOutcome.VERIFIED
    assert (await room.desk.check_code(room.id, code))[0] is not CodeOutcome.VERIFIED


async def test_asking_for_many_codes_stops(room: Room) -> None:
    sent = [await room.desk.send_code(room.id, room.order, "en") for _ in range(9)]
    assert sent.index(False) == 5
    assert len(await room.mail.recent()) == 5


async def test_reading_lasts_a_day_and_never_lowers_what_is_confirmed(room: Room) -> None:
    await room.desk.grant(room.id, room.order.id, Level.CONFIRMED)
    await room.desk.grant(room.id, room.order.id, Level.ORDER_READ)
    assert await room.desk.grants(room.id) == {room.order.id: Level.CONFIRMED}


async def test_five_guesses_at_an_order_and_no_more_from_anywhere(room: Room) -> None:
    allowed = await asyncio.gather(*(room.desk.may_guess(f"192.0.2.{n}", "FH-1") for n in range(50)))
    assert sum(allowed) == 5
    assert await room.desk.may_guess("192.0.2.200", "FH-2")


async def test_five_wrong_guesses_from_an_address_and_no_more_at_anything(room: Room) -> None:
    for number in range(5):
        assert await room.desk.may_guess("192.0.2.1", f"FH-{number}")
        await room.desk.wrong_guess("192.0.2.1", f"FH-{number}")
    assert not await room.desk.may_guess("192.0.2.1", "FH-77")
    assert await room.desk.may_guess("192.0.2.2", "FH-77")


async def test_those_who_know_their_order_are_not_locked_out_by_coming_often(room: Room) -> None:
    for _ in range(20):
        assert await room.desk.may_guess("192.0.2.1", "FH-1")
        await room.desk.right_guess("FH-1")


async def test_unknown_address_is_no_address(room: Room) -> None:
    for number in range(9):
        assert await room.desk.may_guess("", f"FH-{number}")
        await room.desk.wrong_guess("", f"FH-{number}")


async def test_a_hundred_postcodes_at_once_open_nothing(shop: Shop, room: Room) -> None:
    guesses = [
        guess(shop, room, f"192.0.2.{n}", f"{n:05}") for n in range(100) if f"{n:05}" != STORY.postcode
    ]
    outcomes = await asyncio.gather(*guesses)
    assert outcomes.count("not_matched") == 5
    assert set(outcomes) == {"not_matched", "throttled"}
    assert await guess(shop, room, "198.51.100.9", STORY.postcode) == "throttled"


async def guess(shop: Shop, room: Room, address: str, postcode: str) -> str:
    context = replace(shop.context(conversation=room.id, address=address), desk=room.desk)
    arguments = {"order_number": STORY.number, "postcode": postcode}
    return (await shop.call("find_order", arguments, context)).outcome
