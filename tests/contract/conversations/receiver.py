"""A small HTTP server that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """`seen` are headers and bodies, `targets` paths with their queries; answers are taken from the front."""

    statuses: list[int] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, target: str) -> str:
        return f"http://127.0.0.1:{self.port}{target}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        self.targets.append(head[0].split(" ")[1])
        self.seen.append((headers, body))
        status = self.statuses.pop(0) if self.statuses else 200
        answer = self.answers.pop(0) if self.answers else b""
        start = f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
        writer.write(start.encode() + answer)
        await writer.drain()
        writer.close()
