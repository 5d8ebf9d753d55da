"""A staff token says who and what role, until it expires, and nothing else passes for one."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from desk.staff import InvalidStaffToken, Role, Staff, StaffTokens
from facts.clock import FakeClock

SECRET = "the secret of this deployment, long"
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ANNA = Staff(id="anna", name="Anna Müller", role=Role.SENIOR)


def test_token_gives_the_person_back_until_it_expires() -> None:
    clock = FakeClock(NOW)
    tokens = StaffTokens(SECRET, clock)
    token = tokens.issue(ANNA, timedelta(hours=8))
    assert tokens.verify(token) == ANNA
    clock.advance(timedelta(hours=8))
    with pytest.raises(InvalidStaffToken):
        tokens.verify(token)


def test_token_of_another_deployment_is_refused() -> None:
    clock = FakeClock(NOW)
    token = StaffTokens("some other secret, also long enough", clock).issue(ANNA, timedelta(hours=8))
    with pytest.raises(InvalidStaffToken):
        StaffTokens(SECRET, clock).verify(token)


def test_token_signed_with_the_bare_secret_is_refused() -> None:
    claims = {"sub": "anna", "name": "Anna", "role": "admin", "aud": "dragoman-staff", "exp": 2_000_000_000}
    for token in (jwt.encode(claims, SECRET, "HS256"), jwt.encode(claims, "", "none"), "", "a.b.c"):
        with pytest.raises(InvalidStaffToken):
            StaffTokens(SECRET, FakeClock(NOW)).verify(token)


def test_roles_include_those_below() -> None:
    assert Role.ADMIN.includes(Role.AGENT)
    assert Role.SENIOR.includes(Role.SENIOR)
    assert not Role.AGENT.includes(Role.SENIOR)
