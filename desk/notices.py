"""Tells staff of a handoff: by signed webhook, by mail; `desk/robots.py` by the robots of group chats.

A receiver of the webhook checks `Dragoman-Signature: v1=<hex>`: the HMAC-SHA256, with the shared secret, of the
header `Dragoman-Timestamp` (seconds since 1970), a full stop, and the raw body. It refuses old timestamps, and
takes a `Dragoman-Delivery` that it has seen before as the same notice.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

import httpx

from conversations.deliveries import Courier, Deliver, Deliveries, Undeliverable
from conversations.mail import MailQueue
from conversations.models import Handoff, HandoffReason, Priority
from conversations.notifications import Channel
from conversations.rows import AnyRow
from conversations.signals import STAFF_DESK, Signals
from conversations.tables import notifications
from facts.clock import Clock
from facts.values import Term
from i18n.locale import Locale
from i18n.rendering import Renderer
from persistence.engine import Database

HANDOFF_EVENT = "handoff.waiting"
NOTE_EVENT = "conversation.note"
"""Something that seniors are told of while the assistant goes on: nobody waits."""
NOTES = frozenset({HandoffReason.REVIEW_PRESSURE})
GONE = 410


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `Dragoman-Signature`."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


class Webhook:
    """One address of the shop that hears of handoffs."""

    def __init__(self, url: str, secret: str, client: httpx.AsyncClient, clock: Clock) -> None:
        self._url = url
        self._secret = secret
        self._client = client
        self._clock = clock

    async def deliver(self, row: AnyRow) -> None:
        """Post the notice; any answer but 2xx is a failure, 410 for good."""
        event = NOTE_EVENT if row.payload["reason"] in NOTES else HANDOFF_EVENT
        body = json.dumps({"event": event} | row.payload, ensure_ascii=False).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Dragoman-Event": event,
            "Dragoman-Delivery": row.id,
            "Dragoman-Timestamp": timestamp,
            "Dragoman-Signature": signature(self._secret, timestamp, body),
        }
        response = await self._client.post(self._url, content=body, headers=headers)
        if response.status_code == GONE:
            raise Undeliverable("the webhook answers 410 Gone")
        response.raise_for_status()


class StaffMail:
    """The mailbox that hears of handoffs."""

    def __init__(self, recipient: str, queue: MailQueue, renderer: Renderer, language: str) -> None:
        self._recipient = recipient
        self._queue = queue
        self._renderer = renderer
        self._locale = Locale(language)

    async def deliver(self, row: AnyRow) -> None:
        """Put one mail into the outgoing table: the summary in every language it has, ours first."""
        handoff = Handoff.model_validate(row.payload)
        subject = self._renderer.message(
            self._locale,
            "desk.mail.subject",
            {
                "priority": Term(id=f"term.priority.{handoff.priority}"),
                "reason": Term(id=f"term.handoff.{handoff.reason}"),
            },
        )
        ours = handoff.summary.get(self._locale.language)
        others = [text for language, text in handoff.summary.items() if language != self._locale.language]
        text = "\n\n".join([*filter(None, [ours]), *others, handoff.conversation_id])
        await self._queue.add(
            self._recipient,
            subject,
            text,
            self._locale.language,
            conversation_id=handoff.conversation_id,
            key=f"notice:{row.id}",
        )


def staff_courier(
    database: Database, clock: Clock, signals: Signals, channels: Mapping[Channel, Deliver]
) -> Courier:
    """Who carries notices by these channels, urgent ones first; the others' rows are left alone."""
    only = notifications.c.channel.in_(list(channels))
    urgent = notifications.c.payload["priority"].as_string() == Priority.URGENT
    deliveries = Deliveries(database, clock, notifications, only, first=urgent)

    async def deliver(row: AnyRow) -> None:
        await channels[Channel(row.channel)](row)

    return Courier(deliveries, deliver, signals, STAFF_DESK)
