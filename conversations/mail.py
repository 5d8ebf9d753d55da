"""Outgoing mail: rows first, SMTP later; without an SMTP setting they stay rows, which the demo shows."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from conversations.alive import alive
from conversations.deliveries import Courier, Deliveries, Undeliverable
from conversations.models import Record
from conversations.rows import AnyRow
from conversations.signals import MAIL, Signals
from conversations.tables import mails
from facts.clock import Clock
from facts.identifiers import new_id
from persistence.engine import Database

SMTP_TIMEOUT_S = 20.0


class Mail(Record):
    """One outgoing mail. `sent_at` is when the server took it; `failure` why it did not so far."""

    id: str
    conversation_id: str | None = None
    recipient: str
    subject: str
    text: str
    language: str
    created_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    failure: str | None = None


class MailQueue:
    """The table of outgoing mail."""

    def __init__(self, database: Database, clock: Clock, signals: Signals) -> None:
        self._database = database
        self._clock = clock
        self._signals = signals

    async def add(
        self,
        recipient: str,
        subject: str,
        text: str,
        language: str,
        *,
        conversation_id: str | None = None,
        key: str | None = None,
    ) -> bool:
        """Put a mail into the table; the same key again, or an erased conversation, changes nothing and is False."""
        now = self._clock.now()
        try:
            async with self._database.write() as connection:
                if conversation_id is not None and not await alive(connection, conversation_id):
                    return False
                await connection.execute(
                    insert(mails).values(
                        id=new_id("mail"),
                        key=key,
                        conversation_id=conversation_id,
                        recipient=recipient,
                        subject=subject,
                        text=text,
                        language=language,
                        attempts=0,
                        next_at=now,
                        created_at=now,
                    )
                )
        except IntegrityError:
            if key is None:
                raise
            return False
        self._signals.publish(MAIL)
        return True

    async def recent(self, limit: int = 50) -> list[Mail]:
        """The newest mails first."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(mails).order_by(mails.c.created_at.desc(), mails.c.id).limit(limit)
            )
            return [_mail(row) for row in found]

    def courier(self, sender: SmtpSender) -> Courier:
        """Who carries these mails to a server."""
        deliveries = Deliveries(self._database, self._clock, mails)

        async def deliver(row: AnyRow) -> None:
            await sender.send(_mail(row))

        return Courier(deliveries, deliver, self._signals, MAIL)


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """An SMTP account: `smtp://user:password@host:port?starttls` or `smtps://…` for TLS from the start."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = None
    tls: bool = False
    starttls: bool = False

    @classmethod
    def from_url(cls, url: str, sender: str) -> SmtpSender:
        """Raises ValueError for a URL that names no SMTP server."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("an SMTP URL reads smtp://user:password@host:port?starttls")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            sender=sender,
            username=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            tls=tls,
            starttls="starttls" in parse_qs(parts.query, keep_blank_values=True),
        )

    async def send(self, mail: Mail) -> None:
        """Hand the mail to the server; raises Undeliverable when it will never take it."""
        options: dict[str, Any] = {"use_tls": self.tls}
        if not self.tls:
            # False, not None: a server that merely offers STARTTLS often has no certificate we could check.
            options["start_tls"] = self.starttls
        try:
            await aiosmtplib.send(
                self._message(mail),
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                timeout=SMTP_TIMEOUT_S,
                **options,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refused.code >= 500 for refused in error.recipients):
                raise Undeliverable("the server refuses the recipient") from error
            raise

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = mail.recipient
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = format_datetime(mail.created_at)
        # The row's own id: a mail that was sent twice after a crash is recognised as one.
        message["Message-ID"] = f"<{mail.id}@{self.sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        # After the text, which sweeps away every Content header that was there before it.
        message["Content-Language"] = mail.language
        return message


def _mail(row: AnyRow) -> Mail:
    return Mail(
        id=row.id,
        conversation_id=row.conversation_id,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        language=row.language,
        created_at=row.created_at,
        sent_at=row.done_at if row.failure is None else None,
        failure=row.failure,
    )
