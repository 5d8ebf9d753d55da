"""Who tells staff of handoffs: a courier for each channel that is set up, so that a slow one delays no other."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from pydantic import SecretStr

from api.services import Job
from bootstrap.settings import Settings
from bootstrap.wiring import Deployment
from conversations.deliveries import Deliver
from conversations.mail import SmtpSender
from conversations.notifications import Channel
from desk.alerts import AlertWriter
from desk.notices import StaffMail, Webhook, staff_courier
from desk.robots import DingTalk, Feishu, Platform, Robot, Slack, WeCom

DEMO_STAFF_MAIL = "staff@shop.example"


def couriers(deployment: Deployment, client: httpx.AsyncClient) -> list[Job]:
    """What carries notices and mails for as long as the server runs."""
    settings, signals = deployment.settings, deployment.conversations.signals
    jobs: list[Job] = [
        staff_courier(deployment.database, deployment.clock, signals, {channel: deliver}).run
        for channel, deliver in _channels(deployment, client)
    ]
    if settings.smtp_url:
        sender = SmtpSender.from_url(settings.smtp_url, settings.mail_from or deployment.policy.shop.email)
        jobs.append(deployment.mails.courier(sender).run)
    return jobs


def _channels(deployment: Deployment, client: httpx.AsyncClient) -> Iterator[tuple[Channel, Deliver]]:
    settings, clock = deployment.settings, deployment.clock
    language = deployment.policy.staff.language
    if settings.staff_webhook_url:
        signed_with = _secret(settings.staff_webhook_secret) or deployment.secret
        yield Channel.WEBHOOK, Webhook(settings.staff_webhook_url, signed_with, client, clock).deliver
    if recipient := settings.staff_mail or (DEMO_STAFF_MAIL if settings.demo else None):
        mail = StaffMail(recipient, deployment.mails, deployment.renderer, language)
        yield Channel.MAIL, mail.deliver
    writer = AlertWriter(deployment.renderer, language, settings.public_url)
    for channel, url, platform in _robots(settings):
        if url:
            yield channel, Robot(platform, url.get_secret_value(), writer, client, clock).deliver


def _robots(settings: Settings) -> list[tuple[Channel, SecretStr | None, Platform]]:
    return [
        (Channel.SLACK, settings.staff_slack_url, Slack()),
        (Channel.FEISHU, settings.staff_feishu_url, Feishu(_secret(settings.staff_feishu_secret))),
        (Channel.DINGTALK, settings.staff_dingtalk_url, DingTalk(_secret(settings.staff_dingtalk_secret))),
        (Channel.WECOM, settings.staff_wecom_url, WeCom()),
    ]


def _secret(given: SecretStr | None) -> str | None:
    return given.get_secret_value() if given else None
