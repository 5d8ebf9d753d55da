"""Instants go in aware and come out in UTC, whatever the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import make_url
from sqlalchemy.engine import Dialect

from persistence.types import ISO_LENGTH, UtcDateTime

SQLITE = make_url("sqlite://").get_dialect()()
POSTGRES = make_url("postgresql+psycopg://").get_dialect()()
TOKYO = timezone(timedelta(hours=9))


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=lambda dialect: dialect.name)
def test_instant_comes_back_in_utc(dialect: Dialect) -> None:
    column = UtcDateTime()
    moment = datetime(2026, 11, 3, 8, 30, tzinfo=TOKYO)
    back = column.process_result_value(column.process_bind_param(moment, dialect), dialect)
    assert back == moment
    assert back.tzinfo is UTC


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=lambda dialect: dialect.name)
def test_naive_time_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 3), dialect)


def test_text_sorts_as_time() -> None:
    column = UtcDateTime()
    moments = [
        datetime(2026, 11, 3, 8, 30, tzinfo=TOKYO),
        datetime(2026, 11, 3, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 3, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 3, 0, 0, 1, tzinfo=UTC),
    ]
    texts = [str(column.process_bind_param(moment, SQLITE)) for moment in moments]
    assert texts == sorted(texts)
    assert {len(text) for text in texts} == {ISO_LENGTH}


def test_nothing_stays_nothing() -> None:
    assert UtcDateTime().process_bind_param(None, SQLITE) is None
    assert UtcDateTime().process_result_value(None, POSTGRES) is None
