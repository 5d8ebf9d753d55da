"""Identifiers of our own rows: a readable prefix, the millisecond, and 72 random bits, in order-keeping base 32."""

import secrets
import time
from base64 import b32hexencode

MILLISECOND_BYTES = 6
RANDOM_BYTES = 9


def new_id(prefix: str) -> str:
    """A fresh unguessable identifier such as `msg_06c1…`.

    Later ones sort behind earlier ones, so that an index grows at its end instead of everywhere.
    """
    moment = (time.time_ns() // 1_000_000).to_bytes(MILLISECOND_BYTES, "big")
    return f"{prefix}_{b32hexencode(moment + secrets.token_bytes(RANDOM_BYTES)).decode().lower()}"
