"""The server that is killed: the real interface, graph, tools and database, in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import httpx
import uvicorn

from api.app import create_app
from bootstrap.application import services_of
from bootstrap.settings import Settings
from bootstrap.wiring import open_deployment
from facts.clock import SystemClock
from telemetry.logs import configure_logs
from tests.crash.scripted import scripted


def serve(listener: socket.socket, settings: Settings, log: Path) -> None:
    """Serve on a socket that outlives the server, until killed; the log is appended to."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    configure_logs("warning")
    asyncio.run(_serve(listener, settings))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[uvicorn.Server]:
    """A server of a deployment, ready to serve."""
    async with (
        open_deployment(settings, SystemClock(), scripted()) as deployment,
        httpx.AsyncClient() as client,
    ):
        app = create_app(services_of(deployment, client))
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
        config.load()
        yield uvicorn.Server(config)


async def _serve(listener: socket.socket, settings: Settings) -> None:
    async with opened(settings) as server:
        await server.serve(sockets=[listener])


class Workers:
    """Starts one server after the other on the same socket; customers who come between two of them wait."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.crash.warm"])
        self._settings = settings
        self._log = log
        self._process: ForkServerProcess | None = None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def died(self) -> bool:
        """Whether it ended without having been killed."""
        return self._process is not None and self._process.exitcode is not None

    def start(self) -> None:
        arguments = (self._listener, self._settings, self._log)
        self._process = self._context.Process(target=serve, args=arguments, daemon=True)
        self._process.start()

    def kill(self) -> None:
        """SIGKILL; returns when the process is gone and its number is free."""
        assert self._process is not None
        self._process.kill()
        self._process.join()
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self.kill()
        self._listener.close()
