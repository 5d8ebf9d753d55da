"""Identifiers of our own rows: a readable prefix and 120 random bits in lower-case base 32."""

import secrets
from base64 import b32encode


def new_id(prefix: str) -> str:
    """A fresh unguessable identifier such as `msg_4k2v…`."""
    return f"{prefix}_{b32encode(secrets.token_bytes(15)).decode().lower()}"
