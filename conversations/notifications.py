"""What staff are told, by which way, until it has arrived."""

from enum import StrEnum


class Channel(StrEnum):
    """How a notice reaches staff."""

    WEBHOOK = "webhook"
    MAIL = "mail"
    SLACK = "slack"
    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"


ROBOTS = frozenset({Channel.SLACK, Channel.FEISHU, Channel.DINGTALK, Channel.WECOM})
"""Robots of group chats, which take about twenty messages a minute: they hear only of what cannot wait."""
