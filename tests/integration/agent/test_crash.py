"""Twenty kills in every test run; `make test-crash` makes a thousand."""

from __future__ import annotations

import os

import pytest

from tests.crash.runs import POSTGRES, Plan, run

SEED = 7


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_killed_server_loses_nothing_and_does_nothing_twice(database: str) -> None:
    if database == "postgres" and POSTGRES not in os.environ:
        pytest.skip(f"{POSTGRES} is not set: nothing is tested on PostgreSQL")
    report = await run(Plan(database, kills=10, seed=SEED))
    assert report.violations == []
    assert report.kills == 10
    assert report.found_dead["turn open"] > 0
