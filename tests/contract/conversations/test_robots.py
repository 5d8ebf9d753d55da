"""Alerts arrive in group chats signed and worded as each platform wants them, and a refusal in the body is no arrival."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from conversations.deliveries import FIRST_PAUSE, Courier
from conversations.models import Conversation, HandoffReason, Priority
from conversations.notifications import Channel
from conversations.repository import Conversations
from conversations.signals import Signals
from conversations.tables import notifications
from desk.alerts import AlertWriter
from desk.notices import staff_courier
from desk.robots import DingTalk, Feishu, Platform, Robot, Slack, WeCom
from facts.clock import FakeClock
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from persistence.engine import Database
from tests.contract.conversations.receiver import Receiver
from tests.contract.conversations.samples import START, handoff_of

SECRET = "SECdd7e"
ROBOTS = (Channel.SLACK, Channel.FEISHU, Channel.DINGTALK, Channel.WECOM)
YES = {
    Channel.SLACK: b"ok",
    Channel.FEISHU: b'{"code":0,"msg":"success","data":{}}',
    Channel.DINGTALK: b'{"errcode":0,"errmsg":"ok"}',
    Channel.WECOM: b'{"errcode":0,"errmsg":"ok"}',
}
NO = {
    Channel.FEISHU: b'{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}',
    Channel.DINGTALK: b'{"errcode":310000,"errmsg":"sign not match"}',
    Channel.WECOM: b'{"errcode":45009,"errmsg":"api freq out of limit"}',
}
PLATFORMS: dict[Channel, Platform] = {
    Channel.SLACK: Slack(),
    Channel.FEISHU: Feishu(SECRET),
    Channel.DINGTALK: DingTalk(SECRET),
    Channel.WECOM: WeCom(),
}

Carrier = Callable[..., Courier]


@pytest.fixture(scope="module")
def renderer() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


@pytest.fixture
def conversations(database: Database, clock: FakeClock) -> Conversations:
    return Conversations(database, clock, Signals(), ROBOTS)


@pytest.fixture
async def carrier(
    conversations: Conversations, clock: FakeClock, receiver: Receiver, renderer: IcuRenderer
) -> AsyncIterator[Carrier]:
    """Makes the courier of one platform's robot, which lives at the receiver."""
    async with httpx.AsyncClient() as client:

        def make(channel: Channel, language: str = "en", public: str | None = "https://help.shop") -> Courier:
            writer = AlertWriter(renderer, language, public)
            url = receiver.url("/robot?access_token=t%2Bk")
            robot = Robot(PLATFORMS[channel], url, writer, client, clock)
            return staff_courier(
                conversations.database, clock, conversations.signals, {channel: robot.deliver}
            )

        yield make


async def _alarm(
    conversations: Conversations, conversation: Conversation, priority: Priority = Priority.URGENT
) -> None:
    handoff = handoff_of(conversation, priority).model_copy(update={"reason": HandoffReason.SAFETY})
    await conversations.queue(conversation.id, handoff)


def _sent(receiver: Receiver) -> Any:
    return json.loads(receiver.seen[-1][1])


def _signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


async def test_slack_hears_title_text_and_link(
    conversations: Conversations, conversation: Conversation, receiver: Receiver, carrier: Carrier
) -> None:
    await _alarm(conversations, conversation)
    receiver.answers = [YES[Channel.SLACK]]
    assert await carrier(Channel.SLACK).round() == 1
    sent = _sent(receiver)
    assert sent["text"] == "urgent: safety concern"
    header, section = sent["blocks"]
    assert header["text"] == {"type": "plain_text", "text": "urgent: safety concern"}
    link = f"<https://help.shop/desk#conversation={conversation.id}|Open the conversation>"
    said = f"Language: German. Reason for handing over: safety concern.\n{link}"
    assert section["text"] == {"type": "mrkdwn", "text": said}


async def test_feishu_is_signed_in_the_body_with_seconds(
    conversations: Conversations, conversation: Conversation, receiver: Receiver, carrier: Carrier
) -> None:
    await _alarm(conversations, conversation)
    receiver.answers = [YES[Channel.FEISHU]]
    await carrier(Channel.FEISHU, "zh-Hans").round()
    sent, timestamp = _sent(receiver), str(int(START.timestamp()))
    assert (sent["timestamp"], sent["sign"]) == (timestamp, _signed(f"{timestamp}\n{SECRET}", ""))
    card = sent["card"]
    assert (sent["msg_type"], card["header"]["template"]) == ("interactive", "red")
    assert card["header"]["title"]["content"] == "【优先级：紧急】安全问题"
    text, actions = card["elements"]
    assert text["text"]["content"] == "语言：德语。转人工原因：安全问题。"
    (button,) = actions["actions"]
    assert button["url"] == f"https://help.shop/desk#conversation={conversation.id}"
    assert button["text"]["content"] == "打开对话"


async def test_dingtalk_is_signed_in_the_address_with_milliseconds(
    conversations: Conversations, conversation: Conversation, receiver: Receiver, carrier: Carrier
) -> None:
    await _alarm(conversations, conversation)
    receiver.answers = [YES[Channel.DINGTALK]]
    await carrier(Channel.DINGTALK, "zh-Hans").round()
    query = parse_qs(urlsplit(receiver.targets[0]).query, strict_parsing=True)
    timestamp = str(int(START.timestamp() * 1000))
    assert query == {
        "access_token": ["t+k"],
        "timestamp": [timestamp],
        "sign": [_signed(SECRET, f"{timestamp}\n{SECRET}")],
    }
    sent = _sent(receiver)
    assert (sent["msgtype"], sent["markdown"]["title"]) == ("markdown", "【优先级：紧急】安全问题")
    link = f"[打开对话](https://help.shop/desk#conversation={conversation.id})"
    assert sent["markdown"]["text"].split("\n\n")[1:] == ["语言：德语。转人工原因：安全问题。", link]


async def test_wecom_is_sent_markdown_without_a_signature(
    conversations: Conversations, conversation: Conversation, receiver: Receiver, carrier: Carrier
) -> None:
    await _alarm(conversations, conversation)
    receiver.answers = [YES[Channel.WECOM]]
    await carrier(Channel.WECOM, "de", None).round()
    assert receiver.targets == ["/robot?access_token=t%2Bk"]
    assert _sent(receiver) == {
        "msgtype": "markdown",
        "markdown": {
            "content": "**Priorität dringend: Sicherheitsbedenken**\n"
            "Sprache: Deutsch. Grund der Übergabe: Sicherheitsbedenken."
        },
    }


@pytest.mark.parametrize("channel", NO)
async def test_refusal_in_the_body_is_tried_again(
    channel: Channel,
    conversations: Conversations,
    conversation: Conversation,
    receiver: Receiver,
    carrier: Carrier,
    clock: FakeClock,
) -> None:
    await _alarm(conversations, conversation)
    receiver.answers = [NO[channel], b"<html>", b"{}", YES[channel]]
    courier = carrier(channel)
    waited = timedelta()
    for attempt in range(4):
        assert await courier.round() == 1
        pause = FIRST_PAUSE * 2**attempt
        clock.advance(pause)
        waited += pause if attempt < 3 else timedelta()
    assert waited < timedelta(seconds=60), "three refusals do not cost the minute in which staff must hear"
    assert await courier.round() == 0
    async with conversations.database.read() as connection:
        mine = select(notifications).where(notifications.c.channel == channel)
        row = (await connection.execute(mine)).one()
    assert (row.attempts, row.failure, row.done_at is not None) == (4, None, True)


@pytest.mark.parametrize("channel", ROBOTS)
async def test_bad_statuses_are_tried_again_and_gone_is_for_good(
    channel: Channel,
    conversations: Conversations,
    conversation: Conversation,
    receiver: Receiver,
    carrier: Carrier,
    clock: FakeClock,
) -> None:
    await _alarm(conversations, conversation)
    receiver.statuses = [500, 429, 410]
    courier = carrier(channel)
    for attempt in range(3):
        assert await courier.round() == 1
        clock.advance(FIRST_PAUSE * 2**attempt)
    clock.advance(timedelta(days=1))
    assert await courier.round() == 0


@pytest.mark.parametrize("channel", ROBOTS)
async def test_alert_says_nothing_of_the_customer(
    channel: Channel, conversations: Conversations, receiver: Receiver, carrier: Carrier
) -> None:
    opened, _ = await conversations.create(customer_id="cus-77", customer_email="ada@example.com")
    await conversations.accept(opened.id, "my lamp is burning", "k")
    summary = {"en": "Order DR-1001, Ada Lovelace", "zh-Hans": "订单 DR-1001"}
    handoff = handoff_of(opened, Priority.URGENT).model_copy(update={"summary": summary})
    await conversations.queue(opened.id, handoff)
    await carrier(channel).round()
    told = receiver.seen[0][1].decode()
    assert not [word for word in ("DR-1001", "Ada", "ada@", "lamp", "cus-77") if word in told]


async def test_robots_hear_only_what_cannot_wait_unless_told_otherwise(
    conversations: Conversations, conversation: Conversation, database: Database, clock: FakeClock
) -> None:
    await _alarm(conversations, conversation, Priority.NORMAL)
    chatty = Conversations(database, clock, Signals(), (*ROBOTS, Channel.MAIL), robots_from=Priority.NORMAL)
    other, _ = await chatty.create()
    await _alarm(chatty, other, Priority.NORMAL)
    await _alarm(conversations, conversation, Priority.URGENT)
    async with database.read() as connection:
        rows = (await connection.execute(select(notifications))).all()
    of = {
        each.id: sorted(r.channel for r in rows if r.conversation_id == each.id)
        for each in (conversation, other)
    }
    assert of == {conversation.id: sorted(ROBOTS), other.id: sorted((*ROBOTS, Channel.MAIL))}


async def test_urgent_alert_overtakes_those_that_wait(
    conversations: Conversations, receiver: Receiver, carrier: Carrier, clock: FakeClock
) -> None:
    for _ in range(25):
        opened, _token = await conversations.create()
        await _alarm(conversations, opened, Priority.HIGH)
    clock.advance(timedelta(seconds=1))
    opened, _token = await conversations.create()
    await _alarm(conversations, opened, Priority.URGENT)
    await carrier(Channel.SLACK).round()
    assert any(opened.id in body.decode() for _, body in receiver.seen)
