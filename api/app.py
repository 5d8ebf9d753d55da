"""Builds the application from its services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api import (
    attachments,
    automation,
    conversations,
    demo,
    desk,
    drafts,
    events,
    messages,
    operations,
    pages,
    problems,
)
from api.middleware import BodyLimit, SecurityHeaders, Stopwatch
from api.services import Services
from conversations.watcher import Watcher


def create_app(services: Services) -> FastAPI:
    """The ASGI application; its services start and stop with it."""
    app = FastAPI(
        title="Dragoman",
        version=_version(),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    for resource in (conversations, messages, attachments, events, desk, drafts, automation, operations):
        app.include_router(resource.router)
    if services.demo:
        app.include_router(demo.router)
    if services.web is not None:
        pages.mount(app, services.web, services.shop, demo=services.demo)
    problems.install(app, services.renderer)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, renderer=services.renderer, picture=services.darkroom.max_bytes)
    app.add_middleware(Stopwatch, metrics=services.metrics)
    if services.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(services.origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
            expose_headers=["Location", "Retry-After"],
        )
    app.add_middleware(SecurityHeaders)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    for start in services.started:
        await start()
    watcher = Watcher(services.conversations.database, services.conversations.signals)
    tasks = [asyncio.ensure_future(job()) for job in (watcher.run, *services.background)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for stop in services.stopped:
            await stop()


def _version() -> str:
    try:
        return version("dragoman")
    except PackageNotFoundError:
        return "0"
