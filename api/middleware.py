"""What wraps every request: a limit on bodies, security headers, a stopwatch."""

from __future__ import annotations

import re
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import Problem, document, spoken
from i18n.rendering import Renderer

MAX_BODY = 64 * 1024
UPLOAD = re.compile("/v1/conversations/[^/]+/attachments")

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
PRIVATE = ("/v1/", "/demo/mails", "/metrics", "/readyz", "/healthz")


class SecurityHeaders:
    """Headers on every answer; nothing of the API is kept by a cache."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    # A picture has a stricter policy of its own.
                    headers.setdefault(name, value)
                if scope["path"].startswith(PRIVATE):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """Refuses a body over 64 KB, or a picture over its own limit, before anything reads it, whatever its header says."""

    def __init__(self, app: ASGIApp, renderer: Renderer, picture: int) -> None:
        self._app = app
        self._renderer = renderer
        self._picture = picture

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = UPLOAD.fullmatch(scope["path"]) is not None
        most, problem = (self._picture, "attachment_too_large") if upload else (MAX_BODY, "body_too_large")
        length = Headers(scope=scope).get("Content-Length", "0")
        if not length.isdecimal() or int(length) > most:
            request = Request(scope)
            answer = document(Problem(problem), spoken(request, self._renderer), self._renderer)
            await answer(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise Problem(problem)
            return message

        await self._app(scope, counted, send)


class Stopwatch:
    """Times each request to the start of its answer, by route and never by address."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                seconds = perf_counter() - began
                self._metrics.requests.labels(scope["method"], route, str(message["status"])).observe(seconds)
            await send(message)

        await self._app(scope, receive, timed)
