"""The pages of `web/`: served where their folder exists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class Pages(StaticFiles):
    """Files that a browser asks for again before it uses them: modules of two versions never meet."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def mount(app: FastAPI, web: Path, shop: Mapping[str, Any], *, demo: bool) -> None:
    """`/shop.json`, `/desk`, the demo's `/demo/outbox`, and last the customer's page at `/`."""

    async def about() -> Mapping[str, Any]:
        return shop

    app.add_api_route("/shop.json", about, include_in_schema=False)
    folders = {"/desk": "desk"} | ({"/demo/outbox": "outbox"} if demo else {})
    for path, folder in folders.items():
        if (web / folder).is_dir():
            _redirect(app, path)
            app.mount(path, Pages(directory=web / folder, html=True), name=folder)
    if (web / "chat").is_dir():
        app.mount("/", Pages(directory=web / "chat", html=True), name="chat")


def _redirect(app: FastAPI, path: str) -> None:
    """Without it `/desk` would be looked up among the files of the page at `/`."""

    async def to_folder() -> RedirectResponse:
        return RedirectResponse(f"{path}/")

    app.add_api_route(path, to_folder, include_in_schema=False)
