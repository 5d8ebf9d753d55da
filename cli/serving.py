"""Serves a deployment, and makes the demo."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta

import uvicorn
from rich.console import Console

from bootstrap.application import build_app
from bootstrap.demo import seed_documents, seed_shop
from bootstrap.settings import Settings
from bootstrap.wiring import open_deployment
from cli.settings import settings_for
from cli.tokens import make_staff_token
from facts.clock import SystemClock
from knowledge.ingest import IngestReport


def run_server(host: str, port: int) -> None:
    """Serve until stopped."""
    _serve(settings_for(demo=False), host, port)


def run_demo(host: str, port: int, *, seed_only: bool, fresh: bool, console: Console) -> None:
    """Seed what is missing, say where things are, serve."""
    settings = settings_for(demo=True)
    if fresh and settings.home.exists():
        shutil.rmtree(settings.home)
    asyncio.run(_seed(settings, console))
    if seed_only:
        return
    token = make_staff_token("Demo Agent", "senior", timedelta(days=1), "demo-agent", demo=True)
    address = f"http://{host}:{port}"
    console.print(f"\n  Chat as a customer   {address}/")
    console.print(f"  Answer as staff      {address}/desk#token={token}", soft_wrap=True)
    console.print(f"  Mail the shop sent   {address}/demo/outbox\n")
    _serve(settings, host, port)


async def _seed(settings: Settings, console: Console) -> None:
    async with open_deployment(settings, SystemClock()) as deployment:
        seeded = await seed_shop(deployment)
        report = await seed_documents(deployment)
        state = "made" if seeded else "there already"
        console.print(
            f"Demo shop {state}; {report.passages} passages of {_documents(report)} policy documents."
        )


def _documents(report: IngestReport) -> int:
    return len(report.read) + len(report.unchanged)


def _serve(settings: Settings, host: str, port: int) -> None:
    uvicorn.run(build_app(settings), host=host, port=port, log_level=settings.log_level, access_log=False)
