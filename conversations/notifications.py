"""What staff are told, by which way, until it has arrived."""

from enum import StrEnum


class Channel(StrEnum):
    """How a notice reaches staff."""

    WEBHOOK = "webhook"
    MAIL = "mail"
