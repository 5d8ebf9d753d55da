"""The odd messages of an ordinary day, through the real graph: fees, presents, reviews, other shops, missing parcels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from commerce.demo import Story
from commerce.disputes import Dispute, DisputeStatus
from commerce.embedded.backend import EmbeddedBackend
from commerce.shopdata import ShopData
from conversations.models import HandoffReason, Owner, Reply
from conversations.notifications import Channel
from conversations.tables import notifications
from i18n.languages import BUILT_IN
from nlu.perception import OUT_OF_SCOPE, Answer, IntentScore, Mood, Perception, Segment
from tests.crash.scripted import ScriptedUnderstanding
from tests.integration.agent.conftest import STORIES, House, Open, told

SINGLE, MOVING = STORIES["delivered_single_en"], STORIES["in_transit_en"]
MEANT = {
    "never got it": "not_received",
    "text message": "parcel_fee_message",
    "is a present": "gift_recipient",
    "one star": "review_bargain",
    "send back": "return_item",
    "at amazon": "wrong_shop",
    "paypal case": "chargeback",
    "tax number": "customs_request",
    "lower value": "under_declare",
    "joke": "small_talk",
    "courier": "cash_on_delivery",
    "cancel": "cancel_order",
    "person": "talk_to_human",
    "where is": "where_is_order",
    "thank": "thanks",
}


class Scripted(ScriptedUnderstanding):
    """Words decide the intent of each line; entities and signals are the real ones."""

    async def perceive(
        self, text: str, *, previous_language: str | None, presumed: bool = False
    ) -> Perception:
        entities = self.entities(text, "en")
        segments = tuple(
            Segment(line, 0, (IntentScore(self._meant(line), 0.99),), self.entities(line, "en"))
            for line in text.split(" / ")
        )
        answers = {"yes": Answer.YES, "no": Answer.NO}
        return Perception(
            text, "en", True, segments, entities, answers.get(text.lower().strip()), False, Mood.CALM, 0.0,
            frozenset(), 0.0,
        )  # fmt: skip

    def _meant(self, line: str) -> str:
        return next((intent for words, intent in MEANT.items() if words in line.lower()), OUT_OF_SCOPE)


class Heated(Scripted):
    """Hears rage in every message."""

    async def perceive(
        self, text: str, *, previous_language: str | None, presumed: bool = False
    ) -> Perception:
        return replace(
            await super().perceive(text, previous_language=previous_language, presumed=presumed),
            mood=Mood.FURIOUS,
        )


@pytest.fixture(scope="module")
def heated() -> Iterator[Heated]:
    loaded = Heated([BUILT_IN])
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def script() -> Iterator[Scripted]:
    loaded = Scripted([BUILT_IN])
    yield loaded
    loaded.close()


@pytest.fixture
async def scene(open_house: Open, shop_url: str, script: Scripted) -> House:
    return await open_house(shop_url, script)


def knows(story: Story) -> str:
    return f"{story.number} {story.email}"


async def ask(house: House, *messages: str) -> Reply:
    talk = await house.open()
    for message in messages[:-1]:
        await talk.say(message)
    return await talk.say(messages[-1])


async def put_dispute(house: House, number: str, status: DisputeStatus) -> None:
    backend = house.deployment.ports.backend
    assert isinstance(backend, EmbeddedBackend)
    order = await backend.order_by_number(number)
    assert order is not None
    now = datetime.now(UTC)
    case = Dispute(
        id="dsp_1", order_id=order.id, channel="paypal", amount=order.total, status=status,
        opened_at=now - timedelta(days=3),
    )  # fmt: skip
    await backend.load(ShopData((), (), (), (), disputes=(case,)))


async def test_the_first_reply_says_that_an_ai_answers_and_the_second_does_not(scene: House) -> None:
    talk = await scene.open()
    says = scene.words("en", "social.disclosure")
    first = await talk.say("where is my order")
    assert first.text.startswith(says)
    assert says not in (await talk.say(knows(MOVING))).text


async def test_a_false_fee_is_warned_of_and_its_link_never_repeated(scene: House) -> None:
    talk = await scene.open()
    message = "I got a text message to pay 1.99 at https://dhl-zoll.example/pay"
    warned = await talk.say(message)
    assert scene.words("en", "parcel_fee.warning") in warned.text
    assert scene.words("en", "parcel_fee.if_paid") in warned.text
    assert "dhl-zoll" not in warned.text
    assert "1.99" not in warned.text
    checked = await talk.say(knows(MOVING))
    assert told(checked) == ["charges.nothing_due"]
    assert scene.words("en", "parcel_fee.warning") not in checked.text


async def test_who_declines_the_check_is_not_asked_again(scene: House) -> None:
    reply = await ask(scene, "a text message wants money", "thank you")
    assert reply.text == scene.words("en", "social.thanks")


async def test_not_received_is_looked_for_then_asked_of_the_carrier(scene: House) -> None:
    talk = await scene.open()
    first = await talk.say(f"It says delivered and I never got it: {knows(SINGLE)}")
    assert told(first) == ["missing.inquiry_possible"]
    assert scene.words("en", "missing.ask_searched") in first.text
    coded = await talk.say("yes")
    assert told(coded) == ["identity.code_sent"]


async def test_who_has_not_looked_yet_takes_her_time(scene: House) -> None:
    reply = await ask(scene, f"I never got it: {knows(SINGLE)}", "no")
    assert reply.text == scene.words("en", "missing.take_your_time")
    assert reply.owner is Owner.ASSISTANT


async def test_not_delivered_yet_is_tracked(scene: House) -> None:
    reply = await ask(scene, f"I never got it: {knows(MOVING)}")
    assert told(reply) == ["tracking.in_transit"]


async def test_a_recipient_hears_no_price_and_no_buyer(scene: House) -> None:
    talk = await scene.open()
    first = await talk.say("This is a present, who sent it and what did it cost?")
    assert scene.words("en", "present.what_i_can_do") in first.text
    seen = await talk.say(f"{SINGLE.number} {SINGLE.postcode}")
    assert told(seen) == ["tracking.delivered"]
    where = await talk.say("where is my order")
    assert not any(name in ("total", "payment") for entry in where.evidence for name in entry.facts)
    back = await talk.say("I want to send back the thing")
    while not back.handoff and back.quick_replies:
        back = await talk.say(back.quick_replies[0])
    assert told(back)[0] == "present.voucher"
    assert back.handoff is not None
    assert "identity.code_sent" not in told(back)


async def test_a_review_is_not_traded_and_the_matter_goes_on(scene: House) -> None:
    reply = await ask(scene, f"refund or one star / I want to send back {knows(SINGLE)}")
    assert scene.words("en", "review.never_traded_brief") in reply.text
    assert reply.owner is Owner.ASSISTANT
    assert scene.words("en", "return.ask_reason") in reply.text


async def test_a_heated_bargain_is_answered_once_and_then_by_a_person(
    open_house: Open, shop_url: str, heated: Heated
) -> None:
    talk = await (await open_house(shop_url, heated)).open()
    first = await talk.say("refund or one star")
    assert first.handoff is None
    second = await talk.say("refund or one star, I said")
    assert second.handoff is not None
    assert second.handoff.reason is HandoffReason.FURIOUS


async def test_a_senior_is_told_of_it_once_and_nobody_is_handed_over(
    open_house: Open, shop_url: str, script: Scripted
) -> None:
    house = await open_house(shop_url, script, staff_webhook_url="http://127.0.0.1:9/hook")
    assert Channel.WEBHOOK in house.conversations.staff_channels
    talk = await house.open()
    await talk.say("Refund or one star")
    await talk.say("I mean it: one star")
    async with house.deployment.database.read() as connection:
        rows = (
            await connection.execute(select(notifications).where(notifications.c.conversation_id == talk.id))
        ).all()
    assert [row.channel for row in rows] == [*house.conversations.staff_channels]
    assert {row.payload["reason"] for row in rows} == {HandoffReason.REVIEW_PRESSURE}
    assert await house.conversations.open_handoff(talk.id) is None


async def test_an_open_case_stops_the_return_and_brings_a_person(scene: House) -> None:
    await put_dispute(scene, SINGLE.number, DisputeStatus.OPEN)
    reply = await ask(scene, f"I want to send back {knows(SINGLE)}")
    assert told(reply)[0] == "dispute.open"
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.DISPUTE


async def test_who_tells_of_a_case_hears_how_it_stands_and_how_to_withdraw(scene: House) -> None:
    await put_dispute(scene, SINGLE.number, DisputeStatus.OPEN)
    reply = await ask(scene, f"I opened a PayPal case about {knows(SINGLE)}")
    assert told(reply)[0] == "dispute.open"
    assert scene.words("en", "dispute.how_to_withdraw") in reply.text
    assert reply.handoff is not None


async def test_the_wrong_shop_hears_whose_shop_this_is(scene: House) -> None:
    assert told(await ask(scene, "I bought it at Amazon")) == ["shop.this_is"]


async def test_an_order_number_of_a_marketplace_is_known_as_such(scene: House) -> None:
    reply = await ask(scene, "where is my order", "302-1234567-7654321")
    assert scene.words("en", "shop.foreign_number") in reply.text


async def test_customs_numbers_are_explained_and_not_collected(scene: House) -> None:
    reply = await ask(scene, "Customs wants my tax number 529.982.247-25")
    assert scene.words("en", "customs.not_here") in reply.text
    assert "529.982" not in reply.text


async def test_a_number_of_an_identity_card_is_not_stored(scene: House) -> None:
    talk = await scene.open()
    await talk.say("Customs wants my tax number, it is 529.982.247-25")
    assert all("529.982" not in message.text for message in await talk.transcript())


async def test_a_lower_value_is_declined_and_the_true_duties_are_told(scene: House) -> None:
    reply = await ask(scene, "write a lower value on the form", "Canada")
    assert told(reply) == ["policy.duties_customer_pays", "landed.free_up_to", "landed.source"]


async def test_small_talk_is_brief_and_comes_back_to_business(scene: House) -> None:
    assert scene.words("en", "social.small_talk") in (await ask(scene, "tell me a joke")).text


async def test_a_courier_who_asks_for_more_is_answered_from_the_order(scene: House) -> None:
    reply = await ask(scene, f"the courier wants more money at the door, {knows(MOVING)}")
    assert told(reply) == ["charges.nothing_due"]
    assert scene.words("en", "charges.pay_no_more") in reply.text


@pytest.mark.parametrize(("language", "message"), [
    ("de", "Ich bin 14 und will meine Bestellung stornieren"),
    ("en", "I'm 13 and used my mom's card, please cancel the order"),
])  # fmt: skip
async def test_with_a_child_nothing_is_cancelled_and_a_person_comes(
    house: House, language: str, message: str
) -> None:
    reply = await ask(house, message)
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.MINOR
    assert house.words(language, "handoff.minor") in reply.text


async def test_a_polite_lawyer_is_still_a_legal_matter(house: House) -> None:
    reply = await ask(house, "I will call my lawyer if this is not solved, kindly")
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.LEGAL
