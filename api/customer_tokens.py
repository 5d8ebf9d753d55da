"""Signed tokens by which a shop tells us who its signed-in customer is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.problems import Problem
from facts.clock import Clock

KEY_SET_ALGORITHMS = ["RS256", "ES256", "EdDSA"]
KEY_SET_TIMEOUT_S = 5


class Customer(BaseModel):
    """The claims we read."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    sub: str = Field(min_length=1, max_length=128)
    exp: int | float
    email: str | None = Field(default=None, max_length=320)


class CustomerTokens:
    """Verifies with a shared secret (HS256) or the shop's key set; with neither, every token is refused."""

    def __init__(self, clock: Clock, secret: str | None = None, jwks_url: str | None = None) -> None:
        self._clock = clock
        self._secret = secret
        self._keys = jwt.PyJWKClient(jwks_url, timeout=KEY_SET_TIMEOUT_S) if jwks_url else None

    async def verify(self, token: str) -> Customer:
        """The customer; raises `customer_token_invalid`, or `unavailable` when the key set cannot be had."""
        try:
            customer = Customer.model_validate(await self._claims(token))
            expires = datetime.fromtimestamp(customer.exp, UTC)
        except jwt.PyJWKClientConnectionError as error:
            raise Problem("unavailable", headers={"Retry-After": "10"}) from error
        except (jwt.PyJWTError, ValidationError, ValueError, OverflowError, OSError) as error:
            raise Problem("customer_token_invalid") from error
        if expires <= self._clock.now():
            raise Problem("customer_token_invalid")
        return customer

    async def _claims(self, token: str) -> dict[str, Any]:
        # Expiry is checked against our own clock; whom the shop meant as audience is its own affair.
        options: Any = {
            "require": ["sub", "exp"],
            "verify_exp": False,
            "verify_iat": False,
            "verify_aud": False,
        }
        if self._keys is not None:
            key = await asyncio.to_thread(self._keys.get_signing_key_from_jwt, token)
            return jwt.decode(token, key, algorithms=KEY_SET_ALGORITHMS, options=options)
        if self._secret:
            return jwt.decode(token, self._secret, algorithms=["HS256"], options=options)
        raise Problem("customer_token_invalid")
