"""What must leave arrives once, after failures and restarts too: webhook over HTTP, mail over SMTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import select

from conversations.deliveries import (
    ATTEMPT_TTL,
    FIRST_PAUSE,
    MAX_ATTEMPTS,
    Courier,
    Deliveries,
)
from conversations.mail import MailQueue, SmtpSender
from conversations.models import Conversation, Priority
from conversations.notifications import Channel
from conversations.repository import Conversations
from conversations.rows import AnyRow
from conversations.signals import MAIL
from conversations.tables import mails, notifications
from desk.notices import StaffMail, Webhook, staff_courier
from facts.clock import FakeClock
from i18n.catalogue import IcuRenderer
from i18n.languages import BUILT_IN, load_languages
from persistence.engine import Database
from tests.contract.conversations.receiver import Receiver
from tests.contract.conversations.samples import START, handoff_of

SECRET = "webhook secret"


@pytest.fixture(scope="module")
def renderer() -> IcuRenderer:
    return IcuRenderer(load_languages([BUILT_IN]))


async def test_webhook_is_signed_and_arrives_once(
    conversations: Conversations, conversation: Conversation, clock: FakeClock, receiver: Receiver
) -> None:
    handoff = await conversations.queue(conversation.id, handoff_of(conversation, Priority.HIGH))
    async with httpx.AsyncClient() as client:
        hook = Webhook(f"http://127.0.0.1:{receiver.port}/hook", SECRET, client, clock)
        courier = staff_courier(
            conversations.database, clock, conversations.signals, {Channel.WEBHOOK: hook.deliver}
        )
        assert await courier.round() == 1
        assert await courier.round() == 0
    ((headers, body),) = receiver.seen
    signed = headers["dragoman-timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["dragoman-signature"] == f"v1={expected}"
    assert headers["dragoman-timestamp"] == str(int(START.timestamp()))
    told = json.loads(body)
    assert (told["event"], told["id"], told["priority"]) == ("handoff.waiting", handoff.id, "high")
    assert told["summary"]["zh-Hans"] == "要求人工服务。"


async def test_failing_webhook_is_tried_again_after_longer_pauses(
    conversations: Conversations, conversation: Conversation, clock: FakeClock, receiver: Receiver
) -> None:
    await conversations.queue(conversation.id, handoff_of(conversation))
    receiver.statuses = [500, 302, 204]
    async with httpx.AsyncClient() as client:
        hook = Webhook(f"http://127.0.0.1:{receiver.port}/hook", SECRET, client, clock)
        courier = staff_courier(
            conversations.database, clock, conversations.signals, {Channel.WEBHOOK: hook.deliver}
        )
        for pause in (FIRST_PAUSE, 2 * FIRST_PAUSE):
            assert await courier.round() == 1
            clock.advance(pause - timedelta(seconds=1))
            assert await courier.round() == 0
            clock.advance(timedelta(seconds=1))
        assert await courier.round() == 1
        clock.advance(timedelta(days=1))
        assert await courier.round() == 0
    ids = {headers["dragoman-delivery"] for headers, _ in receiver.seen}
    assert (len(receiver.seen), len(ids)) == (3, 1), "the receiver can tell that it is the same notice"


async def test_webhook_that_is_gone_is_left_alone(
    conversations: Conversations, conversation: Conversation, clock: FakeClock, receiver: Receiver
) -> None:
    await conversations.queue(conversation.id, handoff_of(conversation))
    receiver.statuses = [410]
    async with httpx.AsyncClient() as client:
        hook = Webhook(f"http://127.0.0.1:{receiver.port}/hook", SECRET, client, clock)
        courier = staff_courier(
            conversations.database, clock, conversations.signals, {Channel.WEBHOOK: hook.deliver}
        )
        await courier.round()
        clock.advance(timedelta(days=1))
        assert await courier.round() == 0


async def test_staff_mail_names_priority_reason_and_every_summary(
    conversations: Conversations, conversation: Conversation, clock: FakeClock, renderer: IcuRenderer
) -> None:
    await conversations.queue(conversation.id, handoff_of(conversation, Priority.URGENT))
    queue = MailQueue(conversations.database, clock, conversations.signals)
    staff = StaffMail("staff@shop.example", queue, renderer, "en")
    courier = staff_courier(
        conversations.database, clock, conversations.signals, {Channel.MAIL: staff.deliver}
    )
    await courier.round()
    (mail,) = await queue.recent()
    assert mail.recipient == "staff@shop.example"
    assert mail.subject == "urgent: asked for a person"
    assert mail.text.index("Asks for a person.") < mail.text.index("要求人工服务。")
    assert conversation.id in mail.text


async def test_notice_that_was_mailed_before_a_crash_is_not_mailed_again(
    conversations: Conversations, conversation: Conversation, clock: FakeClock, renderer: IcuRenderer
) -> None:
    await conversations.queue(conversation.id, handoff_of(conversation))
    queue = MailQueue(conversations.database, clock, conversations.signals)
    staff = StaffMail("staff@shop.example", queue, renderer, "en")
    only = notifications.c.channel == Channel.MAIL
    (row,) = await Deliveries(conversations.database, clock, notifications, only).take_due()
    await staff.deliver(row)
    # Here the process died before it could write that it was done.
    clock.advance(ATTEMPT_TTL)
    courier = staff_courier(
        conversations.database, clock, conversations.signals, {Channel.MAIL: staff.deliver}
    )
    assert await courier.round() == 1
    assert len(await queue.recent()) == 1


async def test_two_couriers_never_carry_the_same_row(
    database: Database, database_url: str, conversations: Conversations, clock: FakeClock
) -> None:
    elsewhere = Database(database_url)
    queue = MailQueue(database, clock, conversations.signals)
    for n in range(30):
        await queue.add("ada@example.com", f"{n}", "text", "en")
    carried: list[str] = []

    async def deliver(row: AnyRow) -> None:
        carried.append(row.subject)

    couriers = [
        Courier(Deliveries(each, clock, mails), deliver, conversations.signals, MAIL)
        for each in (database, elsewhere, database, elsewhere)
    ]
    for _ in range(3):
        await asyncio.gather(*(courier.round() for courier in couriers))
    assert sorted(carried, key=int) == [f"{n}" for n in range(30)]
    await elsewhere.close()


async def test_hopeless_delivery_is_given_up_and_keeps_no_words(
    database: Database, conversations: Conversations, clock: FakeClock
) -> None:
    queue = MailQueue(database, clock, conversations.signals)
    await queue.add("ada@example.com", "s", "t", "en")

    async def fails(row: AnyRow) -> None:
        raise OSError("could not reach ada@example.com")

    courier = Courier(Deliveries(database, clock, mails), fails, conversations.signals, MAIL)
    for _ in range(MAX_ATTEMPTS):
        assert await courier.round() == 1
        clock.advance(timedelta(hours=1))
    assert await courier.round() == 0
    (mail,) = await queue.recent()
    assert (mail.sent_at, mail.failure) == (None, "OSError")


async def test_same_key_is_one_mail_and_wakes_the_courier(
    database: Database, conversations: Conversations, clock: FakeClock
) -> None:
    queue = MailQueue(database, clock, conversations.signals)
    arrived = asyncio.Event()

    async def deliver(row: AnyRow) -> None:
        arrived.set()

    running = asyncio.create_task(
        Courier(Deliveries(database, clock, mails), deliver, conversations.signals, MAIL).run()
    )
    await asyncio.sleep(0.05)
    for _ in range(2):
        await queue.add("ada@example.com", "s", "t", "en", key="once")
    async with asyncio.timeout(5):
        await arrived.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with database.read() as connection:
        assert len((await connection.execute(select(mails))).all()) == 1


class Sink:
    """An SMTP server's handler that keeps mails and refuses one recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(
        self, server: object, session: object, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


async def test_mail_goes_over_smtp_once_with_its_language(
    database: Database, conversations: Conversations, clock: FakeClock
) -> None:
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        queue = MailQueue(database, clock, conversations.signals)
        await queue.add("ada@example.com", "Ihr Code für\nBestellung", "Ihr Code ist 123456.", "de")
        await queue.add("nobody@example.com", "s", "t", "en")
        courier = queue.courier(SmtpSender.from_url(f"smtp://127.0.0.1:{port}", "shop@example.com"))
        assert await courier.round() == 2
        assert await courier.round() == 0
    (mail,) = sink.mails
    assert (mail["To"], mail["From"], mail["Content-Language"]) == (
        "ada@example.com",
        "shop@example.com",
        "de",
    )
    assert mail["Subject"] == "Ihr Code für Bestellung"
    assert mail.get_content().strip() == "Ihr Code ist 123456."
    sent = {m.recipient: m for m in await queue.recent()}
    assert sent["ada@example.com"].sent_at == START
    assert sent["nobody@example.com"].failure == "the server refuses the recipient"


async def test_mail_waits_while_the_server_is_away(
    database: Database, conversations: Conversations, clock: FakeClock
) -> None:
    queue = MailQueue(database, clock, conversations.signals)
    await queue.add("ada@example.com", "s", "t", "en")
    courier = queue.courier(SmtpSender.from_url("smtp://127.0.0.1:9", "shop@example.com"))
    assert await courier.round() == 1
    (mail,) = await queue.recent()
    assert mail.sent_at is None
    clock.advance(FIRST_PAUSE)
    assert await courier.round() == 1


def test_smtp_url_says_how_to_connect() -> None:
    sender = SmtpSender.from_url("smtp://me%40shop:p%3Aw@mail.example:2525?starttls", "shop@example.com")
    assert (sender.host, sender.port, sender.username, sender.password) == (
        "mail.example",
        2525,
        "me@shop",
        "p:w",
    )
    assert (sender.starttls, sender.tls) == (True, False)
    secure = SmtpSender.from_url("smtps://mail.example", "s")
    assert (secure.tls, secure.starttls, secure.port) == (True, False, 465)
    for wrong in ("http://mail.example", "smtp://", "mail.example"):
        with pytest.raises(ValueError, match="SMTP URL"):
            SmtpSender.from_url(wrong, "s")
