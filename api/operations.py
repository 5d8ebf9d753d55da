"""Is it up, is it ready, how is it doing."""

from __future__ import annotations

import asyncio

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from api.auth import Person, Wired
from api.services import Job

log = structlog.get_logger(__name__)

router = APIRouter(tags=["operations"])

CHECK_S = 5.0


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(wired: Wired) -> JSONResponse:
    """Everything a turn needs answers; 503 names what does not."""
    names = list(wired.checks)
    outcomes = await asyncio.gather(*(_works(name, wired.checks[name]) for name in names))
    ready = all(outcomes)
    checks = {name: "ok" if works else "failed" for name, works in zip(names, outcomes, strict=True)}
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return JSONResponse(body, status_code=200 if ready else 503)


@router.get("/metrics")
async def metrics(staff: Person, wired: Wired) -> Response:
    """Prometheus figures, for those who hold a staff token."""
    return Response(wired.metrics.text(), media_type=CONTENT_TYPE_LATEST)


async def _works(name: str, check: Job) -> bool:
    try:
        async with asyncio.timeout(CHECK_S):
            await check()
    except Exception as error:
        log.warning("not_ready", check=name, error=type(error).__name__)
        return False
    return True
