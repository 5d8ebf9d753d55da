"""A customer's terminal: the public contract, spoken line by line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.markup import escape

from api.app import create_app
from bootstrap.application import services_of
from bootstrap.demo import seed_documents, seed_shop
from bootstrap.wiring import open_deployment
from cli.settings import settings_for
from facts.clock import SystemClock

WAIT_S = 60.0


async def run_chat(url: str | None, market: str | None, demo: bool, console: Console) -> None:
    """Ask and answer until the end of input."""
    async with _client(url, demo) as client:
        opened = await client.post("/v1/conversations", json={"channel": "chat", "market": market})
        if opened.is_error:
            console.print(escape(_problem(opened)))
            return
        path = f"/v1/conversations/{opened.json()['conversation_id']}"
        client.headers["Authorization"] = f"Bearer {opened.json()['conversation_token']}"
        console.print("Write to the shop; an empty line ends the conversation.\n")
        while text := await asyncio.to_thread(_line):
            await _exchange(client, path, text, console)


@asynccontextmanager
async def _client(url: str | None, demo: bool) -> AsyncIterator[httpx.AsyncClient]:
    if url is not None:
        async with httpx.AsyncClient(base_url=url, timeout=WAIT_S) as client:
            yield client
        return
    async with (
        open_deployment(settings_for(demo), SystemClock()) as deployment,
        httpx.AsyncClient() as outward,
    ):
        if demo:
            await seed_shop(deployment)
            await seed_documents(deployment)
        app = create_app(services_of(deployment, outward))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://dragoman", timeout=WAIT_S
            ) as client:
                yield client


def _line() -> str:
    try:
        return input("you       ").strip()
    except EOFError:
        return ""


async def _exchange(client: httpx.AsyncClient, path: str, text: str, console: Console) -> None:
    key = str(uuid4())
    try:
        answer = await client.post(f"{path}/messages", json={"text": text}, headers={"Idempotency-Key": key})
    except httpx.TransportError as error:
        console.print(
            f"[red]The server does not answer ({type(error).__name__}); nothing was lost, write again.[/red]"
        )
        return
    if answer.status_code != httpx.codes.OK:
        console.print(f"[red]{escape(_problem(answer))}[/red]")
        return
    _print(answer.json(), console)


def _print(reply: dict[str, Any], console: Console) -> None:
    if reply["text"]:
        console.print(f"[bold]shop[/bold]      {escape(reply['text'])}", soft_wrap=True)
    for entry in reply["evidence"]:
        console.print(f"[dim]          {entry['id']} {escape(entry['source'])}[/dim]", soft_wrap=True)
    if reply["quick_replies"]:
        console.print(f"[dim]          {escape(' · '.join(reply['quick_replies']))}[/dim]", soft_wrap=True)
    console.print()


def _problem(answer: httpx.Response) -> str:
    if answer.status_code == httpx.codes.ACCEPTED:
        return "The answer takes longer; it will be in the conversation's events."
    try:
        return str(answer.json().get("detail") or answer.json().get("title"))
    except ValueError:
        return f"{answer.status_code} {answer.reason_phrase}"
