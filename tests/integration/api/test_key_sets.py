"""A shop may sign its customers' tokens with keys that it publishes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from api.customer_tokens import CustomerTokens
from api.problems import Problem
from facts.clock import SystemClock

KEY, STRANGER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
CLAIMS = {"sub": "c1", "exp": int((datetime.now(UTC) + timedelta(hours=1)).timestamp())}


@pytest.fixture
async def key_set_url() -> AsyncIterator[str]:
    """A small server of this machine that publishes one key."""
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
    body = json.dumps({"keys": [public | {"kid": "k1", "use": "sig", "alg": "ES256"}]}).encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"


def _signed(key: ec.EllipticCurvePrivateKey, kid: str) -> str:
    return jwt.encode(CLAIMS, key, "ES256", headers={"kid": kid})


async def test_published_key_verifies_and_nothing_else_does(key_set_url: str) -> None:
    tokens = CustomerTokens(SystemClock(), jwks_url=key_set_url)
    assert (await tokens.verify(_signed(KEY, "k1"))).sub == "c1"
    published = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))["x"]
    confused = jwt.encode(CLAIMS, published, "HS256", headers={"kid": "k1"})
    for token in (_signed(STRANGER, "k1"), _signed(KEY, "k2"), confused):
        with pytest.raises(Problem, match="customer_token_invalid"):
            await tokens.verify(token)


async def test_key_set_that_cannot_be_had_lets_nobody_in() -> None:
    tokens = CustomerTokens(SystemClock(), jwks_url="http://127.0.0.1:9/keys")
    with pytest.raises(Problem, match="unavailable"):
        await tokens.verify(_signed(KEY, "k1"))
