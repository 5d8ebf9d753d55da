"""Structured logs. An exception is told by its type and its place, never by its text or its variables."""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Entry = MutableMapping[str, Any]
FRAMES = 12


def configure_logs(level: str) -> None:
    """One JSON line for each event on standard error; raises ValueError for an unknown level."""
    if level.lower() not in ("debug", "info", "warning", "error", "critical"):
        raise ValueError(f"{level} is no log level")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exception_without_text,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def exception_without_text(logger: object, method: str, entry: Entry) -> Entry:
    """Replaces `exc_info` by the exception's type and the places it passed: its text may hold a customer's words."""
    given = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        entry["exception"] = type(error).__name__
        entry["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return entry
