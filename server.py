"""ASGI entry: `uvicorn --factory server:app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


def app() -> Starlette:
    """The application of this deployment's settings."""
    from bootstrap.application import build_app

    return build_app()
