"""Staff and their signed tokens."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt

from conversations.models import StaffMember
from facts.clock import Clock

AUDIENCE = "dragoman-staff"
ALGORITHM = "HS256"


class Role(StrEnum):
    """What a person may do; each role may do all that the ones before it may."""

    AGENT = "agent"
    SENIOR = "senior"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class Staff(StaffMember):
    """A person of the shop, known by a signed token."""

    role: Role

    @property
    def member(self) -> StaffMember:
        return StaffMember(id=self.id, name=self.name)


class InvalidStaffToken(Exception):
    """The token is forged, expired, or not a staff token."""


class StaffTokens:
    """Signs and reads tokens: HS256, claims sub, name, role, iat, exp, aud.

    The key is derived from the deployment's secret, so that no other token signed with it passes as staff.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = hmac.new(secret.encode(), AUDIENCE.encode(), hashlib.sha256).digest()
        self._clock = clock

    def issue(self, staff: Staff, ttl: timedelta) -> str:
        now = self._clock.now()
        claims = {
            "sub": staff.id,
            "name": staff.name,
            "role": staff.role.value,
            "iat": int(now.timestamp()),
            "exp": int((now + ttl).timestamp()),
            "aud": AUDIENCE,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def verify(self, token: str) -> Staff:
        """The person; raises InvalidStaffToken."""
        try:
            # Expiry is checked against our own clock below.
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={
                    "require": ["sub", "name", "role", "exp", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            expires = datetime.fromtimestamp(int(claims["exp"]), UTC)
            staff = Staff(id=claims["sub"], name=claims["name"], role=Role(claims["role"]))
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError) as error:
            raise InvalidStaffToken from error
        if expires <= self._clock.now():
            raise InvalidStaffToken
        return staff
