"""Logs tell where a fault is, never what a customer wrote."""

import json

import pytest
import structlog

from telemetry.logs import configure_logs


@pytest.fixture(autouse=True)
def _restore() -> object:
    yield
    configure_logs("error")


def test_exception_is_told_by_type_and_place_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    secret = "ada@mail.example"
    try:
        raise ValueError(f"cannot read {secret}")
    except ValueError:
        structlog.get_logger().exception("turn_failed", turn="turn_1")
    written = capsys.readouterr().err
    line = json.loads(written)
    assert (line["event"], line["exception"], line["turn"]) == ("turn_failed", "ValueError", "turn_1")
    assert any("test_logs.py" in place for place in line["at"])
    assert secret not in written


def test_lower_levels_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")
    structlog.get_logger().info("chatter")
    assert capsys.readouterr().err == ""


def test_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="loud is no log level"):
        configure_logs("loud")
