"""A scripted server that speaks the chat-completions protocol: streams, tool calls, errors and half answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]

PIECE = 7
"""Characters in one piece of a stream: small enough to cut words, references and arguments apart."""


@dataclass(frozen=True)
class Answer:
    """What the model says to one request."""

    text: str = ""
    calls: Sequence[tuple[str, Json | str]] = ()
    """Tool name and arguments; a string is sent as it is, so that arguments can be malformed."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    pace_s: float = 0.0
    """The wait before each piece of a stream."""
    cut_off: bool = False
    """Close the connection in the middle of the answer."""
    refusal: str | None = None
    reason: str | None = None
    """The finish reason where it is not the usual one: `length`, `content_filter`."""
    body: bytes | None = None
    """Sent instead of anything sensible."""


Script = Callable[[Json], Answer]
"""A request's JSON → the answer."""


def in_turn(*answers: Answer) -> Script:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@dataclass
class ScriptedModel:
    """A running server: its address, and every request it saw."""

    script: Script
    base_url: str = ""
    requests: list[Json] = field(default_factory=list)

    def answer(self, request: Json) -> Answer:
        self.requests.append(request)
        return self.script(request)

    @property
    def heard(self) -> str:
        """All that ever reached this model, as one text."""
        return json.dumps(self.requests, ensure_ascii=False)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of many scripts; a script that fails is a closed connection."""


@contextmanager
def scripted_model(script: Script) -> Iterator[ScriptedModel]:
    """Serve on a free loopback port for as long as the block lasts."""
    model = ScriptedModel(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                _respond(self, model.answer(request), request)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    model.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


def _respond(handler: BaseHTTPRequestHandler, answer: Answer, request: Json) -> None:
    time.sleep(answer.delay_s)
    if answer.body is not None:
        _send(handler, answer.status, answer.headers, answer.body)
    elif answer.status != 200:
        error = {"error": {"message": "scripted", "type": "scripted", "code": None}}
        _send(handler, answer.status, answer.headers, json.dumps(error).encode())
    elif request.get("stream"):
        _stream(handler, answer)
    else:
        body = json.dumps(_completion(answer)).encode()
        _send(handler, 200, answer.headers, body, cut_off=answer.cut_off)


def _send(
    handler: BaseHTTPRequestHandler,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    cut_off: bool = False,
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2] if cut_off else body)
    if cut_off:
        handler.close_connection = True


def _stream(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    events = list(_events(answer))
    for event in events[: len(events) // 2] if answer.cut_off else events:
        time.sleep(answer.pace_s)
        handler.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        handler.wfile.flush()
    if answer.cut_off:
        # No closing chunk: the reader sees a connection that broke.
        handler.close_connection = True
        return
    handler.wfile.write(b"0\r\n\r\n")


def _events(answer: Answer) -> Iterator[bytes]:
    for delta, reason in _deltas(answer):
        yield _event({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    yield _event({"choices": [], "usage": _usage()})
    yield b"data: [DONE]\n\n"


def _event(part: Json) -> bytes:
    common = {"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    return b"data: " + json.dumps({**common, **part}).encode() + b"\n\n"


def _deltas(answer: Answer) -> Iterator[tuple[Json, str | None]]:
    yield {"role": "assistant", "content": None if answer.calls else ""}, None
    for start in range(0, len(answer.text), PIECE):
        yield {"content": answer.text[start : start + PIECE]}, None
    if answer.refusal:
        yield {"refusal": answer.refusal}, None
    for call in _calls(answer):
        given = call["function"]["arguments"]
        yield {"tool_calls": [{**call, "function": {**call["function"], "arguments": ""}}]}, None
        for start in range(0, len(given), PIECE):
            piece = {"index": call["index"], "function": {"arguments": given[start : start + PIECE]}}
            yield {"tool_calls": [piece]}, None
    yield {}, _reason(answer)


def _calls(answer: Answer) -> list[Json]:
    return [
        {
            "id": f"call_{position}_{time.monotonic_ns()}",
            "index": position,
            "type": "function",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given, ensure_ascii=False),
            },
        }
        for position, (name, given) in enumerate(answer.calls)
    ]


def _reason(answer: Answer) -> str:
    return answer.reason or ("tool_calls" if answer.calls else "stop")


def _usage() -> Json:
    return {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def _completion(answer: Answer) -> Json:
    message: Json = {"role": "assistant", "content": answer.text or None, "refusal": answer.refusal}
    if answer.calls:
        message["tool_calls"] = _calls(answer)
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": _reason(answer)}],
        "usage": _usage(),
    }
