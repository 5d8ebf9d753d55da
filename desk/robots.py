"""Robots of group chats: what Slack, Feishu, DingTalk and WeCom want to be sent, and how they say no.

- Slack, incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
- Feishu, custom bots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
- DingTalk, custom robots: https://open.dingtalk.com/document/orgapp/custom-robot-access
- WeCom, group robots: https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx
import structlog

from conversations.deliveries import Undeliverable
from conversations.models import Handoff
from conversations.rows import AnyRow
from desk.alerts import Alert, AlertWriter
from facts.clock import Clock

log = structlog.get_logger(__name__)

GONE = 410

Json = dict[str, Any]


class RobotRefused(Exception):
    """The platform took the request and not the message; its code tells the operator why."""


class Platform(Protocol):
    """How one platform is spoken to."""

    def query(self, now: datetime) -> Mapping[str, str]:
        """What is added to the robot's address."""
        ...

    def body(self, alert: Alert, now: datetime) -> Json: ...

    def refusal(self, answer: httpx.Response) -> str | None:
        """The code with which a successful answer says that the message was not taken."""
        ...


class Robot:
    """One robot in one group."""

    def __init__(
        self, platform: Platform, url: str, writer: AlertWriter, client: httpx.AsyncClient, clock: Clock
    ) -> None:
        self._platform = platform
        self._url = httpx.URL(url)
        self._writer = writer
        self._client = client
        self._clock = clock

    async def deliver(self, row: AnyRow) -> None:
        """Post the alert; any answer but a yes is a failure, 410 for good."""
        alert, now = self._writer.write(Handoff.model_validate(row.payload)), self._clock.now()
        address = self._url.copy_merge_params(dict(self._platform.query(now)))
        answer = await self._client.post(address, json=self._platform.body(alert, now))
        if answer.status_code == GONE:
            raise Undeliverable("the robot answers 410 Gone")
        answer.raise_for_status()
        if (code := self._platform.refusal(answer)) is not None:
            log.warning("robot_refused", platform=type(self._platform).__name__, code=code)
            raise RobotRefused(code)


@dataclass(frozen=True, slots=True)
class Slack:
    """Answers with statuses."""

    def query(self, now: datetime) -> Mapping[str, str]:
        return {}

    def body(self, alert: Alert, now: datetime) -> Json:
        text = f"{_escaped(alert.text)}\n<{alert.url}|{_escaped(alert.open)}>" if alert.url else alert.text
        title = {"type": "plain_text", "text": alert.title[:150]}
        blocks = [
            {"type": "header", "text": title},
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        ]
        # `text` is what a notification shows; the message itself is in the blocks.
        return {"text": _escaped(alert.title), "blocks": blocks}

    def refusal(self, answer: httpx.Response) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class Feishu:
    """Signs in the body: the key is the text to be signed, and what is signed is empty."""

    secret: str | None = None

    def query(self, now: datetime) -> Mapping[str, str]:
        return {}

    def body(self, alert: Alert, now: datetime) -> Json:
        elements: list[Json] = [{"tag": "div", "text": {"tag": "plain_text", "content": alert.text}}]
        if alert.url:
            label = {"tag": "plain_text", "content": alert.open}
            elements.append(
                {
                    "tag": "action",
                    "actions": [{"tag": "button", "type": "primary", "text": label, "url": alert.url}],
                }
            )
        header = {
            "title": {"tag": "plain_text", "content": alert.title},
            "template": "red" if alert.urgent else "orange",
        }
        card = {"config": {"wide_screen_mode": True}, "header": header, "elements": elements}
        return {**self._signed(now), "msg_type": "interactive", "card": card}

    def _signed(self, now: datetime) -> Json:
        if self.secret is None:
            return {}
        timestamp = str(int(now.timestamp()))
        return {"timestamp": timestamp, "sign": _signature(f"{timestamp}\n{self.secret}", "")}

    def refusal(self, answer: httpx.Response) -> str | None:
        return _code(answer, "code", "StatusCode")


@dataclass(frozen=True, slots=True)
class DingTalk:
    """Signs in the address, in milliseconds."""

    secret: str | None = None

    def query(self, now: datetime) -> Mapping[str, str]:
        if self.secret is None:
            return {}
        timestamp = str(int(now.timestamp() * 1000))
        return {"timestamp": timestamp, "sign": _signature(self.secret, f"{timestamp}\n{self.secret}")}

    def body(self, alert: Alert, now: datetime) -> Json:
        # A single line end is no new line in DingTalk's Markdown.
        text = "\n\n".join([f"### {alert.title}", alert.text, *_link(alert)])
        return {"msgtype": "markdown", "markdown": {"title": alert.title, "text": text}}

    def refusal(self, answer: httpx.Response) -> str | None:
        return _code(answer, "errcode")


@dataclass(frozen=True, slots=True)
class WeCom:
    """Known by the key in its address alone."""

    def query(self, now: datetime) -> Mapping[str, str]:
        return {}

    def body(self, alert: Alert, now: datetime) -> Json:
        text = "\n".join([f"**{alert.title}**", alert.text, *_link(alert)])
        return {"msgtype": "markdown", "markdown": {"content": text}}

    def refusal(self, answer: httpx.Response) -> str | None:
        return _code(answer, "errcode")


def _signature(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _code(answer: httpx.Response, *names: str) -> str | None:
    """None for code 0; an answer that names no code is no yes."""
    try:
        body = answer.json()
    except ValueError:
        return "no JSON"
    codes = [body[name] for name in names if name in body] if isinstance(body, dict) else []
    if not codes:
        return "no code"
    return None if codes[0] == 0 else str(codes[0])


def _link(alert: Alert) -> list[str]:
    return [f"[{alert.open}]({alert.url})"] if alert.url else []


def _escaped(text: str) -> str:
    """Slack's own three characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
