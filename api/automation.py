"""`/v1/desk/automation`: what may leave by itself, and the switch that stops all of it."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Person, Wired
from desk.inbox import AutomationView

router = APIRouter(prefix="/v1/desk/automation", tags=["automation"])


@router.get("")
async def automation(staff: Person, wired: Wired) -> AutomationView:
    return await wired.desk.automation()


@router.post("/stop")
async def stop(staff: Person, wired: Wired) -> AutomationView:
    """Everything that would be sent becomes a draft, for all workers and until it is resumed. Wants an admin."""
    return await wired.desk.stop(staff)


@router.post("/resume")
async def resume(staff: Person, wired: Wired) -> AutomationView:
    return await wired.desk.resume(staff)
